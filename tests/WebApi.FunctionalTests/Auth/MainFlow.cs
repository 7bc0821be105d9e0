using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Auth;

/// <summary>Sign up, sign in, be the current user, refresh, sign out.</summary>
[OnDatabases]
internal sealed class MainFlow(DatabaseKind kind)
{
    [Test]
    public async Task EveryStep_AnswersAsDocumented()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var email = await app.RegisterAsync();
        var tokens = await app.LoginAsync(email);

        var me = await app.MeAsync(tokens.AccessToken);
        await me.ShouldBeAsync(200);
        Assert.That((await me.JsonAsync()).GetProperty("email").GetString(), Is.EqualTo(email));

        var refreshed = await app.RefreshAsync(tokens.RefreshToken);
        await refreshed.ShouldBeAsync(200);

        var logout = await app.CreateClient(tokens.AccessToken).PostAsync("/api/auth/logout", null);
        await logout.ShouldBeAsync(204);
        await (await app.MeAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await app.RefreshAsync(TokenPair.From(await refreshed.JsonAsync()).RefreshToken)).ShouldBeProblemAsync(
            401, "invalid-refresh-token");
    }
}
