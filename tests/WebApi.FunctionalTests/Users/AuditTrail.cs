using System.Net.Http.Json;
using System.Text.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Users;

/// <summary>
/// The audit log of an account says who did what, when and from where, and holds no secret. Its owner and
/// administrators read it.
/// </summary>
[OnDatabases]
internal sealed class AuditTrail(DatabaseKind kind)
{
    private const string Agent = "trail-test/1.0";
    private const string OtherPassword = "another good password";

    [Test]
    public async Task EveryActOfTheOwner_IsToldWithSessionAndPlace()
    {
        await using var app = new CleanJwtApp(kind: kind, settings: OAuthRequests.WithClients);
        var client = Client(app);
        var email = await client.RegisterAsync();
        await (await client.PostAsJsonAsync("/api/auth/login", new { email, password = OtherPassword }))
            .ShouldBeAsync(401);
        await (await client.PostAsJsonAsync(
            "/api/auth/login", new { email, password = TestAccounts.Password, scope = "users:read" }))
                .ShouldBeAsync(400);
        var first = await client.LoginAsync(email);
        await client.LogoutAsync(first);
        var reused = await client.LoginAsync(email);
        var next = TokenPair.From(await (await client.RefreshAsync(reused.RefreshToken)).JsonAsync());
        app.Time.Advance(TimeSpan.FromSeconds(31));
        await (await client.RefreshAsync(reused.RefreshToken)).ShouldBeProblemAsync(401, "refresh-token-reused");
        await (await client.RefreshAsync(next.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        var revoked = await client.LoginAsync(email);
        await (await client.RevokeAsync(revoked.AccessToken)).ShouldBeAsync(200);
        var tokens = await client.LoginAsync(email);
        await (await client.DoAsync(tokens, "PATCH /api/users/me", new { displayName = "Ada" })).ShouldBeAsync(200);
        await (await client.DoAsync(tokens, "POST /api/auth/reauthenticate", new { password = OtherPassword }))
            .ShouldBeAsync(401);
        await (await client.DoAsync(tokens, "POST /api/auth/reauthenticate", new { password = TestAccounts.Password }))
            .ShouldBeAsync(200);
        await (await client.DoAsync(
            tokens, "PUT /api/users/me/password", new { currentPassword = OtherPassword, newPassword = OtherPassword }))
                .ShouldBeAsync(400);
        await (await client.DoAsync(
            tokens, "PUT /api/users/me/password",
            new { currentPassword = TestAccounts.Password, newPassword = OtherPassword })).ShouldBeAsync(204);
        await (await client.DoAsync(tokens, "DELETE /api/users/me/sessions?except=current")).ShouldBeAsync(204);
        var trail = await ItemsAsync(await client.DoAsync(tokens, "GET /api/users/me/activity?limit=100"));
        await (await client.DoAsync(tokens, $"DELETE /api/users/me/sessions/{tokens.SessionId}")).ShouldBeAsync(204);

        string[] expected =
        [
            $"end-sessions success {tokens.SessionId}",
            $"change-password success {tokens.SessionId}",
            $"change-password failure {tokens.SessionId}",
            $"reauthenticate success {tokens.SessionId}",
            $"reauthenticate failure {tokens.SessionId}",
            $"update-profile success {tokens.SessionId}",
            $"login success {tokens.SessionId}",
            $"revoked-by-client success {revoked.SessionId}",
            $"login success {revoked.SessionId}",
            $"refresh-token-reuse failure {reused.SessionId}",
            $"login success {reused.SessionId}",
            $"logout success {first.SessionId}",
            $"login success {first.SessionId}",
            "login failure ",
            "login failure ",
            "register success ",
        ];
        Assert.That(trail.Select(Line).GroupBy(line => line).Select(line => (line.Key, line.Count())), Is.EquivalentTo(
            expected.GroupBy(line => line).Select(line => (line.Key, line.Count()))));
        Assert.That(trail.Select(entry => entry.Text("at")), Is.Ordered.Descending);
        Assert.That(
            trail.Where(entry => entry.Text("userAgent") != Agent).Select(entry => entry.Text("action")), Is.EqualTo(
                new[] { "revoked-by-client" }), "that is another service's");
        Assert.That(
            app.Sql("SELECT COUNT(*) FROM AuditEntries WHERE Action = 'end-session' AND lower(SessionId) = @p0",
                tokens.SessionId), Is.EqualTo(1));
    }

    [Test]
    public async Task ActsOfAnAdministrator_AreToldToBothAndFromWhereOnlyToTheOne()
    {
        await using var app = new CleanJwtApp(kind: kind, settings: TestAccounts.WithAdmin);
        var client = Client(app);
        var admin = await client.AdminAsync();
        var email = await client.RegisterAsync();
        var id = (await client.LoginAsync(email)).AccountId;
        await (await client.LockAsync(admin, id)).ShouldBeAsync(204);
        await (await client.TryLoginAsync(email)).ShouldBeProblemAsync(403, "account-locked");
        await (await client.UnlockAsync(admin, id)).ShouldBeAsync(204);
        await (await client.DoAsync(admin, $"DELETE /api/admin/users/{id}/sessions")).ShouldBeAsync(204);
        await (await client.SetRolesAsync(admin, id, "admin")).ShouldBeAsync(200);

        var theirs = await ItemsAsync(await client.DoAsync(admin, $"GET /api/admin/users/{id}/activity"));
        app.Time.Advance(TimeSpan.FromSeconds(1));
        var own = await ItemsAsync(await client.DoAsync(await client.LoginAsync(email), "GET /api/users/me/activity"));
        Assert.That(
            own.Skip(1).Select(Line), Is.EqualTo(theirs.Select(Line)), "administrators see what its owner sees");
        Assert.That(theirs.Select(entry => entry.Text("action")), Is.EquivalentTo(new[]
        {
            "roles-set-by-admin", "sessions-ended-by-admin", "unlocked-by-admin", "login", "locked-by-admin", "login",
            "register",
        }));
        foreach (
            var entry in theirs.Where(entry => entry.Text("action")!.EndsWith("-by-admin", StringComparison.Ordinal)))
        {
            Assert.That(
                new[] { entry.Text("sessionId"), entry.Text("ipAddress"), entry.Text("userAgent") }, Is.All.Null);
        }

        var did = await ItemsAsync(await client.DoAsync(admin, "GET /api/users/me/activity"));
        foreach (var action in new[] { "lock-user", "unlock-user", "end-sessions-of-user", "set-roles-of-user" })
        {
            var entry = did.Single(item => item.Text("action") == action);
            Assert.That(
                (entry.Text("sessionId"), entry.Text("userAgent")), Is.EqualTo((admin.SessionId, Agent)), action);
        }
    }

    [Test]
    public async Task SignInToNobody_CostsTheSameAndIsNobodysToRead()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var (client, known) = (app.CreateClient(), await app.RegisterAsync());
        var wrong = await CommandsOfAsync(known);
        var unknown = await CommandsOfAsync(TestAccounts.UniqueEmail());
        Assert.That(unknown, Is.EqualTo(wrong));
        Assert.That(
            wrong,
            Has.Length.EqualTo(kind == DatabaseKind.Sqlite ? 7 : 3),
            "two that look, one that notes it, two to reserve the try and two to count it; a server gets them as batches");
        Assert.That(
            app.Sql("SELECT COUNT(*) FROM AuditEntries WHERE AccountId IS NULL AND Action = 'login'"), Is.EqualTo(1));

        async Task<string[]> CommandsOfAsync(string email)
        {
            app.Commands.Reset();
            await (await client.TryLoginAsync(email, OtherPassword)).ShouldBeProblemAsync(401, "invalid-credentials");
            return [.. app.Commands.Commands];
        }
    }

    [Test]
    public async Task RefusedAct_LeavesNoSuccess()
    {
        await using var app = new CleanJwtApp(kind: kind, settings: TestAccounts.WithAdmin);
        var client = app.CreateClient();
        var admin = await client.AdminAsync();
        await (await client.LockAsync(admin, admin.AccountId)).ShouldBeProblemAsync(409, "last-admin");
        await (await client.DoAsync(admin, "DELETE /api/users/me")).ShouldBeProblemAsync(409, "last-admin");
        await (await client.LockAsync(admin, Guid.NewGuid().ToString())).ShouldBeProblemAsync(404, "user-not-found");
        await (await client.DoAsync(admin, $"DELETE /api/users/me/sessions/{Guid.NewGuid()}")).ShouldBeProblemAsync(
            404, "session-not-found");
        var trail = await ItemsAsync(await client.DoAsync(admin, "GET /api/users/me/activity"));
        Assert.That(
            trail.Select(entry => entry.Text("action")), Is.EquivalentTo(new[] { "login", "made-admin-by-operator" }));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task EntriesThatAreTooOld_AreForgotten()
    {
        await using var app = new CleanJwtApp(kind: kind, settings: new() { ["Audit:Retention"] = "10.00:00:00" });
        await app.RegisterAsync();
        AddEntries(app, 1203, app.Time.GetUtcNow().AddDays(-1));
        app.Time.Advance(TimeSpan.FromDays(9) - TimeSpan.FromMinutes(20));
        await Task.Delay(200);
        Assert.That(app.Sql("SELECT COUNT(*) FROM AuditEntries"), Is.EqualTo(1204), "not before their time");

        app.Time.Advance(TimeSpan.FromMinutes(40));
        Assert.That(
            () =>
            {
                app.Time.Advance(TimeSpan.FromMilliseconds(20)); // between the batches it waits
                return app.Sql("SELECT COUNT(*) FROM AuditEntries");
            },
            Is.EqualTo(1).After(20_000, 20));
        Assert.That(app.Sql("SELECT Action FROM AuditEntries"), Is.EqualTo("register"));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task SignInToNobody_IsForgottenAfterADay()
    {
        await using var app = new CleanJwtApp(kind: kind);
        await app.RegisterAsync();
        await (await app.CreateClient().TryLoginAsync(TestAccounts.UniqueEmail())).ShouldBeAsync(401);
        app.Time.Advance(TimeSpan.FromHours(23));
        await Task.Delay(200);
        Assert.That(app.Sql("SELECT COUNT(*) FROM AuditEntries"), Is.EqualTo(2));
        app.Time.Advance(TimeSpan.FromMinutes(90));
        Assert.That(() => app.Sql("SELECT COUNT(*) FROM AuditEntries"), Is.EqualTo(1).After(10_000, 20));
        Assert.That(app.Sql("SELECT Action FROM AuditEntries"), Is.EqualTo("register"));
    }

    [Test]
    public async Task LongTrail_GoesWithItsAccountInShortTransactions()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var tokens = await app.LoginAsync();
        AddEntries(app, 1600, app.Time.GetUtcNow());
        app.Commands.Reset();
        await (await app.CreateClient(tokens.AccessToken).DeleteAsync("/api/users/me")).ShouldBeAsync(204);
        Assert.That(app.Sql("SELECT COUNT(*) FROM AuditEntries"), Is.Zero);
        var deletions = app.Commands.Commands.Count(command => command.Contains("DELETE", StringComparison.Ordinal)
            && command.Contains("AuditEntries", StringComparison.Ordinal));
        Assert.That(deletions, Is.EqualTo(4), "no more than 500 rows at once");
    }

    private static void AddEntries(CleanJwtApp app, int count, DateTimeOffset at)
    {
        var account = Guid.Parse((string)app.Sql("SELECT Id FROM AspNetUsers")!);
        foreach (var ids in Enumerable.Range(0, count).Select(_ => Guid.NewGuid()).Chunk(400))
        {
            var rows = string.Join(", ", ids.Select(id => $"('{id}', @p0, @p1, 'login', 2)"));
            app.Sql(
                $"INSERT INTO AuditEntries (Id, At, AccountId, Action, Outcome) VALUES {rows}",
                at.UtcDateTime,
                account);
        }
    }

    private static HttpClient Client(CleanJwtApp app)
    {
        var client = app.CreateClient();
        client.DefaultRequestHeaders.UserAgent.ParseAdd(Agent);
        return client;
    }

    private static async Task<List<JsonElement>> ItemsAsync(HttpResponseMessage response)
    {
        await response.ShouldBeAsync(200);
        var page = await response.JsonAsync();
        Assert.That(page.Text("next"), Is.Null);
        return [.. page.GetProperty("items").EnumerateArray()];
    }

    private static string Line(JsonElement entry) =>
        $"{entry.Text("action")} {entry.Text("outcome")} {entry.Text("sessionId")}";
}
