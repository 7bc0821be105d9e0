using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Admin;

/// <summary>An administrator ends the sessions of accounts, or deletes them.</summary>
internal sealed class RemovingUsers
{
    private static HttpClient Client => SharedService.App.CreateClient();

    [Test]
    public async Task SessionsOfAnAccount_EndAndItsOwnerMaySignInAgain()
    {
        var (admin, email, stranger) = (
            await Client.AdminAsync(), await Client.RegisterAsync(), await Client.LoginAsync());
        var (one, other) = (await Client.LoginAsync(email), await Client.LoginAsync(email));
        for (var i = 0; i < 2; i++)
        {
            await (await Client.DoAsync(admin, $"DELETE /api/admin/users/{one.AccountId}/sessions")).ShouldBeAsync(204);
        }

        await ShouldBeOverAsync(one);
        await ShouldBeOverAsync(other);
        await (await Client.AskAsync(stranger.AccessToken)).ShouldBeAsync(200);
        await (await Client.AskAsync(admin.AccessToken)).ShouldBeAsync(200);
        await (await Client.AskAsync((await Client.LoginAsync(email)).AccessToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task OwnSessions_EndTheOneThatAsksToo()
    {
        var email = await Client.RegisterAdminAsync();
        var (self, other) = (await Client.LoginAsync(email), await Client.LoginAsync(email));
        await (await Client.DoAsync(self, $"DELETE /api/admin/users/{self.AccountId}/sessions")).ShouldBeAsync(204);
        await ShouldBeOverAsync(self);
        await ShouldBeOverAsync(other);
    }

    [Test]
    public async Task DeletedAccount_IsGoneAsIfItsOwnerHadDoneIt()
    {
        await using var app = new CleanJwtApp(TestAccounts.WithAdmin);
        var client = app.CreateClient();
        var (admin, stranger) = (await client.AdminAsync(), await client.LoginAsync());
        foreach (var byAdmin in new[] { true, false })
        {
            var email = await client.RegisterAsync();
            var (one, other) = (await client.LoginAsync(email), await client.LoginAsync(email));
            await (await client.DoAsync(one, "PATCH /api/users/me", new { displayName = "Ada" })).ShouldBeAsync(200);
            var response = byAdmin ? await client.DeleteUserAsync(admin, one.AccountId) : await client.DoAsync(
                one, "DELETE /api/users/me");
            await response.ShouldBeAsync(204);

            foreach (var tokens in new[] { one, other })
            {
                await (await client.AskAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
                await (await client.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(
                    401, "invalid-refresh-token");
            }

            await (await client.TryLoginAsync(email)).ShouldBeProblemAsync(401, "invalid-credentials");
            await (await client.DeleteUserAsync(admin, one.AccountId)).ShouldBeProblemAsync(404, "user-not-found");
            var left = from table in Columns(app)
                       where app.Sql($"SELECT COUNT(*) FROM \"{table.Table}\" WHERE lower({table.Column}) IN (lower(@p0), lower(@p1))", one.AccountId, email) is not 0L
                       select table;
            Assert.That(left, Is.Empty, "what names the account or its owner");

            // The address is free again, and who registers it next gets another account.
            await (await client.PostAsJsonAsync("/api/auth/register", new { email, password = TestAccounts.Password }))
                .ShouldBeAsync(201);
            var next = await client.LoginAsync(email);
            Assert.That(next.AccountId, Is.Not.EqualTo(one.AccountId));
            var me = await (await client.AskAsync(next.AccessToken, "/api/users/me")).JsonAsync();
            Assert.That(me.GetProperty("displayName").ValueKind, Is.EqualTo(System.Text.Json.JsonValueKind.Null));
        }

        await (await client.AskAsync(stranger.AccessToken, "/api/users/me")).ShouldBeAsync(200);
        await (await client.AskAsync(admin.AccessToken, "/api/users/me")).ShouldBeAsync(200);
    }

    [Test]
    public async Task LockedAccount_CanBeDeletedToo()
    {
        var (admin, email) = (await Client.AdminAsync(), await Client.RegisterAsync());
        var tokens = await Client.LoginAsync(email);
        await (await Client.LockAsync(admin, tokens.AccountId)).ShouldBeAsync(204);
        await (await Client.DeleteUserAsync(admin, tokens.AccountId)).ShouldBeAsync(204);
        await (await Client.TryLoginAsync(email)).ShouldBeProblemAsync(401, "invalid-credentials");
    }

    /// <summary>
    /// Every column of every table, but the ids of sessions that were revoked, which name no account.
    /// </summary>
    private static List<(string Table, string Column)> Columns(CleanJwtApp app)
    {
        var all = (string)app.Sql(
            """
            SELECT group_concat(t.name || '.' || c.name, ' ') FROM sqlite_schema t, pragma_table_info(t.name) c
            WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'
            """)!;
        return [.. all.Split(' ').Select(column => column.Split('.')).Select(parts => (parts[0], $"\"{parts[1]}\""))];
    }

    private static async Task ShouldBeOverAsync(TokenPair tokens)
    {
        await (await Client.AskAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await Client.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }
}
