using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Auth;

/// <summary>A sign-out ends the sessions of the tokens it is given.</summary>
internal sealed class SigningOut
{
    private const string Route = "/api/auth/logout";
    private const string Unreadable = "eyJhbGciOiJub25lIn0.e30.";
    private readonly CleanJwtApp _app = SharedService.App;

    [Test]
    public async Task RefreshToken_EndsItsSession()
    {
        var tokens = await _app.LoginAsync();
        var response = await PostAsync(new { refreshToken = tokens.RefreshToken });
        await response.ShouldBeAsync(204);
        Assert.That(await response.Content.ReadAsByteArrayAsync(), Is.Empty);
        await ShouldBeOverAsync(tokens);
    }

    [Test]
    public async Task BearerToken_EndsItsSession()
    {
        var tokens = await _app.LoginAsync();
        await (await PostAsync(null, tokens.AccessToken)).ShouldBeAsync(204);
        await ShouldBeOverAsync(tokens);
    }

    [TestCase("{}")]
    [TestCase("{\"refreshToken\":null}")]
    [TestCase("{\"refreshToken\":\"\"}")]
    [TestCase("")]
    [TestCase("null", Description = "what openapi-fetch sends for no body")]
    public async Task BearerTokenWithABodyThatSaysNothing_EndsItsSession(string body)
    {
        var tokens = await _app.LoginAsync();
        await (await _app.CreateClient(tokens.AccessToken).PostRawAsync(Route, body)).ShouldBeAsync(204);
        await ShouldBeOverAsync(tokens);
    }

    [Test]
    public async Task BothTokensOfOneSession_EndIt()
    {
        var tokens = await _app.LoginAsync();
        await (await PostAsync(new { refreshToken = tokens.RefreshToken }, tokens.AccessToken)).ShouldBeAsync(204);
        await ShouldBeOverAsync(tokens);
    }

    [Test]
    public async Task TokensOfTwoSessions_EndBoth()
    {
        var email = await _app.RegisterAsync();
        var (one, other, third) = (
            await _app.LoginAsync(email), await _app.LoginAsync(email), await _app.LoginAsync(email));
        await (await PostAsync(new { refreshToken = one.RefreshToken }, other.AccessToken)).ShouldBeAsync(204);
        await ShouldBeOverAsync(one);
        await ShouldBeOverAsync(other);
        await (await _app.MeAsync(third.AccessToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task SpentRefreshToken_EndsItsSession()
    {
        var tokens = await _app.LoginAsync();
        await (await _app.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
        await (await PostAsync(new { refreshToken = tokens.RefreshToken })).ShouldBeAsync(204);
        await ShouldBeOverAsync(tokens);
    }

    [Test]
    public async Task SessionThatIsOver_AnswersTheSameAgain()
    {
        var tokens = await _app.LoginAsync();
        await (await PostAsync(new { refreshToken = tokens.RefreshToken })).ShouldBeAsync(204);
        await (await PostAsync(new { refreshToken = tokens.RefreshToken })).ShouldBeAsync(204);
        await (await PostAsync(null, tokens.AccessToken)).ShouldBeAsync(204);
        await (await PostAsync(new { refreshToken = tokens.RefreshToken }, tokens.AccessToken)).ShouldBeAsync(204);
    }

    [Test]
    public async Task SessionWhoseAccountIsGone_AnswersTheSame()
    {
        var email = await _app.RegisterAsync();
        var tokens = await _app.LoginAsync(email);
        _app.Sql("DELETE FROM AspNetUsers WHERE Email = @p0", email);
        await (await PostAsync(new { refreshToken = tokens.RefreshToken }, tokens.AccessToken)).ShouldBeAsync(204);
    }

    [Test]
    public async Task ExpiredBearerToken_StillEndsItsSession()
    {
        await using var app = new CleanJwtApp();
        var tokens = await app.LoginAsync();
        app.Time.Advance(TimeSpan.FromHours(1));
        await (await app.MeAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-expired");
        await (await app.CreateClient(tokens.AccessToken).PostAsync(Route, null)).ShouldBeAsync(204);
        await (await app.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    [Test]
    public async Task TokensOfAnExpiredSession_AnswerTheSame()
    {
        await using var app = new CleanJwtApp();
        var tokens = await app.LoginAsync();
        app.Time.Advance(TimeSpan.FromDays(15));
        await (await app.CreateClient(tokens.AccessToken)
            .PostAsJsonAsync(Route, new { refreshToken = tokens.RefreshToken })).ShouldBeAsync(204);
    }

    internal static IEnumerable<TestCaseData> NotAccepted()
    {
        yield return Row(
            "OtherIssuer",
            (key, token) => key.Resign(token, payload: claims => claims["iss"] = "https://evil.example.com"));
        yield return Row(
            "OtherAudience", (key, token) => key.Resign(token, payload: claims => claims["aud"] = "another-api"));
        yield return Row("OtherType", (key, token) => key.Resign(token, header: header => header["typ"] = "JWT"));
        yield return Row(
            "OtherSignature", (_, token) => Jwt.With(token, 2, part => (part[0] == 'A' ? 'B' : 'A') + part[1..]));
        yield return Row(
            "WithoutSessionId", (key, token) => key.Resign(token, payload: claims => claims.Remove("sid")));
    }

    [TestCaseSource(nameof(NotAccepted))]
    [Category("Exhaustive")]
    public async Task ExpiredBearerTokenWithSomethingElseWrong_EndsNothing(Func<ServiceKey, string, string> change)
    {
        await using var app = new CleanJwtApp();
        var tokens = await app.LoginAsync();
        using var key = app.ServiceKey();
        app.Time.Advance(TimeSpan.FromHours(1));
        await (await app.CreateClient(change(key, tokens.AccessToken)).PostAsync(Route, null)).ShouldBeProblemAsync(
            401, "invalid-token");
        await (await app.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task NoToken_IsMissing()
    {
        foreach (var response in new[]
        {
            await _app.CreateClient().PostAsync(Route, null),
            await PostAsync(new { }),
            await PostAsync(new { refreshToken = (string?)null }),
            await _app.CreateClient().PostAsync(Route, null, "Basic YWRhOnBhc3N3b3Jk"),
            await _app.CreateClient().PostAsync(Route, null, "Bearer"),
        })
        {
            await response.ShouldBeProblemAsync(401, "missing-token");
            Assert.That(response.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer"));
        }
    }

    [Test]
    public async Task UnreadableBearerToken_IsInvalid()
    {
        var response = await PostAsync(null, Unreadable);
        await response.ShouldBeProblemAsync(401, "invalid-token");
        Assert.That(response.Headers.WwwAuthenticate.ToString(), Does.StartWith("Bearer error=\"invalid_token\""));
    }

    [Test]
    public async Task UnreadableRefreshToken_IsInvalid() =>
        await (await PostAsync(new { refreshToken = "unreadable" })).ShouldBeProblemAsync(401, "invalid-refresh-token");

    [Test]
    public async Task TwoUnreadableTokens_AreInvalid()
    {
        var response = await PostAsync(new { refreshToken = "unreadable" }, Unreadable);
        var code = (await response.JsonAsync()).Text("code");
        Assert.That(code, Is.EqualTo("invalid-token").Or.EqualTo("invalid-refresh-token"));
        await response.ShouldBeProblemAsync(401, code);
    }

    [Test]
    public async Task OneUnreadableToken_DoesNotSpoilTheOther()
    {
        var (one, other) = (await _app.LoginAsync(), await _app.LoginAsync());
        await (await PostAsync(new { refreshToken = one.RefreshToken }, Unreadable)).ShouldBeAsync(204);
        await (await PostAsync(new { refreshToken = "unreadable" }, other.AccessToken)).ShouldBeAsync(204);
        await ShouldBeOverAsync(one);
        await ShouldBeOverAsync(other);
    }

    [Test, Property(Attack.Source, "RFC 8725 2.8; RFC 8725 3.12")]
    public async Task AccessTokenInTheBody_IsNone()
    {
        var tokens = await _app.LoginAsync();
        await (await PostAsync(new { accessToken = tokens.AccessToken })).ShouldBeProblemAsync(401, "missing-token");
        await (await PostAsync(new { refreshToken = tokens.AccessToken })).ShouldBeProblemAsync(
            401, "invalid-refresh-token");
        await (await _app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
    }

    [Test, Property(Attack.Source, "RFC 8725 2.8; RFC 8725 3.12")]
    public async Task RefreshTokenAsBearer_IsInvalid()
    {
        var tokens = await _app.LoginAsync();
        await (await PostAsync(null, tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-token");
        await (await _app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task FieldsThatNameASession_EndNone()
    {
        var (mine, theirs) = (await _app.LoginAsync(), await _app.LoginAsync());
        await (await PostAsync(new { sessionId = theirs.SessionId, sid = theirs.SessionId }, mine.AccessToken))
            .ShouldBeAsync(204);
        await (await _app.MeAsync(theirs.AccessToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task NewSignIn_IsPossibleAfterwards()
    {
        var email = await _app.RegisterAsync();
        await (await PostAsync(null, (await _app.LoginAsync(email)).AccessToken)).ShouldBeAsync(204);
        await (await _app.MeAsync((await _app.LoginAsync(email)).AccessToken)).ShouldBeAsync(200);
    }

    private Task<HttpResponseMessage> PostAsync(object? body, string? accessToken = null)
    {
        var client = accessToken is null ? _app.CreateClient() : _app.CreateClient(accessToken);
        return body is null ? client.PostAsync(Route, null) : client.PostAsJsonAsync(Route, body);
    }

    private async Task ShouldBeOverAsync(TokenPair tokens)
    {
        await (await _app.MeAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await _app.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    private static TestCaseData Row(string name, Func<ServiceKey, string, string> change) =>
        new TestCaseData(change).SetArgDisplayNames(name);
}
