using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.FastPath;

/// <summary>How many commands a request sends to the database.</summary>
[Category("Exhaustive")]
internal sealed class DatabaseCommands
{
    private static IEnumerable<TestCaseData> Bounds()
    {
        yield return Row("Token", 0, 0, (client, _, _) => client.GetAsync("/api/auth/token"));
        yield return Row("Me", 1, 1, (client, _, _) => client.GetAsync("/api/users/me"));
        yield return Row(
            "MeNotModified", 1, 1, (client, _, _) => client.GetAsync("/api/users/me", ("If-None-Match", "*")));
        yield return Row("Refresh", 1, 3, (client, tokens, _) =>
            client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = tokens.RefreshToken }));
        yield return Row("Login", 1, 11, (client, _, email) =>
            client.PostAsJsonAsync("/api/auth/login", new { email, password = TestAccounts.Password }));
        yield return Row("Logout", 1, 4, (client, tokens, _) =>
            client.PostAsJsonAsync("/api/auth/logout", new { refreshToken = tokens.RefreshToken }));
        yield return Row("Reauthenticate", 1, 11, (client, _, _) =>
            client.PostAsJsonAsync("/api/auth/reauthenticate", new { password = TestAccounts.Password }));
        yield return Row(
            "Rename", 1, 5, (client, _, _) => client.PatchAsJsonAsync("/api/users/me", new { displayName = "Ada" }));
        yield return Row("RenameIfMatch", 1, 5, (client, _, _) =>
            client.SendAsync(HttpMethod.Patch, "/api/users/me", new { displayName = "Ada" }, ("If-Match", "*")));
        yield return Row("RenameNothing", 1, 2, (client, _, _) => client.PatchAsJsonAsync("/api/users/me", new { }));
        yield return Row("ChangePassword", 1, 13, (client, _, _) => client.PutAsJsonAsync(
            "/api/users/me/password",
            new { currentPassword = TestAccounts.Password, newPassword = "a new horse and a new staple" }));
        yield return Row("DeleteAccount", 1, 15, (client, _, _) => client.DeleteAsync("/api/users/me"));
        yield return Row("Sessions", 1, 1, (client, _, _) => client.GetAsync("/api/users/me/sessions"));
        yield return Row(
            "EndSession",
            1,
            7,
            (client, tokens, _) => client.DeleteAsync($"/api/users/me/sessions/{tokens.SessionId}"));
        yield return Row("EndSessions", 1, 7, (client, _, _) => client.DeleteAsync("/api/users/me/sessions"));
        yield return Row("Activity", 1, 2, (client, _, _) => client.GetAsync("/api/users/me/activity"));
        yield return Row("Introspect", 0, 0, (client, tokens, _) => client.IntrospectAsync(tokens.AccessToken));
        yield return Row(
            "IntrospectRefreshToken", 1, 1, (client, tokens, _) => client.IntrospectAsync(tokens.RefreshToken));
        yield return Row("IntrospectGarbage", 0, 0, (client, _, _) => client.IntrospectAsync("garbage"));
        yield return Row(
            "IntrospectChangedAccessToken",
            0,
            0,
            (client, tokens, _) => client.IntrospectAsync(tokens.AccessToken + "A"));
        yield return Row("Revoke", 1, 4, (client, tokens, _) => client.RevokeAsync(tokens.AccessToken));
        yield return Row("RevokeByRefreshToken", 1, 4, (client, tokens, _) => client.RevokeAsync(tokens.RefreshToken));
        yield return Row("RevokeGarbage", 0, 0, (client, _, _) => client.RevokeAsync("garbage"));
        yield return Row("Keys", 0, 0, (client, _, _) => client.GetAsync("/.well-known/jwks.json"));
        yield return Row("Discovery", 0, 0, (client, _, _) => client.GetAsync("/.well-known/openid-configuration"));
        yield return Row("Live", 0, 0, (client, _, _) => client.GetAsync("/health/live"));
        yield return Row("OpenApi", 0, 0, (client, _, _) => client.GetAsync("/openapi/v1.json"));
    }

    private static IEnumerable<TestCaseData> BoundsOfAdministration()
    {
        yield return Row("Users", 1, 1, (client, _) => client.GetAsync("/api/admin/users"));
        yield return Row("UsersByEmail", 1, 1, (client, _) => client.GetAsync("/api/admin/users?email=test"));
        yield return Row("User", 1, 1, (client, id) => client.GetAsync($"/api/admin/users/{id}"));
        yield return Row("UserActivity", 1, 1, (client, id) => client.GetAsync($"/api/admin/users/{id}/activity"));
        yield return Row("Lock", 1, 11, (client, id) => client.PostAsync($"/api/admin/users/{id}/lock", null));
        yield return Row("Unlock", 1, 6, (client, id) => client.PostAsync($"/api/admin/users/{id}/unlock", null));
        yield return Row(
            "EndSessionsOfUser", 1, 8, (client, id) => client.DeleteAsync($"/api/admin/users/{id}/sessions"));
        yield return Row(
            "SetRoles",
            1,
            10,
            (client, id) => client.PutAsJsonAsync($"/api/admin/users/{id}/roles", new { roles = new[] { "admin" } }));
        yield return Row("DeleteUser", 1, 16, (client, id) => client.DeleteAsync($"/api/admin/users/{id}"));
    }

    [TestCaseSource(nameof(Bounds))]
    public async Task EachRequest_SendsNoMoreThanItNeeds(
        int least, int most, Func<HttpClient, TokenPair, string, Task<HttpResponseMessage>> send)
    {
        await using var app = new CleanJwtApp(OAuthRequests.WithClients);
        var email = await app.RegisterAsync();
        var tokens = await app.LoginAsync(email);
        var client = app.CreateClient(tokens.AccessToken);

        // The first of a kind may do more; what counts is every other.
        await app.RefreshAsync((await app.LoginAsync(email)).RefreshToken);
        await CountAsync(app, least, most, () => send(client, tokens, email));
    }

    [TestCaseSource(nameof(BoundsOfAdministration))]
    public async Task EachRequestOfAnAdministrator_SendsNoMoreThanItNeeds(
        int least, int most, Func<HttpClient, string, Task<HttpResponseMessage>> send)
    {
        await using var app = new CleanJwtApp();
        var user = await app.LoginAsync();
        var client = app.CreateClient((await app.LoginAsync(await app.RegisterAdminAsync())).AccessToken);
        await CountAsync(app, least, most, () => send(client, user.AccountId()));
    }

    [Test]
    public async Task RefusedToken_SendsNone()
    {
        await using var app = new CleanJwtApp(OAuthRequests.WithClients);
        var tokens = await app.LoginAsync();
        await (await app.CreateClient(tokens.AccessToken).PostAsync("/api/auth/logout", null)).ShouldBeAsync(204);
        app.Commands.Reset();
        await (await app.CreateClient().IntrospectAsync(tokens.AccessToken)).ShouldBeInactiveAsync();
        await (await app.MeAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await app.MeAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-token");
        await (await app.RefreshAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        Assert.That(app.Commands.Commands, Is.Empty);
    }

    private static async Task CountAsync(CleanJwtApp app, int least, int most, Func<Task<HttpResponseMessage>> send)
    {
        app.Commands.Reset();
        var response = await send();
        Assert.That((int)response.StatusCode, Is.AnyOf(200, 204, 304), await response.Content.ReadAsStringAsync());
        Assert.That(app.Commands.Commands, Has.Count.InRange(least, most), string.Join("\n\n", app.Commands.Commands));
    }

    private static TestCaseData Row(
        string name, int least, int most, Func<HttpClient, TokenPair, string, Task<HttpResponseMessage>> send) =>
        new TestCaseData(least, most, send).SetArgDisplayNames(name);

    private static TestCaseData Row(
        string name, int least, int most, Func<HttpClient, string, Task<HttpResponseMessage>> send) =>
        new TestCaseData(least, most, send).SetArgDisplayNames(name);
}
