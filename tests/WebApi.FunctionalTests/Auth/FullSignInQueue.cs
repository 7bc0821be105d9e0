using System.Net;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Moq;

namespace CleanJwt.WebApi.FunctionalTests.Auth;

/// <summary>The answers while more sign-ins arrive than the hashing queue takes.</summary>
[Category("Load")]
internal sealed class FullSignInQueue
{
    [Test]
    public async Task FullQueue_TurnsTheRestAwayAtOnceWhileReadsGoOn()
    {
        using var hashing = new SemaphoreSlim(0);
        using var mayHash = new ManualResetEventSlim(initialState: true);
        var hasher = new Mock<IPasswordHasher<AppUser>>();
        hasher.Setup(port => port.HashPassword(It.IsAny<AppUser>(), It.IsAny<string>())).Returns("hash");
        hasher.Setup(port => port.VerifyHashedPassword(It.IsAny<AppUser>(), It.IsAny<string>(), It.IsAny<string>()))
            .Returns(() =>
            {
                hashing.Release();
                mayHash.Wait();
                return PasswordVerificationResult.Success;
            });
        await using var app = new CleanJwtApp(
            configure: services => services.Replace(ServiceDescriptor.Singleton(hasher.Object)));
        var tokens = await app.LoginAsync();

        await hashing.WaitAsync();

        // Of one account, no more than two are checked at once.
        var threads = Math.Max(1, Environment.ProcessorCount - 1);
        var emails = new List<string>();
        for (var i = 0; i < (101 * threads) + 20; i += 2)
        {
            emails.Add(await app.RegisterAsync());
        }

        var begun = 0;
        mayHash.Reset();
        var client = app.CreateClient();
        var signIns = SignIns(threads);
        for (var thread = 0; thread < threads; thread++)
        {
            await hashing.WaitAsync();
        }

        signIns.AddRange(SignIns((100 * threads) + 20)); // a hundred may wait for each thread
        try
        {
            for (var i = 0; i < 20; i++)
            {
                var refused = await Task.WhenAny(signIns);
                signIns.Remove(refused);
                await (await refused).ShouldBeProblemAsync(503, "service-unavailable");
                Assert.That((await refused).Headers.RetryAfter?.Delta, Is.GreaterThan(TimeSpan.Zero));
            }

            // Once all others have what they need of it, what is turned away costs the database nothing.
            var commands = int.MaxValue;
            for (var i = 0; i < 100 && commands > 0; i++)
            {
                await Task.Delay(20);
                app.Commands.Reset();
                await (await client.TryLoginAsync(TestAccounts.UniqueEmail())).ShouldBeProblemAsync(
                    503, "service-unavailable");
                commands = app.Commands.Commands.Count;
            }

            Assert.That(commands, Is.Zero);

            // Requests that need a password hashed, and only these, are refused before their body is read.
            using var signedIn = app.CreateClient(tokens.AccessToken);
            var hash = app.Endpoints.Where(TakesAPassword).ToList();
            Assert.That(hash, Has.Count.EqualTo(6));
            foreach (var action in hash)
            {
                var method = new HttpMethod(
                    action.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Single());
                await (await signedIn.SendRawAsync(method, action.RoutePattern.RawText!, "{")).ShouldBeProblemAsync(
                    503, "service-unavailable");
            }

            await (await signedIn.PostRawAsync("/api/auth/refresh", "{")).ShouldBeProblemAsync(
                400, "malformed-request");

            await (await app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
            await (await app.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
            await (await client.GetAsync("/health/ready")).ShouldBeAsync(200);
        }
        finally
        {
            mayHash.Set();
        }

        var answered = await Task.WhenAll(signIns);
        Assert.That(answered.Select(response => response.StatusCode), Is.All.EqualTo(HttpStatusCode.OK));

        List<Task<HttpResponseMessage>> SignIns(int count) => [.. Enumerable.Range(0, count)
            .Select(_ => emails[begun++ / 2])
            .Select(email => Task.Run(() => client.TryLoginAsync(email)))];
    }

    private static bool TakesAPassword(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<ControllerActionDescriptor>() is { } action
        && action.Parameters.SelectMany(parameter => parameter.ParameterType.GetProperties()).Any(
            property => property.Name.Contains("Password"));
}
