using CleanJwt.WebApi.FunctionalTests.Support;
using CleanJwt.WebApi.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.WebApi.FunctionalTests.Hosting;

/// <summary>The limit of requests a minute that one client address may send to <c>/api/auth</c>.</summary>
internal sealed class AddressRateLimit
{
    private const string Flooding = "203.0.113.9";
    private const string Other = "203.0.113.10";

    [Test]
    public async Task RefusedRequest_IsNotLookedAt()
    {
        await using var app = Start(permits: 1);
        var email = await app.RegisterAsync();
        app.Commands.Reset();
        await (await app.CreateClient().TryLoginAsync(email, TestAccounts.Password)).ShouldBeProblemAsync(
            429, "rate-limited");
        await (await app.CreateClient().PostRawAsync("/api/auth/login", "{")).ShouldBeProblemAsync(429, "rate-limited");
        await ExhaustAsync(app, 1);
        app.Commands.Reset();
        await (await app.CreateClient("not a token").GetAsync("/api/auth/token")).ShouldBeProblemAsync(
            429, "rate-limited");
        Assert.That(app.Commands.Commands, Is.Empty);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task OtherRoutes_AreNotLimited()
    {
        await using var app = Start(permits: 2);
        var tokens = await app.LoginAsync();
        await ExhaustAsync(app, 2);
        await ShouldBeAtTheLimitAsync(app);
        foreach (var (route, status) in new[]
        {
            ("/api/users/me", 200), ("/api/users/me/sessions", 200), ("/api/users/me/activity", 200),
            ("/api/admin/users", 403), ("/api/nothing", 404),
            ("/.well-known/jwks.json", 200), ("/health/live", 200), ("/openapi/v1.json", 200), ("/docs/", 200),
        })
        {
            for (var i = 0; i < 5; i++)
            {
                await (await app.CreateClient(tokens.AccessToken).GetAsync(route)).ShouldBeAsync(status);
            }
        }

        await (await app.CreateClient().IntrospectAsync("x")).ShouldBeAsync(401);
    }

    [Test]
    public async Task OtherRoutes_AreNotEvenCounted()
    {
        var limit = new ClientRateLimit(permits: 600, new RateLimitingOptions());
        await using var app = Start(limit);
        foreach (var route in new[] { "/api/users/me", "/api/nothing", "/api/auth/nothing", "/.well-known/jwks.json",
            "/health/live", "/" })
        {
            await app.CreateClient().GetAsync(route);
        }

        Assert.That(limit.Clients, Is.Zero);
        await app.CreateClient().GetAsync("/api/auth/token");
        Assert.That(limit.Clients, Is.EqualTo(1));
    }

    [Test]
    public async Task OtherAddress_IsNotLimited()
    {
        await using var app = Start(permits: 2);
        await ExhaustAsync(app, 2);
        await (await app.CreateClient().GetAsync("/api/auth/token", (ClientAddress.Header, Other)))
            .ShouldBeProblemAsync(401, "missing-token");
    }

    [Test]
    public async Task RefreshesAndSignIns_AreCountedApart()
    {
        await using var app = Start(permits: 2);
        await ExhaustAsync(app, 2);
        var client = app.CreateClient();
        await (await client.PostAsync("/api/auth/logout", null)).ShouldBeProblemAsync(429, "rate-limited");
        await (await client.PostAsync("/api/auth/refresh", null)).ShouldBeProblemAsync(429, "rate-limited");
        await (await client.TryLoginAsync("ada@example.com", "a long passphrase")).ShouldBeAsync(401);
    }

    [Test]
    [Category("Load")]
    public async Task WindowThatHasPassed_LetsRequestsInAgain()
    {
        var window = TimeSpan.FromSeconds(3);
        await using var app = Start(
            new ClientRateLimit(permits: 3, new RateLimitingOptions { Window = window }));
        await ExhaustAsync(app, 3);
        var refused = await app.CreateClient().GetAsync("/api/auth/token");
        await refused.ShouldBeProblemAsync(429, "rate-limited");

        // The promise of Retry-After: whatever came before, a request after that time is let in, and as many as at
        // first.
        await Task.Delay(refused.Headers.RetryAfter!.Delta!.Value);
        await ExhaustAsync(app, 3);
        await ShouldBeAtTheLimitAsync(app);
    }

    [Test]
    public async Task EveryActionUnderAuthAndNoOther_IsLimited()
    {
        await using var app = Start(permits: 1);
        var limited = app.Endpoints.Where(
            endpoint => endpoint.Metadata.GetMetadata<EnableRateLimitingAttribute>(
                ) is { PolicyName: ClientRateLimit.Policy or ClientRateLimit.RefreshPolicy });
        var expected = app.Endpoints.Where(
            endpoint => endpoint.RoutePattern.RawText!.TrimStart('/')
                .StartsWith("api/auth", StringComparison.OrdinalIgnoreCase));
        Assert.That(limited, Is.EquivalentTo(expected));
        Assert.That(limited.Count(), Is.EqualTo(Contract.Limited.Count()));
        Assert.That(
            app.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null),
            Is.Empty);
    }

    [Test]
    public async Task SwitchedOff_LimitsNothing()
    {
        await using var app = Start(permits: 1, enabled: false);
        for (var i = 0; i < 70; i++)
        {
            await (await app.CreateClient().GetAsync("/api/auth/token")).ShouldBeAsync(401);
        }
    }

    /// <param name="permits">A minute.</param>
    private static CleanJwtApp Start(int permits, bool enabled = true) => new(
        new()
        {
            ["RateLimiting:Enabled"] = $"{enabled}",
            ["RateLimiting:PermitsPerMinute"] = $"{permits}",
            ["RateLimiting:RefreshesPerMinute"] = $"{permits}",
        },
        configure: services => services.AddClientAddress(Flooding));

    private static CleanJwtApp Start(ClientRateLimit limit) => new(
        new() { ["RateLimiting:Enabled"] = "true" },
        configure: services =>
        {
            services.AddClientAddress(Flooding);
            services.AddKeyedSingleton(ClientRateLimit.RefreshPolicy, limit);
        });

    private static async Task ExhaustAsync(CleanJwtApp app, int permits)
    {
        for (var i = 0; i < permits; i++)
        {
            await (await app.CreateClient().GetAsync("/api/auth/token")).ShouldBeProblemAsync(401, "missing-token");
        }
    }

    private static async Task ShouldBeAtTheLimitAsync(CleanJwtApp app) =>
        await (await app.CreateClient().GetAsync("/api/auth/token")).ShouldBeProblemAsync(429, "rate-limited");
}
