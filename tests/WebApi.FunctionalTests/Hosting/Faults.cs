using System.Net.Http.Json;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Moq;

namespace CleanJwt.WebApi.FunctionalTests.Hosting;

/// <summary>When the service itself is at fault, the answer says so and nothing else.</summary>
internal sealed class Faults
{
    private const string Inside = "Server=10.1.2.3;Password=hunter2; the inside of the service";

    [TestCase("Production")]
    [TestCase("Development")]
    public async Task ExceptionInAUseCase_AnswersABare500(string environment)
    {
        var users = new Mock<IUserRepository>();
        users.Setup(port => port.VerifyPasswordAsync(
            It.IsAny<EmailAddress>(), It.IsAny<ClientNetwork>(), It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new InvalidOperationException(Inside, new ArgumentException(Inside)));
        await using var app = new CleanJwtApp(
            new() { ["Jwt:Issuer"] = "https://auth.example.com" },
            configure: services => services.Replace(ServiceDescriptor.Singleton(users.Object)),
            environment: environment);

        var response = await app.CreateClient().PostAsJsonAsync(
            "/api/auth/login", new { email = "ada@example.com", password = TestAccounts.Password });
        var problem = await response.ShouldBeProblemAsync(500, "internal-error");
        Assert.That(problem.Names(), Is.EquivalentTo(new[] { "type", "title", "status", "detail", "code", "traceId" }));
        Assert.That(
            problem.ToString(),
            Does.Not.Contain("hunter2").And.Not.Contain("InvalidOperation").And.Not.Contain(TestAccounts.Password));
        CommonResponseHeaders.ShouldHaveTheHeaders(response);
        Assert.That(app.Logs.Lines, Has.Some.Contains(Inside), "its operator finds it in the log");
    }

    [Test]
    public async Task ExceptionInTheHasher_AnswersABare500AndTheNextRequestIsServed()
    {
        var hasher = new Mock<IPasswordHasher<AppUser>>();
        hasher.SetupSequence(port => port.HashPassword(It.IsAny<AppUser>(), It.IsAny<string>()))
            .Throws(new InvalidOperationException(Inside))
            .Returns("hash");
        await using var app = new CleanJwtApp(
            configure: services => services.Replace(ServiceDescriptor.Singleton(hasher.Object)));
        var body = new { email = "ada@example.com", password = TestAccounts.Password };
        await (await app.CreateClient().PostAsJsonAsync("/api/auth/register", body)).ShouldBeProblemAsync(
            500, "internal-error");
        await (await app.CreateClient().PostAsJsonAsync("/api/auth/register", body)).ShouldBeAsync(201);
    }
}
