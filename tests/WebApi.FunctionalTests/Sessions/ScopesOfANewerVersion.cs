using System.Net.Http.Json;
using System.Text.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Sessions;

/// <summary>
/// An old and a new node over one database, while an upgrade brings new scopes. The old node ignores scope names that
/// it does not know. A session that named no scopes gets the new ones from the new node.
/// </summary>
[OnDatabases]
internal sealed class ScopesOfANewerVersion(DatabaseKind kind)
{
    private CleanJwtApp App => SharedService.On(kind);

    [Test]
    public async Task SessionWithAnUnknownScope_IsListedRefreshedAndIntrospected()
    {
        var tokens = await App.LoginAsync(scope: "account:read");
        Write("account:read future:read", tokens);

        Assert.That(await ListedScopeAsync(tokens), Is.EqualTo("account:read"));
        Assert.That((await IntrospectAsync(tokens.RefreshToken)).Text("scope"), Is.EqualTo("account:read"));
        var next = await RefreshAsync(tokens);
        Assert.That(next.Text("scope"), Is.EqualTo("account:read"));
        await (await App.MeAsync(next.Text("accessToken"))).ShouldBeAsync(200);
    }

    /// <summary>Else a refresh at an old node would take the new scope from a session that has named it.</summary>
    [Test]
    public async Task ScopesThatASessionNamed_StayInItsRow()
    {
        var tokens = await App.LoginAsync(scope: "account:read");
        Write("account:read future:read", tokens);

        await RefreshAsync(tokens);

        Assert.That(StoredScope(tokens), Is.EqualTo("account:read future:read"));
    }

    [Test]
    public async Task SessionThatNamedNoScopes_HasAllAfterItsNextRefresh([Values] bool isAdmin)
    {
        var all = isAdmin ? ContractScopes.OfAdmins : ContractScopes.OfEveryAccount;
        var tokens = await App.LoginAsync(isAdmin ? await App.CreateClient().RegisterAdminAsync() : null);
        Write("account:read", tokens);
        Assert.That(
            (await ReauthenticateAsync(tokens)).Text("scope"), Is.EqualTo("account:read"), "before its refresh");

        var next = await RefreshAsync(tokens);

        Assert.That(next.Text("scope"), Is.EqualTo(all));
        Assert.That(Jwt.Payload(next.Text("accessToken"))["scope"]!.ToString(), Is.EqualTo(all));
        Assert.That(StoredScope(tokens), Is.EqualTo(all));
        Assert.That(await ListedScopeAsync(tokens), Is.EqualTo(all));
        Assert.That((await IntrospectAsync(next.Text("refreshToken"))).Text("scope"), Is.EqualTo(all));
        Assert.That((await ReauthenticateAsync(TokenPair.From(next))).Text("scope"), Is.EqualTo(all));
    }

    [Test]
    public async Task ScopeThatCameLater_CanBeAskedForAtOnce()
    {
        var tokens = await App.LoginAsync();
        Write("account:read", tokens);
        var next = await RefreshAsync(tokens, "account:write");
        Assert.That(next.Text("scope"), Is.EqualTo("account:write"));
        Assert.That(StoredScope(tokens), Is.EqualTo(ContractScopes.OfEveryAccount));
    }

    [Test]
    public async Task SessionThatNamedItsScopes_KeepsThem()
    {
        var tokens = await App.LoginAsync(scope: ContractScopes.OfEveryAccount);
        Write("account:read", tokens);
        Assert.That((await RefreshAsync(tokens)).Text("scope"), Is.EqualTo("account:read"));
        Assert.That(StoredScope(tokens), Is.EqualTo("account:read"));
    }

    /// <summary>The old node issues tokens without any scope then, which the new node has to accept.</summary>
    [Test]
    public async Task SessionWithOnlyUnknownScopes_GetsTokensThatAllowNothing()
    {
        var tokens = await App.LoginAsync(scope: "account:read");
        Write("future:read", tokens);
        var next = TokenPair.From(await RefreshAsync(tokens));
        await (await App.CreateClient().AskAsync(next.AccessToken)).ShouldBeAsync(200);
        await (await App.MeAsync(next.AccessToken)).ShouldBeProblemAsync(403, "insufficient-scope");
        Assert.That((await IntrospectAsync(next.AccessToken)).Text("scope"), Is.Empty);
    }

    private void Write(string scope, TokenPair session) =>
        App.Sql("UPDATE Sessions SET Scope = @p0 WHERE lower(Id) = @p1", scope, session.SessionId);

    private object? StoredScope(TokenPair session) =>
        App.Sql("SELECT Scope FROM Sessions WHERE lower(Id) = @p0", session.SessionId);

    private async Task<JsonElement> RefreshAsync(TokenPair session, string? scope = null)
    {
        var response = await App.CreateClient().PostAsJsonAsync(
            "/api/auth/refresh", new { refreshToken = session.RefreshToken, scope });
        await response.ShouldBeAsync(200);
        return await response.JsonAsync();
    }

    private async Task<JsonElement> ReauthenticateAsync(TokenPair session)
    {
        var response = await App.CreateClient().ReauthenticateAsync(session, TestAccounts.Password);
        await response.ShouldBeAsync(200);
        return await response.JsonAsync();
    }

    private async Task<JsonElement> IntrospectAsync(string token) =>
        await (await App.CreateClient().IntrospectAsync(token)).ShouldBeActiveAsync();

    private async Task<string> ListedScopeAsync(TokenPair session)
    {
        var response = await App.CreateClient().AskAsync(session.AccessToken, "/api/users/me/sessions");
        await response.ShouldBeAsync(200);
        return (await response.JsonAsync()).GetProperty("items").EnumerateArray().Single().Text("scope");
    }
}
