using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Sessions;

/// <summary>Only the owner of an account ends its sessions.</summary>
[OnDatabases]
internal sealed class EndingSessions(DatabaseKind kind)
{
    private const string Route = "/api/users/me/sessions";

    private CleanJwtApp App => SharedService.On(kind);

    [Test]
    public async Task OwnSession_IsOverFromTheAnswerOn()
    {
        var email = await App.RegisterAsync();
        var (current, other) = (await App.LoginAsync(email), await App.LoginAsync(email));
        await (await DeleteAsync(current, $"{Route}/{other.SessionId}")).ShouldBeAsync(204);
        await ShouldBeOverAsync(other);
        await ShouldLiveAsync(current);
        await (await DeleteAsync(current, $"{Route}/{other.SessionId}")).ShouldBeProblemAsync(404, "session-not-found");
    }

    [Test]
    public async Task TheSessionThatAsks_CanEndItself()
    {
        var tokens = await App.LoginAsync();
        await (await DeleteAsync(tokens, $"{Route}/{tokens.SessionId}")).ShouldBeAsync(204);
        await ShouldBeOverAsync(tokens);
        await (await DeleteAsync(tokens, $"{Route}/{tokens.SessionId}")).ShouldBeProblemAsync(401, "token-revoked");
    }

    [Test]
    public async Task SomebodyElsesSession_IsNotFoundAndLivesOn()
    {
        var (mine, theirs) = (await App.LoginAsync(), await App.LoginAsync());
        var response = await DeleteAsync(mine, $"{Route}/{theirs.SessionId}");
        await response.ShouldBeProblemAsync(404, "session-not-found");
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Not.Contain(theirs.SessionId));
        await ShouldLiveAsync(theirs);
        await ShouldLiveAsync(mine);
    }

    [Test]
    public async Task SessionThatLoggedOut_IsNotFound()
    {
        var email = await App.RegisterAsync();
        var (current, other) = (await App.LoginAsync(email), await App.LoginAsync(email));
        await App.CreateClient().LogoutAsync(other);
        await (await DeleteAsync(current, $"{Route}/{other.SessionId}")).ShouldBeProblemAsync(404, "session-not-found");
    }

    [Test]
    public async Task SessionThatExpired_IsNotFound()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var email = await app.RegisterAsync();
        var old = await app.LoginAsync(email);
        app.Time.Advance(TimeSpan.FromDays(14));
        var current = await app.LoginAsync(email);
        await (await app.CreateClient(current.AccessToken).DeleteAsync($"{Route}/{old.SessionId}"))
            .ShouldBeProblemAsync(404, "session-not-found");
    }

    [TestCase("1")]
    [TestCase("current")]
    [TestCase("00000000-0000-0000-0000-000000000000")]
    [TestCase("0193c7a2-1111-7000-8000-000000000000")]
    [TestCase("{0193c7a2-1111-7000-8000-000000000000}")]
    [TestCase("0193c7a2-1111-7000-8000-00000000000")]
    [TestCase("%20")]
    [TestCase("%F0%9F%94%91")]
    [TestCase("'%20OR%20'1'='1")]
    public async Task IdOfNoSession_IsNotFound(string id)
    {
        var tokens = await App.LoginAsync();
        await (await DeleteAsync(tokens, $"{Route}/{id}")).ShouldBeProblemAsync(404, "session-not-found");
        await ShouldLiveAsync(tokens);
    }

    [Test]
    public async Task AllSessions_AreOverAndNobodyElses()
    {
        var email = await App.RegisterAsync();
        var (current, other, stranger) = (
            await App.LoginAsync(email), await App.LoginAsync(email), await App.LoginAsync());
        await (await DeleteAsync(current, Route)).ShouldBeAsync(204);
        await ShouldBeOverAsync(current);
        await ShouldBeOverAsync(other);
        await ShouldLiveAsync(stranger);
        await ShouldLiveAsync(await App.LoginAsync(email));
    }

    [Test]
    public async Task AllButTheCurrentSession_AreOver()
    {
        var email = await App.RegisterAsync();
        var (other, current, another) = (
            await App.LoginAsync(email), await App.LoginAsync(email), await App.LoginAsync(email));
        await (await DeleteAsync(current, Route + "?except=current")).ShouldBeAsync(204);
        await ShouldBeOverAsync(other);
        await ShouldBeOverAsync(another);
        await ShouldLiveAsync(current);
        await (await DeleteAsync(current, Route + "?except=current")).ShouldBeAsync(204);
    }

    [TestCase("?except=current&filter=1")]
    [TestCase("?filter.x=1&except=current")]
    public async Task UnknownParameters_DoNotLoseTheOneThatSpares(string query)
    {
        var email = await App.RegisterAsync();
        var (current, other) = (await App.LoginAsync(email), await App.LoginAsync(email));
        await (await DeleteAsync(current, Route + query)).ShouldBeAsync(204);
        await ShouldLiveAsync(current);
        await ShouldBeOverAsync(other);
    }

    [Test]
    public async Task ForgottenId_EndsNothing()
    {
        var tokens = await App.LoginAsync();
        await (await DeleteAsync(tokens, Route + "/")).ShouldBeProblemAsync(404, "not-found");
        await ShouldLiveAsync(tokens);
    }

    [TestCase("?except=")]
    [TestCase("?except")]
    [TestCase("?except=%20")]
    [TestCase("?except=Current")]
    [TestCase("?except=all")]
    [TestCase("?except=current,current")]
    [TestCase("?except=other&except=current")]
    [TestCase("?except=current&except=other")]
    [TestCase("?except=current&except=current")]
    [TestCase("?Except=other")]
    public async Task AnythingElseToSpare_IsRefusedAndNothingEnds(string query)
    {
        var email = await App.RegisterAsync();
        var (current, other) = (await App.LoginAsync(email), await App.LoginAsync(email));
        var problem = await (await DeleteAsync(current, Route + query)).ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(problem.GetProperty("errors").Names(), Is.EqualTo(new[] { "except" }));
        await ShouldLiveAsync(current);
        await ShouldLiveAsync(other);
    }

    [Test]
    public async Task IdOfASessionToSpare_IsRefusedAndNothingEnds()
    {
        var tokens = await App.LoginAsync();
        await (await DeleteAsync(tokens, $"{Route}?except={tokens.SessionId}")).ShouldBeProblemAsync(
            400, "validation-failed");
        await ShouldLiveAsync(tokens);
    }

    [Test]
    public async Task TokenThatMayOnlyRead_ListsAndEndsNothing()
    {
        var email = await App.RegisterAsync();
        var (reader, other) = (await App.LoginAsync(email, "account:read"), await App.LoginAsync(email));
        await (await App.CreateClient().AskAsync(reader.AccessToken, Route)).ShouldBeAsync(200);
        foreach (var route in new[] { Route, Route + "?except=current", $"{Route}/{other.SessionId}",
            $"{Route}/{reader.SessionId}" })
        {
            var response = await DeleteAsync(reader, route);
            await response.ShouldBeProblemAsync(403, "insufficient-scope");
            Assert.That(
                response.Headers.WwwAuthenticate.ToString(), Is.EqualTo(
                    "Bearer error=\"insufficient_scope\", scope=\"account:write\""));
        }

        await ShouldLiveAsync(other);
        await ShouldLiveAsync(reader);
    }

    [Test]
    public async Task TokenThatMayOnlyWrite_ListsNothing()
    {
        var tokens = await App.LoginAsync(scope: "account:write");
        var response = await App.CreateClient().AskAsync(tokens.AccessToken, Route);
        await response.ShouldBeProblemAsync(403, "insufficient-scope");
        Assert.That(
            response.Headers.WwwAuthenticate.ToString(),
            Is.EqualTo("Bearer error=\"insufficient_scope\", scope=\"account:read\""));
        await (await DeleteAsync(tokens, Route)).ShouldBeAsync(204);
    }

    private Task<HttpResponseMessage> DeleteAsync(TokenPair tokens, string route) =>
        App.CreateClient(tokens.AccessToken).DeleteAsync(route);

    private async Task ShouldLiveAsync(TokenPair tokens)
    {
        await (await App.CreateClient().AskAsync(tokens.AccessToken)).ShouldBeAsync(200);
        await (await App.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
    }

    private async Task ShouldBeOverAsync(TokenPair tokens)
    {
        await (await App.CreateClient().AskAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await App.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }
}
