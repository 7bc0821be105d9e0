using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Tokens;

/// <summary>Each row of the contract's "A bearer token that is not accepted", with its code and header.</summary>
[TestFixture(TokenPath.Fast)]
[TestFixture(TokenPath.Standard, Category = "Exhaustive")]
internal sealed class RefusedBearerTokens(TokenPath path)
{
    private CleanJwtApp App => SharedService.On(path);

    [TestCase("/api/users/me")]
    [TestCase("/api/auth/token")]
    public async Task NoToken_IsMissing(string route) =>
        await BearerErrors.ShouldBeRefusedAsync(await App.CreateClient().GetAsync(route), "missing-token");

    [TestCase("Basic YWRhOnBhc3N3b3Jk")]
    [TestCase("Bearer")]
    [TestCase("Bearer ")]
    [TestCase("")]
    [TestCase("Digest username=\"ada\"")]
    [TestCase("DPoP eyJhbGciOiJub25lIn0.e30.")]
    public async Task HeaderWithoutABearerToken_IsMissing(string authorization) =>
        await BearerErrors.ShouldBeRefusedAsync(
            await App.CreateClient().GetAsync("/api/users/me", ("Authorization", authorization)), "missing-token");

    [TestCase("/api/users/me")]
    [TestCase("/api/auth/token")]
    public async Task BadToken_IsInvalid(string route) =>
        await BearerErrors.ShouldBeRefusedAsync(await App.CreateClient("nonsense").GetAsync(route), "invalid-token");

    [TestCase("bearer")]
    [TestCase("BEARER")]
    public async Task Scheme_HasNoCase(string scheme)
    {
        var tokens = await App.LoginAsync();
        await (await App.CreateClient().GetAsync("/api/users/me", ("Authorization", $"{scheme} {tokens.AccessToken}")))
            .ShouldBeAsync(200);
    }

    [TestCase("/api/users/me")]
    [TestCase("/api/auth/token")]
    public async Task ExpiredToken_SaysSo(string route)
    {
        await using var app = new CleanJwtApp(path: path);
        var tokens = await app.LoginAsync();
        var client = app.CreateClient(tokens.AccessToken);
        app.Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        await (await client.GetAsync(route)).ShouldBeAsync(200);
        app.Time.Advance(TimeSpan.FromSeconds(31));
        await BearerErrors.ShouldBeRefusedAsync(await client.GetAsync(route), "token-expired");
    }

    [Test]
    public async Task ExpiredToken_IsAcceptedForTheClockSkewOfFiveSecondsAlone()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(
            new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.Zero));
        await using var app = new CleanJwtApp(time: time, path: path);
        var tokens = await app.LoginAsync();
        time.Advance(TimeSpan.FromSeconds(604));
        await (await app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
        time.Advance(TimeSpan.FromSeconds(1));
        await BearerErrors.ShouldBeRefusedAsync(await app.MeAsync(tokens.AccessToken), "token-expired");
    }

    [TestCase("/api/users/me")]
    [TestCase("/api/auth/token")]
    public async Task TokenOfAnEndedSession_IsRevoked(string route)
    {
        var tokens = await App.LoginAsync();
        var client = App.CreateClient(tokens.AccessToken);
        await (await client.PostAsync("/api/auth/logout", null)).ShouldBeAsync(204);
        await BearerErrors.ShouldBeRefusedAsync(await client.GetAsync(route), "token-revoked");
    }

    [Test]
    public async Task TokenOfAnEndedSession_IsRevokedForAsLongAsItWouldBeValid()
    {
        await using var app = new CleanJwtApp(new() { ["Jwt:AccessTokenLifetime"] = "01:00:00" }, path: path);
        var tokens = await app.LoginAsync();
        await (await app.CreateClient(tokens.AccessToken).PostAsync("/api/auth/logout", null)).ShouldBeAsync(204);
        app.Time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));

        // Another ending may sweep what is over.
        await (await app.CreateClient((await app.LoginAsync()).AccessToken).PostAsync("/api/auth/logout", null))
            .ShouldBeAsync(204);
        await BearerErrors.ShouldBeRefusedAsync(await app.MeAsync(tokens.AccessToken), "token-revoked");
    }

    [Test]
    public async Task TokenOfAnAccountThatIsGone_SaysSo()
    {
        var email = await App.RegisterAsync();
        var tokens = await App.LoginAsync(email);
        App.Sql("DELETE FROM AspNetUsers WHERE Email = @p0", email);
        await BearerErrors.ShouldBeRefusedAsync(await App.MeAsync(tokens.AccessToken), "user-not-found");
    }

    [Test]
    public async Task ExpiredTokenOfAnEndedSession_IsRefusedEitherWay()
    {
        await using var app = new CleanJwtApp(path: path);
        var tokens = await app.LoginAsync();
        await (await app.CreateClient(tokens.AccessToken).PostAsync("/api/auth/logout", null)).ShouldBeAsync(204);
        app.Time.Advance(TimeSpan.FromMinutes(11));
        await BearerErrors.ShouldBeRefusedAsync(await app.MeAsync(tokens.AccessToken), "token-expired");
    }

    [Test]
    public async Task Refusal_QuotesNothingOfTheToken()
    {
        var response = await App.MeAsync("eyJhbGciOiJub25lIn0.c2VjcmV0LXBhcnQ.x");
        var everything = response.Headers + await response.Content.ReadAsStringAsync();
        Assert.That(
            everything,
            Does.Not.Contain("eyJhbGciOiJub25lIn0").And.Not.Contain("c2VjcmV0LXBhcnQ").And.Not.Contain("IDX"));
    }
}
