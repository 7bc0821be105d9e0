using CleanJwt.WebApi.FunctionalTests.Auth;
using CleanJwt.WebApi.FunctionalTests.Sessions;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.OAuth;

/// <summary>Another service ends the session of a token that it was given (RFC 7009).</summary>
[OnDatabases]
internal sealed class RevokingTokens(DatabaseKind kind)
{
    private CleanJwtApp App => SharedService.On(kind);

    private static IEnumerable<TestCaseData> TokensOfASession()
    {
        yield return Row("AccessToken", (first, _) => first.AccessToken);
        yield return Row("AccessTokenOfTheNextGeneration", (_, next) => next.AccessToken);
        yield return Row("RefreshToken", (_, next) => next.RefreshToken);
        yield return Row("SpentRefreshToken", (first, _) => first.RefreshToken);
    }

    [TestCaseSource(nameof(TokensOfASession))]
    public async Task Token_EndsItsSessionAndNoOther(Func<TokenPair, TokenPair, string> choose)
    {
        var email = await App.RegisterAsync();
        var (first, other) = (await App.LoginAsync(email), await App.LoginAsync(email));
        var next = await AccountRequests.TokensOfAsync(await App.RefreshAsync(first.RefreshToken));

        await ShouldBeDoneAsync(await App.CreateClient().RevokeAsync(choose(first, next)));

        await ShouldBeOverAsync(App, first);
        await ShouldBeOverAsync(App, next);
        await (await App.MeAsync(other.AccessToken)).ShouldBeAsync(200);
        await (await App.RefreshAsync(other.RefreshToken)).ShouldBeAsync(200);
    }

    [TestCaseSource(nameof(TokensOfASession))]
    [Category("Exhaustive")]
    public async Task TokenThatIsNoLongerGood_EndsItsSessionToo(Func<TokenPair, TokenPair, string> choose)
    {
        await using var app = new CleanJwtApp(kind: kind, settings: OAuthRequests.WithClients);
        var first = await app.LoginAsync();
        var next = await AccountRequests.TokensOfAsync(await app.RefreshAsync(first.RefreshToken));
        app.Time.Advance(TimeSpan.FromHours(1));
        await ShouldBeDoneAsync(await app.CreateClient().RevokeAsync(choose(first, next)));
        await (await app.RefreshAsync(next.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    [TestCase("access_token")]
    [TestCase("refresh_token")]
    [TestCase("nonsense")]
    public async Task Hint_ChangesNothing(string hint)
    {
        var (one, other) = (await App.LoginAsync(), await App.LoginAsync());
        await ShouldBeDoneAsync(await App.CreateClient().RevokeAsync(one.AccessToken, hint));
        await ShouldBeDoneAsync(await App.CreateClient().RevokeAsync(other.RefreshToken, hint));
        await ShouldBeOverAsync(App, one);
        await ShouldBeOverAsync(App, other);
    }

    [Test]
    public async Task SessionThatIsOver_AnswersTheSameAndIsToldOnce()
    {
        var email = await App.RegisterAsync();
        var (doomed, reader) = (await App.LoginAsync(email), await App.LoginAsync(email));
        var client = App.CreateClient();
        foreach (var token in new[] { doomed.AccessToken, doomed.AccessToken, doomed.RefreshToken })
        {
            await ShouldBeDoneAsync(await client.RevokeAsync(token));
        }

        Assert.That(
            (await TrailAsync(client, reader)).Where(line => !line.StartsWith("login ", StringComparison.Ordinal)),
            Is.EquivalentTo(new[] { $"revoked-by-client success {doomed.SessionId}", "register success " }));
        Assert.That(App.Sql("SELECT COUNT(*) FROM AuditEntries WHERE lower(SessionId) = @p0 AND AccountId IS NULL",
            doomed.SessionId), Is.Zero);
    }

    [Test]
    public async Task SessionThatItsOwnerEnded_IsNotToldAgain()
    {
        var email = await App.RegisterAsync();
        var (doomed, reader) = (await App.LoginAsync(email), await App.LoginAsync(email));
        var client = App.CreateClient();
        await client.LogoutAsync(doomed);
        await ShouldBeDoneAsync(await client.RevokeAsync(doomed.AccessToken));
        await ShouldBeDoneAsync(await client.RevokeAsync(doomed.RefreshToken));
        Assert.That(await TrailAsync(client, reader), Has.None.StartsWith("revoked-by-client"));
    }

    [Test]
    public async Task SessionWhoseAccountIsGone_AnswersTheSame()
    {
        var email = await App.RegisterAsync();
        var tokens = await App.LoginAsync(email);
        App.Sql("DELETE FROM AspNetUsers WHERE Email = @p0", email);
        await ShouldBeDoneAsync(await App.CreateClient().RevokeAsync(tokens.AccessToken));
        await ShouldBeDoneAsync(await App.CreateClient().RevokeAsync(tokens.RefreshToken));
    }

    [TestCase("garbage")]
    [TestCase("..")]
    [TestCase("00000000-0000-0000-0000-000000000000")]
    public async Task Garbage_AnswersTheSame(string token) =>
        await ShouldBeDoneAsync(await App.CreateClient().RevokeAsync(token));

    [TestCaseSource(typeof(UnreadableRefreshTokens), nameof(UnreadableRefreshTokens.Changes))]
    public async Task ChangedRefreshToken_EndsNobodysSession(Func<string, string> change)
    {
        var tokens = await App.LoginAsync();
        await ShouldBeDoneAsync(await App.CreateClient().RevokeAsync(change(tokens.RefreshToken)));
        await (await App.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
    }

    [TestCaseSource(typeof(SigningOut), nameof(SigningOut.NotAccepted))]
    public async Task AccessTokenThatIsNotAccepted_EndsNobodysSession(Func<ServiceKey, string, string> change)
    {
        var tokens = await App.LoginAsync();
        using var key = App.ServiceKey();
        await ShouldBeDoneAsync(await App.CreateClient().RevokeAsync(change(key, tokens.AccessToken)));
        await (await App.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
        await (await App.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
    }

    private static async Task ShouldBeDoneAsync(HttpResponseMessage response)
    {
        await response.ShouldBeAsync(200);
        Assert.That(await response.Content.ReadAsByteArrayAsync(), Is.Empty);
        CommonResponseHeaders.ShouldHaveTheHeaders(response);
    }

    private static async Task ShouldBeOverAsync(CleanJwtApp app, TokenPair tokens)
    {
        await (await app.MeAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await app.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    private static async Task<IEnumerable<string>> TrailAsync(HttpClient client, TokenPair by)
    {
        var (items, _) = await client.PageAsync(by, "/api/users/me/activity?limit=100");
        return items.Select(item => $"{item.Text("action")} {item.Text("outcome")} {item.Text("sessionId")}");
    }

    private static TestCaseData Row(string name, Func<TokenPair, TokenPair, string> choose) =>
        new TestCaseData(choose).SetArgDisplayNames(name);
}
