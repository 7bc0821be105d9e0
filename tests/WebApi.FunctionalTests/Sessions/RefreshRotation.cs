using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CleanJwt.WebApi.FunctionalTests.Sessions;

/// <summary>
/// Each refresh token is good once, but for a short grace; after that, presenting it ends the session.
/// </summary>
internal sealed class RefreshRotation
{
    [Test]
    public async Task CurrentToken_AnswersTheNextPairOfTheSameSession()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2031, 2, 3, 4, 5, 6, 789, TimeSpan.Zero));
        await using var app = new CleanJwtApp(time: time);
        var first = await app.LoginAsync();
        time.Advance(TimeSpan.FromMinutes(1));
        var response = await app.RefreshAsync(first.RefreshToken);
        await response.ShouldBeAsync(200);
        var tokens = await response.JsonAsync();
        var (before, after) = (Jwt.Payload(first.AccessToken), Jwt.Payload(tokens.Text("accessToken")));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                tokens.Names(),
                Is.EquivalentTo(new[] { "tokenType", "accessToken", "expiresIn", "expiresAt", "refreshToken",
                    "refreshExpiresIn", "scope", "sessionId" }));
            Assert.That(tokens.Text("tokenType"), Is.EqualTo("Bearer"));
            Assert.That(tokens.GetProperty("expiresIn").GetInt64(), Is.EqualTo(600));
            Assert.That(tokens.Text("expiresAt"), Is.EqualTo("2031-02-03T04:16:06.000Z"));
            Assert.That(tokens.GetProperty("refreshExpiresIn").GetInt64(), Is.EqualTo(14 * 24 * 3600));
            Assert.That(tokens.Text("sessionId"), Is.EqualTo(first.SessionId));
            Assert.That(tokens.Text("refreshToken"), Is.Not.EqualTo(first.RefreshToken));
            Assert.That(after["sid"]!.ToString(), Is.EqualTo(first.SessionId));
            Assert.That(after["sub"]!.ToString(), Is.EqualTo(before["sub"]!.ToString()));
            Assert.That(after["jti"]!.ToString(), Is.Not.EqualTo(before["jti"]!.ToString()));
            Assert.That(after["iat"]!.GetValue<long>(), Is.EqualTo(before["iat"]!.GetValue<long>() + 60));
            Assert.That(
                after["auth_time"]!.GetValue<long>(),
                Is.EqualTo(before["auth_time"]!.GetValue<long>()),
                "a refresh proves nobody's password");
        }

        await (await app.MeAsync(tokens.Text("accessToken"))).ShouldBeAsync(200);
        await (await app.MeAsync(first.AccessToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task ChainOfRefreshes_GoesOn()
    {
        await using var app = new CleanJwtApp();
        var tokens = await app.LoginAsync();
        for (var i = 0; i < 10; i++)
        {
            app.Time.Advance(TimeSpan.FromMinutes(10));
            tokens = await NextAsync(app, tokens.RefreshToken);
        }

        await (await app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task SpentTokenWithinTheGrace_GetsTokensOfTheCurrentGeneration()
    {
        await using var app = new CleanJwtApp();
        var first = await app.LoginAsync();
        var second = await NextAsync(app, first.RefreshToken);
        app.Time.Advance(TimeSpan.FromSeconds(29.999));
        var repeated = await NextAsync(app, first.RefreshToken);
        Assert.That(app.Sql("SELECT Generation FROM Sessions"), Is.EqualTo(2), "a repeat is no rotation");

        // Either answer goes on: both hold the current generation.
        await NextAsync(app, repeated.RefreshToken);
        await NextAsync(app, second.RefreshToken);
        Assert.That(app.Sql("SELECT Generation FROM Sessions"), Is.EqualTo(3));
    }

    [Test]
    public async Task SpentTokenAfterTheGrace_EndsTheSession()
    {
        await using var app = new CleanJwtApp();
        var first = await app.LoginAsync();
        var second = await NextAsync(app, first.RefreshToken);
        app.Time.Advance(TimeSpan.FromSeconds(30));
        await (await app.RefreshAsync(first.RefreshToken)).ShouldBeProblemAsync(401, "refresh-token-reused");
        await ShouldBeOverAsync(app, first, second);
    }

    [Test]
    public async Task RepeatedAnswers_DoNotProlongTheGrace()
    {
        await using var app = new CleanJwtApp();
        var first = await app.LoginAsync();
        await NextAsync(app, first.RefreshToken);
        app.Time.Advance(TimeSpan.FromSeconds(16));
        await NextAsync(app, first.RefreshToken);
        app.Time.Advance(TimeSpan.FromSeconds(16));
        await (await app.RefreshAsync(first.RefreshToken)).ShouldBeProblemAsync(401, "refresh-token-reused");
    }

    [Test]
    public async Task TokenTwoGenerationsOld_EndsTheSessionEvenWithinTheGrace()
    {
        await using var app = new CleanJwtApp();
        var first = await app.LoginAsync();
        var second = await NextAsync(app, first.RefreshToken);
        var third = await NextAsync(app, second.RefreshToken);
        await (await app.RefreshAsync(first.RefreshToken)).ShouldBeProblemAsync(401, "refresh-token-reused");
        await ShouldBeOverAsync(app, first, second, third);
    }

    [Test]
    public async Task GraceOfZero_AllowsNoRepeat()
    {
        await using var app = new CleanJwtApp(new() { ["Sessions:RefreshReuseGrace"] = "00:00:00" });
        var first = await app.LoginAsync();
        var second = await NextAsync(app, first.RefreshToken);
        await (await app.RefreshAsync(first.RefreshToken)).ShouldBeProblemAsync(401, "refresh-token-reused");
        await ShouldBeOverAsync(app, first, second);
    }

    [Test]
    public async Task GraceSetting_IsTheGrace()
    {
        await using var app = new CleanJwtApp(new() { ["Sessions:RefreshReuseGrace"] = "00:00:30" });
        var first = await app.LoginAsync();
        await NextAsync(app, first.RefreshToken);
        app.Time.Advance(TimeSpan.FromSeconds(29));
        await NextAsync(app, first.RefreshToken);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await (await app.RefreshAsync(first.RefreshToken)).ShouldBeProblemAsync(401, "refresh-token-reused");
    }

    [Test]
    public async Task OtherSessions_OutliveAReuse()
    {
        await using var app = new CleanJwtApp();
        var email = await app.RegisterAsync();
        var (one, other) = (await app.LoginAsync(email), await app.LoginAsync(email));
        await NextAsync(app, one.RefreshToken);
        app.Time.Advance(TimeSpan.FromSeconds(30));
        await (await app.RefreshAsync(one.RefreshToken)).ShouldBeProblemAsync(401, "refresh-token-reused");
        await (await app.MeAsync(other.AccessToken)).ShouldBeAsync(200);
        await NextAsync(app, other.RefreshToken);
    }

    [Test]
    public async Task TokenOfAGenerationThatNeverWas_EndsNobodysSession()
    {
        await using var app = new CleanJwtApp();
        var first = await app.LoginAsync();
        var second = await NextAsync(app, first.RefreshToken);

        // As after a backup was restored: the client is ahead of the database.
        app.Sql("UPDATE Sessions SET Generation = 1");
        await (await app.RefreshAsync(second.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        await NextAsync(app, first.RefreshToken);
    }

    [Test]
    public async Task AccountThatIsGone_RefreshesNoMore()
    {
        var app = SharedService.App;
        var email = await app.RegisterAsync();
        var tokens = await app.LoginAsync(email);
        app.Sql("DELETE FROM AspNetUsers WHERE Email = @p0", email);
        await (await app.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    [Test]
    public async Task RolesOfNow_AreInTheNextToken()
    {
        var app = SharedService.App;
        var email = await app.RegisterAsync();
        var tokens = await app.LoginAsync(email);
        app.Sql("UPDATE AspNetUsers SET Roles = 'admin' WHERE Email = @p0", email);
        var next = await NextAsync(app, tokens.RefreshToken);
        Assert.That(Jwt.Payload(next.AccessToken)["roles"]!.ToJsonString(), Is.EqualTo("[\"admin\"]"));
        Assert.That(
            Jwt.Payload(next.AccessToken)["scope"]!.ToString(),
            Is.EqualTo(ContractScopes.OfAdmins),
            "the sign-in named no scopes");
    }

    [TestCase("")]
    [TestCase("  ")]
    [TestCase(null)]
    public async Task MissingToken_IsNamed(string? refreshToken)
    {
        var response = await SharedService.App.CreateClient().PostAsJsonAsync(
            "/api/auth/refresh", new { refreshToken });
        var problem = await response.ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(problem.GetProperty("errors").Names(), Is.EquivalentTo(new[] { "refreshToken" }));
    }

    private static async Task<TokenPair> NextAsync(CleanJwtApp app, string refreshToken)
    {
        var response = await app.RefreshAsync(refreshToken);
        await response.ShouldBeAsync(200);
        return TokenPair.From(await response.JsonAsync());
    }

    private static async Task ShouldBeOverAsync(CleanJwtApp app, params TokenPair[] all)
    {
        foreach (var tokens in all)
        {
            await (await app.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
            await (await app.MeAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        }
    }
}
