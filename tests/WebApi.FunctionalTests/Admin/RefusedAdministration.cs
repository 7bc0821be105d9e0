using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Admin;

/// <summary>Who may not administer accounts, and which accounts can't be.</summary>
internal sealed class RefusedAdministration
{
    private const string NoAccount = "0193c7a2-1111-7000-8000-000000000000";

    private static HttpClient Client => SharedService.App.CreateClient();

    private static IEnumerable<TestCaseData> Routes() =>
        Contract.Admin.Select(
            route => Row(route.Request.Replace("{id}", "{0}", StringComparison.Ordinal), route.Scope!,
                route.Body?.ToJson()));

    private static IEnumerable<TestCaseData> RoutesOfOneAccount() =>
        Routes().Where(row => ((string)row.Arguments[0]!).Contains("{0}", StringComparison.Ordinal));

    [TestCaseSource(nameof(Routes))]
    public async Task WithoutAToken_IsRefused(string request, string scope, object? body)
    {
        var target = await Client.LoginAsync();
        var response = await Client.DoAsync(null, Of(request, target.AccountId), body);
        await response.ShouldBeProblemAsync(401, "missing-token");
        Assert.That(response.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer"), scope);
        await ShouldBeUntouchedAsync(target);
    }

    [TestCaseSource(nameof(Routes))]
    [Category("Exhaustive")]
    public async Task WithATokenThatWasRevoked_IsRefused(string request, string scope, object? body)
    {
        var (admin, target) = (await Client.AdminAsync(), await Client.LoginAsync());
        await Client.LogoutAsync(admin);
        var response = await Client.DoAsync(admin, Of(request, target.AccountId), body);
        await response.ShouldBeProblemAsync(401, "token-revoked");
        Assert.That(response.Headers.WwwAuthenticate.ToString(), Does.Contain("error=\"invalid_token\""), scope);
        await ShouldBeUntouchedAsync(target);
    }

    [TestCaseSource(nameof(Routes))]
    public async Task ByAnAccountWithoutTheRole_IsRefused(string request, string scope, object? body)
    {
        var (somebody, target) = (await Client.LoginAsync(), await Client.LoginAsync());
        await ShouldLackTheScopeAsync(await Client.DoAsync(somebody, Of(request, target.AccountId), body), scope);
        await ShouldLackTheScopeAsync(await Client.DoAsync(somebody, Of(request, somebody.AccountId), body), scope);
        await ShouldBeUntouchedAsync(target);
        await ShouldBeUntouchedAsync(somebody);
    }

    [TestCaseSource(nameof(Routes))]
    [Category("Exhaustive")]
    public async Task ByAnAdministratorsTokenOfOtherScopes_IsRefused(string request, string scope, object? body)
    {
        var others = string.Join(' ', ContractScopes.OfAdmins.Split(' ').Where(other => other != scope));
        var (admin, target) = (
            await SharedService.App.LoginAsync(TestAccounts.AdminEmail, others), await Client.LoginAsync());
        await ShouldLackTheScopeAsync(await Client.DoAsync(admin, Of(request, target.AccountId), body), scope);
        await ShouldBeUntouchedAsync(target);
    }

    /// <summary>Not what the token says counts for a write, but what the account is.</summary>
    [Test]
    public async Task WriteByAnAccountThatLostTheRoleBehindTheService_IsRefused()
    {
        var target = await Client.LoginAsync();
        var former = await Client.LoginAsync(await Client.RegisterAdminAsync());
        SharedService.App.Sql("UPDATE AspNetUsers SET Roles = '' WHERE Id = @p0", Guid.Parse(former.AccountId));
        await ShouldLackTheScopeAsync(await Client.LockAsync(former, target.AccountId), "users:write");
        await ShouldBeUntouchedAsync(target);
    }

    [TestCaseSource(nameof(RoutesOfOneAccount))]
    [Category("Exhaustive")]
    public async Task OfAnIdOfNoAccount_IsNotFound(string request, string scope, object? body)
    {
        var admin = await Client.AdminAsync();
        var ids = new[] { NoAccount, NoAccount[..^1], $"{{{NoAccount}}}", NoAccount.Replace(
            "-", "", StringComparison.Ordinal), "1", "me", "%20", "%F0%9F%94%91", "'%20OR%20'1'='1" };
        foreach (var id in ids)
        {
            var response = await Client.DoAsync(admin, Of(request, id), body);
            await response.ShouldBeProblemAsync(404, "user-not-found");
            Assert.That(response.Headers.WwwAuthenticate, Is.Empty, scope);
        }

        await (await Client.AskAsync(admin.AccessToken)).ShouldBeAsync(200);
    }

    [TestCaseSource(nameof(RoutesOfOneAccount))]
    [Category("Exhaustive")]
    public async Task OfAnAccountThatWasDeleted_IsNotFound(string request, string scope, object? body)
    {
        var (admin, target) = (await Client.AdminAsync(), await Client.LoginAsync());
        await (await Client.DeleteUserAsync(admin, target.AccountId)).ShouldBeAsync(204);
        await (await Client.DoAsync(admin, Of(request, target.AccountId), body)).ShouldBeProblemAsync(
            404, "user-not-found");
        Assert.That(scope, Is.Not.Empty);
    }

    [TestCase("POST /api/admin/users/{0}/lock")]
    [TestCase("PUT /api/admin/users/{0}/roles", true)]
    [TestCase("DELETE /api/admin/users/{0}")]
    [TestCase("DELETE /api/users/me")]
    [Category("Exhaustive")]
    public async Task OfTheLastAdministrator_IsAConflictAndChangesNothing(string request, bool hasBody = false)
    {
        await using var app = new CleanJwtApp(TestAccounts.WithAdmin);
        var client = app.CreateClient();
        var admin = await client.AdminAsync();

        // Neither an ordinary account nor a locked administrator could take over.
        await client.LoginAsync();
        var locked = await client.LoginAsync(await client.RegisterAdminAsync());
        await (await client.LockAsync(admin, locked.AccountId)).ShouldBeAsync(204);

        var before = app.Sql(
            "SELECT Version || ' ' || SecurityVersion || ' ' || Roles || ' ' || Locked FROM AspNetUsers WHERE Email = @p0", TestAccounts.AdminEmail);
        await (await client.DoAsync(admin, Of(request, admin.AccountId), hasBody
            ? new { roles = Array.Empty<string>() } : null))
            .ShouldBeProblemAsync(409, "last-admin");
        Assert.That(
            app.Sql("SELECT Version || ' ' || SecurityVersion || ' ' || Roles || ' ' || Locked FROM AspNetUsers WHERE Email = @p0", TestAccounts.AdminEmail),
            Is.EqualTo(before));
        await (await client.AskAsync(admin.AccessToken)).ShouldBeAsync(200);
        await (await client.RefreshAsync(admin.RefreshToken)).ShouldBeAsync(200);

        await (await client.UnlockAsync(admin, locked.AccountId)).ShouldBeAsync(204);
        var answer = await client.DoAsync(
            admin, Of(request, admin.AccountId), hasBody ? new { roles = Array.Empty<string>() } : null);
        Assert.That(answer.IsSuccessStatusCode, Is.True, "with another one who can sign in");
    }

    /// <summary>A role that stays is none that goes.</summary>
    [Test]
    [Category("Exhaustive")]
    public async Task OfTheLastAdministratorsRole_WhenItStays_IsDone()
    {
        await using var app = new CleanJwtApp(TestAccounts.WithAdmin);
        var admin = await app.CreateClient().AdminAsync();
        await (await app.CreateClient().SetRolesAsync(admin, admin.AccountId, "admin")).ShouldBeAsync(200);
        await (await app.MeAsync(admin.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await app.CreateClient().AdminAsync();
    }

    [TestCase("PUT /api/admin/users/{0}/roles", true)]
    [TestCase("DELETE /api/admin/users/{0}")]
    [Category("Exhaustive")]
    public async Task ThatCantBeUndone_NeedsARecentSignIn(string request, bool hasBody = false)
    {
        await using var app = new CleanJwtApp(
            TestAccounts.WithAdmin, new(new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.Zero)));
        var client = app.CreateClient();
        var (admin, target, other) = (await client.AdminAsync(), await client.LoginAsync(), await client.LoginAsync());
        object? body = hasBody ? new { roles = new[] { "admin" } } : null;
        app.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.That(
            (await client.DoAsync(admin, Of(request, other.AccountId), body)).IsSuccessStatusCode,
            Is.True,
            "five minutes are recent");

        app.Time.Advance(TimeSpan.FromSeconds(1));
        var refused = await client.DoAsync(admin, Of(request, target.AccountId), body);
        await refused.ShouldBeProblemAsync(401, "reauthentication-required");
        Assert.That(
            refused.Headers.WwwAuthenticate.ToString(), Is.EqualTo(
                "Bearer error=\"insufficient_user_authentication\", max_age=\"300\""));
        await (await client.AskAsync(target.AccessToken)).ShouldBeAsync(200);

        var again = await (await client.DoAsync(
            admin, "POST /api/auth/reauthenticate", new { password = TestAccounts.Password })).JsonAsync();
        Assert.That(
            (await client.DoAsync(TokenPair.From(again), Of(request, target.AccountId), body)).IsSuccessStatusCode,
            Is.True);
    }

    [TestCase("POST /api/admin/users/{0}/lock")]
    [TestCase("POST /api/admin/users/{0}/unlock")]
    [TestCase("DELETE /api/admin/users/{0}/sessions")]
    [Category("Exhaustive")]
    public async Task ThatCanBeUndone_NeedsNone(string request)
    {
        await using var app = new CleanJwtApp(TestAccounts.WithAdmin);
        var client = app.CreateClient();
        var (admin, target) = (await client.AdminAsync(), await client.LoginAsync());
        app.Time.Advance(TimeSpan.FromMinutes(9));
        await (await client.DoAsync(admin, Of(request, target.AccountId))).ShouldBeAsync(204);
    }

    private static TestCaseData Row(string request, string scope, object? body = null) =>
        new TestCaseData(request, scope, body).SetArgDisplayNames(request);

    private static string Of(string request, string id) => request.Replace("{0}", id, StringComparison.Ordinal);

    private static async Task ShouldLackTheScopeAsync(HttpResponseMessage response, string scope)
    {
        await response.ShouldBeProblemAsync(403, "insufficient-scope");
        Assert.That(
            response.Headers.WwwAuthenticate.ToString(),
            Is.EqualTo($"Bearer error=\"insufficient_scope\", scope=\"{scope}\""));
    }

    private static async Task ShouldBeUntouchedAsync(TokenPair account)
    {
        await (await Client.AskAsync(account.AccessToken, "/api/users/me")).ShouldBeAsync(200);
        await (await Client.RefreshAsync(account.RefreshToken)).ShouldBeAsync(200);
    }
}
