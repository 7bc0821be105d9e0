using System.Text;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Admin;

/// <summary>An administrator sets the roles of accounts.</summary>
internal sealed class SettingRoles
{
    private static HttpClient Client => SharedService.App.CreateClient();

    [Test]
    public async Task NewRole_IsAnsweredAndInEveryTokenFromThenOn()
    {
        var (admin, email) = (await Client.AdminAsync(), await Client.RegisterAsync());
        var before = await Client.LoginAsync(email);
        var response = await Client.SetRolesAsync(admin, before.AccountId, "admin");
        await response.ShouldBeAsync(200);
        var user = await response.JsonAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                user.Names(), Is.EqualTo(
                    new[] { "id", "email", "emailConfirmed", "displayName", "roles", "createdAt", "updatedAt",
                        "locked" }));
            Assert.That(user.Text("id"), Is.EqualTo(before.AccountId));
            Assert.That(user.GetProperty("roles").GetRawText(), Is.EqualTo("[\"admin\"]"));
            Assert.That(user.GetProperty("locked").GetBoolean(), Is.False);
        }

        await ShouldBeOverAsync(before);
        var after = await Client.LoginAsync(email);
        Assert.That(Jwt.Payload(after.AccessToken)["roles"]!.ToJsonString(), Is.EqualTo("[\"admin\"]"));
        Assert.That(Jwt.Payload(after.AccessToken)["scope"]!.ToString(), Is.EqualTo(ContractScopes.OfAdmins));
        await (await Client.DoAsync(after, "GET /api/admin/users")).ShouldBeAsync(200);
        var me = await (await Client.AskAsync(after.AccessToken, "/api/users/me")).JsonAsync();
        Assert.That(me.GetProperty("roles").GetRawText(), Is.EqualTo("[\"admin\"]"));
    }

    [Test]
    public async Task RoleThatIsTaken_IsInNoTokenAnyMore()
    {
        var (admin, email) = (await Client.AdminAsync(), await Client.RegisterAdminAsync());
        var before = await Client.LoginAsync(email);
        var response = await Client.SetRolesAsync(admin, before.AccountId);
        await response.ShouldBeAsync(200);
        Assert.That((await response.JsonAsync()).GetProperty("roles").GetRawText(), Is.EqualTo("[]"));

        await ShouldBeOverAsync(before);
        var after = await Client.LoginAsync(email);
        Assert.That(Jwt.Payload(after.AccessToken).ContainsKey("roles"), Is.False);
        Assert.That(Jwt.Payload(after.AccessToken)["scope"]!.ToString(), Is.EqualTo(ContractScopes.OfEveryAccount));
        await (await Client.DoAsync(after, "GET /api/admin/users")).ShouldBeProblemAsync(403, "insufficient-scope");
    }

    [Test]
    public async Task SameRoles_EndTheSessionsAllTheSame()
    {
        var (admin, tokens) = (await Client.AdminAsync(), await Client.LoginAsync());
        await (await Client.SetRolesAsync(admin, tokens.AccountId)).ShouldBeAsync(200);
        await ShouldBeOverAsync(tokens);
    }

    [Test]
    public async Task RoleGivenTwice_IsThereOnce()
    {
        var (admin, tokens) = (await Client.AdminAsync(), await Client.LoginAsync());
        var response = await Client.SetRolesAsync(admin, tokens.AccountId, "admin", "admin");
        await response.ShouldBeAsync(200);
        Assert.That((await response.JsonAsync()).GetProperty("roles").GetRawText(), Is.EqualTo("[\"admin\"]"));
    }

    [Test]
    public async Task RoleChange_IsANewVersionOfTheAccount()
    {
        await using var app = new CleanJwtApp(TestAccounts.WithAdmin);
        var client = app.CreateClient();
        var (admin, email) = (await client.AdminAsync(), await client.RegisterAsync());
        var before = await client.LoginAsync(email);
        var old = await client.AskAsync(before.AccessToken, "/api/users/me");
        app.Time.Advance(TimeSpan.FromSeconds(7));
        await (await client.SetRolesAsync(admin, before.AccountId, "admin")).ShouldBeAsync(200);

        var after = await client.LoginAsync(email);
        var fresh = await client.GetAsync(
            "/api/users/me",
            ("Authorization", $"Bearer {after.AccessToken}"),
            ("If-None-Match", old.Headers.ETag!.ToString()));
        await fresh.ShouldBeAsync(200);
        Assert.That(fresh.Headers.ETag, Is.Not.EqualTo(old.Headers.ETag));
        var (was, now) = (await old.JsonAsync(), await fresh.JsonAsync());
        Assert.That(
            now.GetProperty("updatedAt").GetDateTimeOffset() - was.GetProperty("updatedAt").GetDateTimeOffset(),
            Is.EqualTo(TimeSpan.FromSeconds(7)));
        Assert.That(now.Text("createdAt"), Is.EqualTo(was.Text("createdAt")));
    }

    [TestCase("""{ "roles": ["owner"] }""")]
    [TestCase("""{ "roles": ["admin", "owner"] }""")]
    [TestCase("""{ "roles": ["Admin"] }""")]
    [TestCase("""{ "roles": [" admin"] }""")]
    [TestCase("""{ "roles": ["admin admin"] }""")]
    [TestCase("""{ "roles": [""] }""")]
    [TestCase("""{ "roles": [null] }""")]
    [TestCase("""{ "roles": [1] }""")]
    [TestCase("""{ "roles": [["admin"]] }""")]
    [TestCase("""{ "roles": [{ "name": "admin" }] }""")]
    [TestCase("""{ "roles": "admin" }""")]
    [TestCase("""{ "roles": { "admin": true } }""")]
    [TestCase("""{ "roles": true }""")]
    [TestCase("""{ "roles": 1 }""")]
    [TestCase("""{ "roles": null }""")]
    [TestCase("""{ "role": "admin" }""")]
    [TestCase("""{}""")]
    [TestCase("""{ "roles": ["admin"], "roles": [] }""", "malformed-request")]
    [TestCase("""["admin"]""", "malformed-request")]
    [TestCase("", "malformed-request")]
    [Category("Exhaustive")]
    public async Task AnythingButAListOfKnownRoles_IsRefusedAndNothingEnds(
        string body, string code = "validation-failed")
    {
        var (admin, tokens) = (await Client.AdminAsync(), await Client.LoginAsync());
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/admin/users/{tokens.AccountId}/roles");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {admin.AccessToken}");
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var problem = await (await Client.SendAsync(request)).ShouldBeProblemAsync(400, code);
        if (code == "validation-failed")
        {
            Assert.That(problem.GetProperty("errors").Names(), Is.EqualTo(new[] { "roles" }));
        }

        await (await Client.AskAsync(tokens.AccessToken)).ShouldBeAsync(200);
        await (await Client.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
    }

    /// <summary>The path says whose roles are set, and the token who sets them.</summary>
    [Test]
    public async Task IdsInTheBody_AreIgnored()
    {
        var (admin, target, other) = (await Client.AdminAsync(), await Client.LoginAsync(), await Client.LoginAsync());
        var body = new
        {
            roles = Array.Empty<string>(),
            id = other.AccountId,
            sub = other.AccountId,
            caller = new { accountId = other.AccountId }
        };
        var response = await Client.DoAsync(admin, $"PUT /api/admin/users/{target.AccountId}/roles", body);
        await response.ShouldBeAsync(200);
        Assert.That((await response.JsonAsync()).Text("id"), Is.EqualTo(target.AccountId));
        await (await Client.AskAsync(other.AccessToken)).ShouldBeAsync(200);
        await ShouldBeOverAsync(target);
    }

    private static async Task ShouldBeOverAsync(TokenPair tokens)
    {
        await (await Client.AskAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await Client.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }
}
