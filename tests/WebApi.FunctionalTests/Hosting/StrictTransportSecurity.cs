using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Moq;

namespace CleanJwt.WebApi.FunctionalTests.Hosting;

/// <summary>When an answer has the header <c>Strict-Transport-Security</c>.</summary>
internal sealed class StrictTransportSecurity
{
    private const string Proxy = "10.1.2.3";
    private const string Https = "https://auth.example.com";
    private const string Http = "http://auth.example.com";
    private static readonly string[] AYear = ["max-age=31536000"];

    private static readonly string[] Routes = ["/", "/docs/", "/nothing", "/health/live", "/.well-known/jwks.json",
        "/api/users/me", "/api/auth/token", "/oauth/introspect"];

    [TestCase("Production", Https, ExpectedResult = true)]
    [TestCase("Staging", Https, ExpectedResult = true)]
    [TestCase("Production", "https://auth.example.com:8443", ExpectedResult = true)]
    [TestCase("Production", "https://localhost.example.com", ExpectedResult = true)]
    [TestCase("Production", Http, ExpectedResult = false)]
    [TestCase("Production", "https://localhost", ExpectedResult = false)]
    [TestCase("Production", "https://LOCALHOST:5443", ExpectedResult = false)]
    [TestCase("Development", Https, ExpectedResult = false)]
    [Category("Exhaustive")]
    public async Task<bool> OutsideDevelopment_HttpsIsToBeKept(string environment, string address)
    {
        await using var app = Start(environment);
        var said = new List<bool>();
        foreach (var route in Routes)
        {
            said.Add(IsToBeKept(await app.CreateClientOf(address).GetAsync(route)));
        }

        return said.Distinct().Single();
    }

    [TestCase(Proxy, "https", ExpectedResult = true)]
    [TestCase(Proxy, "http", ExpectedResult = false)]
    [TestCase("10.1.2.4", "https", ExpectedResult = false, Description = "whoever is no proxy can't say so")]
    [Category("Exhaustive")]
    public async Task<bool> BehindAProxy_ItsWordCounts(string from, string scheme)
    {
        await using var app = Start("Production", from, new() { ["ForwardedHeaders:KnownProxies:0"] = Proxy });
        return IsToBeKept(await app.CreateClientOf(Http)
            .GetAsync("/api/users/me", ("X-Forwarded-Proto", scheme), ("X-Forwarded-For", "203.0.113.9")));
    }

    [Test]
    public async Task Fault_SaysSoToo()
    {
        var users = new Mock<IUserRepository>();
        users.Setup(port => port.VerifyPasswordAsync(
            It.IsAny<EmailAddress>(), It.IsAny<ClientNetwork>(), It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new InvalidOperationException());
        await using var app = Start(
            "Production", configure: services => services.Replace(ServiceDescriptor.Singleton(users.Object)));
        var fault = await app.CreateClientOf(Https).TryLoginAsync("ada@example.com", TestAccounts.Password);
        await fault.ShouldBeProblemAsync(500, "internal-error");
        Assert.That(IsToBeKept(fault), Is.True);
        CommonResponseHeaders.ShouldHaveTheHeaders(fault);
    }

    private static CleanJwtApp Start(
        string environment, string from = Proxy, Dictionary<string, string?>? settings = null,
        Action<IServiceCollection>? configure = null) => new(new(settings ?? []) { ["Jwt:Issuer"] = Https },
        configure: services =>
        {
            services.AddClientAddress(from);
            configure?.Invoke(services);
        },
        environment: environment);

    private static bool IsToBeKept(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Strict-Transport-Security", out var values))
        {
            return false;
        }

        Assert.That(values, Is.EqualTo(AYear));
        return true;
    }
}
