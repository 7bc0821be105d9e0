using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Moq;

namespace CleanJwt.WebApi.FunctionalTests.Hosting;

/// <summary>The CORS answers to a browser whose page comes from another origin.</summary>
internal sealed class CrossOriginRequests
{
    private const string Frontend = "https://app.example.com";
    private const string Exposed = "ETag,Location,Retry-After,WWW-Authenticate";

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["Cors:AllowedOrigins:0"] = Frontend,
        ["Cors:AllowedOrigins:1"] = "http://localhost:3000",
        ["Cors:AllowedOrigins:2"] = "HTTPS://Other.Example.com:8443",
        ["Jwt:Issuer"] = "https://auth.example.com",
    };

    private static readonly string[] Routes =
        ["/api/users/me", "/api/nothing", "/nothing", "/.well-known/jwks.json", "/.well-known/openid-configuration",
            "/openapi/v1.json", "/docs/", "/health/live"];

    [TestCase(Frontend, ExpectedResult = true)]
    [TestCase("http://localhost:3000", ExpectedResult = true)]
    [TestCase("https://other.example.com:8443", ExpectedResult = true)]
    [TestCase("http://app.example.com", ExpectedResult = false)]
    [TestCase("https://app.example.com:8443", ExpectedResult = false)]
    [TestCase("https://app.example.com.evil.com", ExpectedResult = false)]
    [TestCase("https://evil-app.example.com", ExpectedResult = false)]
    [TestCase("https://x.app.example.com", ExpectedResult = false)]
    [TestCase("https://example.com", ExpectedResult = false)]
    [TestCase("http://localhost:3001", ExpectedResult = false)]
    [TestCase("http://localhost", ExpectedResult = false)]
    [TestCase("http://127.0.0.1:3000", ExpectedResult = false)]
    [TestCase("null", ExpectedResult = false)]
    [Category("Exhaustive")]
    public async Task<bool> NamedOrigin_IsLetIn(string origin)
    {
        await using var app = new CleanJwtApp(Settings);
        return await IsLetInAsync(app, origin);
    }

    [TestCase("http://localhost", ExpectedResult = true)]
    [TestCase("https://localhost", ExpectedResult = true)]
    [TestCase("http://localhost:5173", ExpectedResult = true)]
    [TestCase("https://127.0.0.1:8443", ExpectedResult = true)]
    [TestCase("http://[::1]:3000", ExpectedResult = true)]
    [TestCase("http://localhost.evil.com", ExpectedResult = false)]
    [TestCase("http://evil.localhost", ExpectedResult = false)]
    [TestCase("http://127.0.0.1.evil.com", ExpectedResult = false)]
    [TestCase("http://localhost:3000@evil.com", ExpectedResult = false)]
    [TestCase("http://192.168.0.7:3000", ExpectedResult = false)]
    [TestCase("ftp://localhost", ExpectedResult = false)]
    [TestCase("file://", ExpectedResult = false)]
    [TestCase("localhost", ExpectedResult = false)]
    [TestCase("null", ExpectedResult = false)]
    public Task<bool> InDevelopmentWithNoneNamed_ThisMachineIsLetIn(string origin) =>
        IsLetInAsync(SharedService.App, origin);

    [Test]
    public async Task OutsideDevelopmentWithNoneNamed_NobodyIsLetIn()
    {
        await using var app = new CleanJwtApp(
            new() { ["Jwt:Issuer"] = "https://auth.example.com" }, environment: "Production");
        foreach (
            var origin in new[] { "http://localhost:3000", "http://localhost", "https://auth.example.com", "null" })
        {
            Assert.That(await IsLetInAsync(app, origin), Is.False, origin);
        }
    }

    [Test]
    public async Task Preflight_SaysWhatMayBeAskedAndForHowLong()
    {
        await using var app = new CleanJwtApp(Settings, environment: "Production");
        foreach (var route in new[] { "/api/auth/login", "/api/users/me", "/api/admin/users", "/api/nothing" })
        {
            var answer = await PreflightAsync(app, Frontend, route);
            await answer.ShouldBeAsync(204);
            Assert.That(
                CorsOf(answer),
                Is.EquivalentTo(new[]
                {
                    $"Access-Control-Allow-Origin: {Frontend}",
                    "Access-Control-Allow-Credentials: true",
                    "Access-Control-Allow-Methods: GET,POST,PUT,PATCH,DELETE",
                    "Access-Control-Allow-Headers: "
                    + "Authorization,Content-Type,If-Match,If-None-Match,traceparent,tracestate,baggage",
                    "Access-Control-Max-Age: 7200",
                }));
            CommonResponseHeaders.ShouldHaveTheHeaders(answer);
        }
    }

    [Test]
    public async Task HeadersOfTheSettings_MayBeSentToo()
    {
        await using var app = new CleanJwtApp(new(Settings) { ["Cors:AllowedHeaders:0"] = "sentry-trace" });
        var answer = await PreflightAsync(app, Frontend, "/api/users/me");
        Assert.That(
            answer.Headers.GetValues("Access-Control-Allow-Headers"),
            Is.EqualTo(
                ["Authorization,Content-Type,If-Match,If-None-Match,traceparent,tracestate,baggage,sentry-trace"]));
    }

    [Test]
    public async Task Preflight_IsAnsweredAtTheLimitAndDoesNotCount()
    {
        await using var app = new CleanJwtApp(
            new(Settings) { ["RateLimiting:Enabled"] = "true", ["RateLimiting:RefreshesPerMinute"] = "1" });
        for (var i = 0; i < 5; i++)
        {
            await (await PreflightAsync(app, Frontend, "/api/auth/token")).ShouldBeAsync(204);
            await (await PreflightAsync(app, "https://evil.example.com", "/api/auth/token")).ShouldBeAsync(204);
        }

        await (await app.CreateClient().GetAsync("/api/auth/token")).ShouldBeAsync(401);
        var refused = await app.CreateClient().GetAsync("/api/auth/token", ("Origin", Frontend));
        await refused.ShouldBeProblemAsync(429, "rate-limited");
        ShouldBeReadable(refused);
        Assert.That(refused.Headers.RetryAfter, Is.Not.Null);
        await (await PreflightAsync(app, Frontend, "/api/auth/token")).ShouldBeAsync(204);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task EveryError_CanBeRead()
    {
        var users = new Mock<IUserRepository>();
        users.Setup(port => port.VerifyPasswordAsync(
            It.IsAny<EmailAddress>(), It.IsAny<ClientNetwork>(), It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new InvalidOperationException());
        await using var healthy = new CleanJwtApp(Settings);
        await using var faulty = new CleanJwtApp(
            Settings, configure: services => services.Replace(ServiceDescriptor.Singleton(users.Object)));
        var bearer = ("Authorization", $"Bearer {(await healthy.LoginAsync()).AccessToken}");
        var client = healthy.CreateClient();
        (int Status, HttpResponseMessage Answer)[] answers =
        [
            (200, await client.GetAsync("/api/users/me", bearer, ("Origin", Frontend))),
            (304, await client.GetAsync("/api/users/me", bearer, ("Origin", Frontend), ("If-None-Match", "*"))),
            (400, await client.SendAsync(HttpMethod.Post, "/api/auth/login", new { }, ("Origin", Frontend))),
            (401, await client.GetAsync("/api/users/me", ("Origin", Frontend))),
            (403, await client.GetAsync("/api/admin/users", bearer, ("Origin", Frontend))),
            (404, await client.GetAsync("/api/nothing", ("Origin", Frontend))),
            (404, await client.SendAsync(
            HttpMethod.Delete, "/api/users/me/sessions/", null, bearer, ("Origin", Frontend))),
            (405, await client.GetAsync("/api/auth/login", ("Origin", Frontend))),
            (412, await client.SendAsync(
            HttpMethod.Patch, "/api/users/me", new { }, bearer, ("Origin", Frontend), ("If-Match", "\"x\""))),
            (413, await client.SendAsync(
            HttpMethod.Post, "/api/auth/login", new { email = new string('x', 70_000) }, ("Origin", Frontend))),
            (415, await client.SendAsync(
            HttpMethod.Post, "/api/auth/login", null, ("Origin", Frontend), ("Content-Length", "0"))),
            (401, await client.SendAsync(HttpMethod.Post, "/oauth/introspect", null, ("Origin", Frontend))),
            (500, await faulty.CreateClient().SendAsync(
                HttpMethod.Post, "/api/auth/login",
                new { email = "ada@example.com", password = TestAccounts.Password }, ("Origin", Frontend))),
        ];
        healthy.Sql("ALTER TABLE AspNetUsers RENAME TO Elsewhere");
        var unavailable = await client.GetAsync("/api/users/me", bearer, ("Origin", Frontend));
        foreach (var (status, answer) in answers.Append((503, unavailable)))
        {
            await answer.ShouldBeAsync(status);
            ShouldBeReadable(answer);
            CommonResponseHeaders.ShouldHaveTheHeaders(answer);
        }
    }

    [TestCase("/.well-known/jwks.json")]
    [TestCase("/.well-known/openid-configuration")]
    public async Task DocumentThatMayBeCached_IsKeptApartByOrigin(string route)
    {
        await using var app = new CleanJwtApp(Settings);
        foreach (var headers in new[] { [], [("Origin", Frontend)], new[] { ("Origin", "https://evil.example.com") } })
        {
            var answer = await app.CreateClient().GetAsync(route, headers);
            Assert.That(answer.Headers.GetValues("Vary"), Is.EqualTo(new[] { "Origin" }));
            Assert.That(answer.Headers.CacheControl?.Public, Is.True);
        }
    }

    private static void ShouldBeReadable(HttpResponseMessage answer) => Assert.That(
        CorsOf(answer),
        Is.EquivalentTo(
            new[]
            {
                $"Access-Control-Allow-Origin: {Frontend}",
                "Access-Control-Allow-Credentials: true",
                $"Access-Control-Expose-Headers: {Exposed}",
            }),
        $"{(int)answer.StatusCode}");

    /// <summary>
    /// Asks all kinds of routes, which must agree. What is not let in is told nothing at all of what there is.
    /// </summary>
    private static async Task<bool> IsLetInAsync(CleanJwtApp app, string origin)
    {
        var said = new List<string?>();
        foreach (var route in Routes)
        {
            var answer = CorsOf(await app.CreateClient().GetAsync(route, ("Origin", origin)));
            var preflight = CorsOf(await PreflightAsync(app, origin, route));
            said.AddRange([answer.FirstOrDefault(), preflight.FirstOrDefault()]);

            // With credentials for exactly the origins that are let in: only they may send the cookie.
            Assert.That(
                answer.Concat(preflight).Count(header => header == "Access-Control-Allow-Credentials: true"),
                Is.EqualTo(answer.Count == 0 ? 0 : 2));
        }

        Assert.That(said.Distinct().ToList(), Has.Count.EqualTo(1), string.Join(Environment.NewLine, said));
        Assert.That(said[0], Is.Null.Or.EqualTo($"Access-Control-Allow-Origin: {origin}"));
        return said[0] is not null;
    }

    private static Task<HttpResponseMessage> PreflightAsync(CleanJwtApp app, string origin, string route) =>
        app.CreateClient().SendAsync(HttpMethod.Options, route, null,
        ("Origin", origin), ("Access-Control-Request-Method", "PATCH"), (
            "Access-Control-Request-Headers", "authorization,content-type,if-match"));

    private static List<string> CorsOf(HttpResponseMessage answer) =>
    [
        .. from header in answer.Headers
           where header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)
           orderby header.Key == "Access-Control-Allow-Origin" descending
           select $"{header.Key}: {string.Join(',', header.Value)}",
    ];
}
