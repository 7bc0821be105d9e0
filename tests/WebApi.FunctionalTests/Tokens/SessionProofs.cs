using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CleanJwt.WebApi.FunctionalTests.Tokens;

/// <summary>
/// One attribute makes an action look the session up in the database. Another asks for a recent sign-in as well.
/// </summary>
internal sealed class SessionProofs
{
    private static readonly string[] All =
    [
        "/probe/live", "/probe/live-of-scope", "/probe/live-of-admins", "/probe/recent", "/probe/recent-of-scope",
        "/probe/recent-of-admins",
    ];

    [Test]
    public async Task Lookup_IsOneCommandAndReadingCostsNone()
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo);
        var client = app.CreateClient((await app.LoginAsync(await app.RegisterAdminAsync())).AccessToken);
        foreach (var (route, commands) in All.Select(route => (route, 1)).Append(("/probe/write", 0)))
        {
            app.Commands.Reset();
            await (await client.PostAsync(route, null)).ShouldBeAsync(200);
            Assert.That(app.Commands.Commands, Has.Count.EqualTo(commands), route);
        }
    }

    [TestCaseSource(nameof(All))]
    [Category("Exhaustive")]
    public async Task TokenThatIsNotAccepted_IsRefusedWithoutTheDatabase(string route)
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo);
        var (ended, expired) = (await app.LoginAsync(), await app.LoginAsync());
        await (await app.CreateClient(ended.AccessToken).PostAsync("/api/auth/logout", null)).ShouldBeAsync(204);
        using var key = app.ServiceKey();
        var withoutSid = key.Resign(expired.AccessToken, payload: claims => claims.Remove("sid"));

        app.Commands.Reset();
        await BearerErrors.ShouldBeRefusedAsync(await app.CreateClient().PostAsync(route, null), "missing-token");
        await BearerErrors.ShouldBeRefusedAsync(
            await app.CreateClient("nonsense").PostAsync(route, null), "invalid-token");
        await BearerErrors.ShouldBeRefusedAsync(
            await app.CreateClient(withoutSid).PostAsync(route, null), "invalid-token");
        await BearerErrors.ShouldBeRefusedAsync(
            await app.CreateClient(ended.AccessToken).PostAsync(route, null), "token-revoked");
        Assert.That(app.Commands.Commands, Is.Empty);
        app.Time.Advance(TimeSpan.FromHours(1)); // at which the service cleans up
        await BearerErrors.ShouldBeRefusedAsync(
            await app.CreateClient(expired.AccessToken).PostAsync(route, null), "token-expired");
    }

    [TestCase("/probe/live-of-scope", "account:write")]
    [TestCase("/probe/live-of-admins", "users:write")]
    [TestCase("/probe/recent-of-scope", "account:write")]
    [TestCase("/probe/recent-of-admins", "users:write")]
    [Category("Exhaustive")]
    public async Task MissingScope_IsNamedFirstAndWithoutTheDatabase(string route, string scope)
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo);
        var tokens = await app.LoginAsync(scope: "account:read");
        app.EndBehindTheBack(tokens);
        app.Time.Advance(TimeSpan.FromMinutes(6)); // the sign-in is old, too
        app.Commands.Reset();
        var response = await app.CreateClient(tokens.AccessToken).PostAsync(route, null);
        await response.ShouldBeProblemAsync(403, "insufficient-scope");
        Assert.That(
            response.Headers.GetValues("WWW-Authenticate").Single(), Is.EqualTo(
                $"Bearer error=\"insufficient_scope\", scope=\"{scope}\""));
        Assert.That(app.Commands.Commands, Is.Empty);
    }

    [TestCase("/probe/live")]
    [TestCase("/probe/recent")]
    [Category("Exhaustive")]
    public async Task ProofWithoutAScope_IsGivenByTokensOfAny(string route)
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo);
        foreach (var scope in new[] { "account:read", "account:write" })
        {
            await (await app.CreateClient((await app.LoginAsync(scope: scope)).AccessToken).PostAsync(route, null))
                .ShouldBeAsync(200);
        }
    }

    [TestCase("UPDATE Sessions SET EndedAt = '2026-01-01 00:00:00' WHERE lower(Id) = @p0", TestName = "{m}(ended)")]
    [TestCase("UPDATE Sessions SET ExpiresAt = '2026-01-01 00:00:00' WHERE lower(Id) = @p0", TestName = "{m}(expired)")]
    [TestCase("DELETE FROM Sessions WHERE lower(Id) = @p0", TestName = "{m}(gone)")]
    [Category("Exhaustive")]
    public async Task SessionThatIsOverInTheDatabaseAlone_ReadsStillAndWritesNothing(string sql)
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo);
        var email = await app.RegisterAdminAsync();
        var (tokens, other) = (await app.LoginAsync(email), await app.LoginAsync(email));
        app.Sql(sql, tokens.SessionId);
        var client = app.CreateClient(tokens.AccessToken);
        foreach (var route in All)
        {
            await BearerErrors.ShouldBeRefusedAsync(await client.PostAsync(route, null), "token-revoked");
            await (await app.CreateClient(other.AccessToken).PostAsync(route, null)).ShouldBeAsync(200);
        }

        await (await client.GetAsync("/probe/protected")).ShouldBeAsync(200);
        await (await client.GetAsync("/probe/user")).ShouldBeAsync(200);
        await (
            await client.PostAsync("/probe/write", null)).ShouldBeAsync(200); // it asks only for what reading asks for
    }

    [Test]
    public async Task SessionThatIsAboutToExpire_WritesUntilThen()
    {
        var settings = new Dictionary<string, string?> { ["Sessions:IdleLifetime"] = "00:02:00" };
        await using var app = new CleanJwtApp(settings, AtAWholeSecond(), ProbeController.AddTo);
        var client = app.CreateClient((await app.LoginAsync()).AccessToken);
        app.Time.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromMilliseconds(1));
        await (await client.PostAsync("/probe/live", null)).ShouldBeAsync(200);
        app.Time.Advance(TimeSpan.FromMilliseconds(1)); // within the clock skew that the token itself is allowed
        await BearerErrors.ShouldBeRefusedAsync(await client.PostAsync("/probe/live", null), "token-revoked");
    }

    [Test]
    public async Task SessionOfAnotherAccount_IsNoProof()
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo);
        var (mine, theirs) = (await app.LoginAsync(), await app.LoginAsync());
        using var key = app.ServiceKey();
        var mixed = key.Resign(mine.AccessToken, payload: claims => claims["sid"] = theirs.SessionId);
        await (await app.CreateClient(mixed).GetAsync("/probe/protected")).ShouldBeAsync(200);
        await BearerErrors.ShouldBeRefusedAsync(
            await app.CreateClient(mixed).PostAsync("/probe/live", null), "token-revoked");
    }

    [Test]
    public async Task AccountRemovedByHand_IsNotFound()
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo);
        var email = await app.RegisterAdminAsync();
        var client = app.CreateClient((await app.LoginAsync(email)).AccessToken);
        app.Sql("DELETE FROM AspNetUsers WHERE Email = @p0", email);
        foreach (var route in All)
        {
            await BearerErrors.ShouldBeRefusedAsync(await client.PostAsync(route, null), "user-not-found");
        }

        await (await client.GetAsync("/probe/protected")).ShouldBeAsync(200);
    }

    [Test]
    public async Task RoleTakenAwayByHand_WritesNothingForAdministrators()
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo);
        var email = await app.RegisterAdminAsync();
        var client = app.CreateClient((await app.LoginAsync(email)).AccessToken);
        app.Sql("UPDATE AspNetUsers SET Roles = '' WHERE Email = @p0", email);
        foreach (var route in new[] { "/probe/live-of-admins", "/probe/recent-of-admins" })
        {
            var response = await client.PostAsync(route, null);
            await response.ShouldBeProblemAsync(403, "insufficient-scope");
            Assert.That(
                response.Headers.GetValues("WWW-Authenticate").Single(), Is.EqualTo(
                    "Bearer error=\"insufficient_scope\", scope=\"users:write\""));
        }

        foreach (
            var route in new[] { "/probe/live", "/probe/live-of-scope", "/probe/recent", "/probe/recent-of-scope" })
        {
            await (await client.PostAsync(route, null)).ShouldBeAsync(200);
        }

        await (await client.GetAsync("/probe/user-of-scope"))
            .ShouldBeAsync(200); // reading believes the token until it expires
    }

    [Test]
    public async Task DatabaseThatIsAway_AnswersNoWrite()
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo);
        var client = app.CreateClient((await app.LoginAsync(await app.RegisterAdminAsync())).AccessToken);
        app.Sql("ALTER TABLE Sessions RENAME TO Elsewhere");
        foreach (var route in All)
        {
            var response = await client.PostAsync(route, null);
            await response.ShouldBeProblemAsync(503, "service-unavailable");
            Assert.That(response.Headers.RetryAfter?.Delta, Is.GreaterThan(TimeSpan.Zero));
            Assert.That(await response.Content.ReadAsStringAsync(), Does.Not.Contain("ran"));
        }

        await (await client.GetAsync("/probe/protected")).ShouldBeAsync(200);
    }

    [TestCase(null, 300)]
    [TestCase("00:01:00", 60)]
    [TestCase("00:00:01", 1)]
    [Category("Exhaustive")]
    public async Task SignIn_IsRecentUpToTheSecond(string? setting, int maxAge)
    {
        var settings = new Dictionary<string, string?>();
        if (setting is not null)
        {
            settings["StepUp:MaxAge"] = setting;
        }

        await using var app = new CleanJwtApp(settings, AtAWholeSecond(), ProbeController.AddTo);
        var client = app.CreateClient((await app.LoginAsync()).AccessToken);
        foreach (var route in new[] { "/probe/recent", "/probe/recent-of-scope" })
        {
            await (await client.PostAsync(route, null)).ShouldBeAsync(200);
        }

        app.Time.Advance(TimeSpan.FromSeconds(maxAge));
        foreach (var route in new[] { "/probe/recent", "/probe/recent-of-scope" })
        {
            await (await client.PostAsync(route, null)).ShouldBeAsync(200);
        }

        app.Time.Advance(TimeSpan.FromSeconds(1));
        app.Commands.Reset();
        foreach (var route in new[] { "/probe/recent", "/probe/recent-of-scope" })
        {
            var response = await client.PostAsync(route, null);
            await response.ShouldBeProblemAsync(401, "reauthentication-required");
            Assert.That(
                response.Headers.GetValues("WWW-Authenticate").Single(),
                Is.EqualTo($"Bearer error=\"insufficient_user_authentication\", max_age=\"{maxAge}\""));
        }

        Assert.That(app.Commands.Commands, Is.Empty);
        await (await client.PostAsync("/probe/live", null)).ShouldBeAsync(200);
    }

    [Test]
    public async Task Refresh_IsNoSignIn()
    {
        await using var app = new CleanJwtApp(time: AtAWholeSecond(), configure: ProbeController.AddTo);
        var first = await app.LoginAsync();
        app.Time.Advance(TimeSpan.FromSeconds(301));
        var next = await AccountRequests.TokensOfAsync(await app.RefreshAsync(first.RefreshToken));
        Assert.That(next.AuthTime(), Is.EqualTo(first.AuthTime()));
        await (await app.CreateClient(next.AccessToken).PostAsync("/probe/recent", null)).ShouldBeProblemAsync(
            401, "reauthentication-required");

        var proved = await AccountRequests.TokensOfAsync(await app.ReauthenticateAsync(next.AccessToken));
        await (await app.CreateClient(proved.AccessToken).PostAsync("/probe/recent", null)).ShouldBeAsync(200);
        await (await app.CreateClient(next.AccessToken).PostAsync("/probe/recent", null)).ShouldBeProblemAsync(
            401, "reauthentication-required");
    }

    /// <summary>A clock on which the sign-in is exactly when its token says, which is in whole seconds.</summary>
    private static FakeTimeProvider AtAWholeSecond() =>
        new(DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
}
