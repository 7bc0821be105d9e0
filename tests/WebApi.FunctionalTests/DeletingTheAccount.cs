using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.Data.Sqlite;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>An account that is deleted leaves no session and nothing personal behind.</summary>
internal sealed class DeletingTheAccount
{
    private const string Route = "/api/users/me";

    [Test]
    public async Task Deletion_EndsEverySessionAndFreesTheAddress()
    {
        await using var app = new CleanJwtApp();
        var email = await app.RegisterAsync();
        var (one, other) = (await app.LoginAsync(email), await app.LoginAsync(email));
        await (await app.CreateClient(one.AccessToken).DeleteAsync(Route)).ShouldBeAsync(204);

        foreach (var session in new[] { one, other })
        {
            await (await app.MeAsync(session.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
            await (await app.RefreshAsync(session.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        }

        await (await app.CreateClient().TryLoginAsync(email)).ShouldBeProblemAsync(401, "invalid-credentials");
        Assert.That((await app.LoginAsync(await app.RegisterAsync(email))).AccountId, Is.Not.EqualTo(one.AccountId));
    }

    [Test]
    public async Task OldSignIn_MustBeProvedAgainFirst()
    {
        await using var app = new CleanJwtApp();
        var tokens = await app.LoginAsync();
        app.Time.Advance(TimeSpan.FromMinutes(6));
        var client = app.CreateClient(tokens.AccessToken);
        await (await client.DeleteAsync(Route)).ShouldBeProblemAsync(401, "reauthentication-required");
        await (await client.GetAsync(Route)).ShouldBeAsync(200);

        var proved = await client.PostAsJsonAsync("/api/auth/reauthenticate", new { password = CleanJwtApp.Password });
        await (await app.CreateClient(TokenPair.From(await proved.JsonAsync()).AccessToken).DeleteAsync(Route)).ShouldBeAsync(204);
    }

    [Test]
    public async Task TokenThatMayOnlyRead_DeletesNothing()
    {
        await using var app = new CleanJwtApp();
        var client = app.CreateClient((await app.LoginAsync(scope: "account:read")).AccessToken);
        await (await client.DeleteAsync(Route)).ShouldBeProblemAsync(403, "insufficient-scope");
        await (await client.GetAsync(Route)).ShouldBeAsync(200);
    }

    [Test]
    public async Task LastAdministrator_CannotGo()
    {
        await using var app = new CleanJwtApp(CleanJwtApp.WithAdmin);
        var admin = await app.LoginAsync(CleanJwtApp.AdminEmail);
        await (await app.CreateClient(admin.AccessToken).DeleteAsync(Route)).ShouldBeProblemAsync(409, "last-admin");
        await (await app.MeAsync(admin.AccessToken)).ShouldBeAsync(200);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task NoTable_HoldsAnythingOfItsOwnerAnyMore(bool byAdmin)
    {
        await using var app = new CleanJwtApp(CleanJwtApp.WithAdmin);
        var admin = await app.LoginAsync(CleanJwtApp.AdminEmail);
        var mark = Guid.NewGuid().ToString("N");
        var (client, elsewhere) = (app.CreateClient(), app.CreateClient());
        client.DefaultRequestHeaders.UserAgent.ParseAdd($"agent-{mark}");
        var email = $"{mark}@example.com";
        await (await client.PostAsJsonAsync("/api/auth/register", new { email, password = CleanJwtApp.Password, displayName = $"name {mark}" })).ShouldBeAsync(201);
        await (await client.PostAsJsonAsync("/api/auth/login", new { email, password = "some other password" })).ShouldBeAsync(401);
        var tokens = await client.LoginAsync(email);
        await (await elsewhere.DoAsync(admin, $"POST /api/admin/users/{tokens.AccountId}/lock")).ShouldBeAsync(204);
        await (await elsewhere.DoAsync(admin, $"POST /api/admin/users/{tokens.AccountId}/unlock")).ShouldBeAsync(204);
        tokens = await client.LoginAsync(email);
        await (await client.DoAsync(tokens, "PATCH /api/users/me", new { displayName = $"other name {mark}" })).ShouldBeAsync(200);

        string[] personal = [mark, tokens.AccountId, tokens.AccountId.Replace("-", "", StringComparison.Ordinal), tokens.SessionId];
        Assert.That(WhereIs(app, mark), Is.SupersetOf(new[] { "AspNetUsers.Email", "AspNetUsers.DisplayName", "Sessions.UserAgent", "Activities.UserAgent" }));
        Assert.That(WhereIs(app, tokens.AccountId), Does.Contain("Activities.OtherAccountId"), "the administrator's trail names it, or this shows nothing");

        await (await (byAdmin ? elsewhere : client).DoAsync(byAdmin ? admin : tokens, $"DELETE /api/{(byAdmin ? $"admin/users/{tokens.AccountId}" : "users/me")}")).ShouldBeAsync(204);

        // That a session was revoked says nothing of anybody.
        Assert.That(personal.SelectMany(text => WhereIs(app, text)).Except(["Revocations.SessionId"]), Is.Empty);
        var trail = await (await elsewhere.DoAsync(admin, "GET /api/users/me/activity")).JsonAsync();
        var acts = trail.GetProperty("items").EnumerateArray().Select(entry => entry.Text("action")).ToList();
        Assert.That(acts, Is.SupersetOf(new[] { "lock-user", "unlock-user" }), "what the administrator did stays");
        Assert.That(acts.Contains("delete-user"), Is.EqualTo(byAdmin));
    }

    /// <returns>The columns, as <c>Table.Column</c>, that hold a text anywhere, in whatever case.</returns>
    private static List<string> WhereIs(CleanJwtApp app, string text)
    {
        using var connection = new SqliteConnection($"Data Source={app.DatabasePath};Pooling=False");
        connection.Open();
        var columns = Query(connection, "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'").ToList();
        Assert.That(columns, Has.Count.GreaterThan(50));
        return [.. columns
            .Where(column => Query(
                connection,
                $"SELECT 1, 1 FROM \"{column.One}\" WHERE instr(lower(CAST(\"{column.Other}\" AS TEXT)), lower(@text)) > 0 LIMIT 1", text).Count > 0)
            .Select(column => $"{column.One}.{column.Other}")];
    }

    private static List<(string One, string Other)> Query(SqliteConnection connection, string sql, string? text = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@text", text ?? "");
        using var reader = command.ExecuteReader();
        var rows = new List<(string, string)>();
        while (reader.Read())
        {
            rows.Add((reader.GetString(0), reader.GetString(1)));
        }

        return rows;
    }
}
