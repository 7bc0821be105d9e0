using System.Net.Http.Json;

namespace CleanJwt.WebApi.FunctionalTests.Admin;

/// <summary>An administrator locks accounts and unlocks them.</summary>
internal sealed class LockingAccounts
{
    private static HttpClient Client => SharedService.App.CreateClient();

    [Test]
    public async Task Lock_EndsEverySessionAndNobodyElses()
    {
        var (admin, email, stranger) = (
            await Client.AdminAsync(), await Client.RegisterAsync(), await Client.LoginAsync());
        var (one, other) = (await Client.LoginAsync(email), await Client.LoginAsync(email));
        await (await Client.LockAsync(admin, one.AccountId)).ShouldBeAsync(204);
        foreach (var tokens in new[] { one, other })
        {
            await (await Client.AskAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
            await (await Client.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        }

        await (await Client.AskAsync(stranger.AccessToken)).ShouldBeAsync(200);
        await (await Client.RefreshAsync(stranger.RefreshToken)).ShouldBeAsync(200);
    }

    /// <summary>Only a client that knows the password learns of the lock.</summary>
    [Test]
    public async Task LockedAccount_IsToldSoOnlyWithTheRightPassword()
    {
        var (admin, email) = (await Client.AdminAsync(), await Client.RegisterAsync());
        var id = (await Client.LoginAsync(email)).AccountId;
        await (await Client.LockAsync(admin, id)).ShouldBeAsync(204);

        await (await Client.TryLoginAsync(email)).ShouldBeProblemAsync(403, "account-locked");
        var wrong = await Client.PostAsJsonAsync("/api/auth/login", new { email, password = "a wrong password" });
        await wrong.ShouldBeProblemAsync(401, "invalid-credentials");
        var unknown = await Client.PostAsJsonAsync(
            "/api/auth/login", new { email = TestAccounts.UniqueEmail(), password = "a wrong password" });
        Assert.That(
            WithoutTraceId(await wrong.Content.ReadAsStringAsync()),
            Is.EqualTo(WithoutTraceId(await unknown.Content.ReadAsStringAsync())));
        await (await Client.PostAsJsonAsync("/api/auth/register", new { email, password = TestAccounts.Password }))
            .ShouldBeProblemAsync(409, "email-taken");
    }

    [Test]
    public async Task Unlock_LetsTheOwnerInAgainAndRevivesNothing()
    {
        var (admin, email) = (await Client.AdminAsync(), await Client.RegisterAsync());
        var tokens = await Client.LoginAsync(email);
        await (await Client.LockAsync(admin, tokens.AccountId)).ShouldBeAsync(204);
        await (await Client.UnlockAsync(admin, tokens.AccountId)).ShouldBeAsync(204);

        await (await Client.AskAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await Client.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        await (await Client.AskAsync((await Client.LoginAsync(email)).AccessToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task EitherAgain_IsWellToo()
    {
        var (admin, email) = (await Client.AdminAsync(), await Client.RegisterAsync());
        var tokens = await Client.LoginAsync(email);
        for (var i = 0; i < 2; i++)
        {
            await (await Client.LockAsync(admin, tokens.AccountId)).ShouldBeAsync(204);
            await ShouldBeLockedAsync(admin, tokens.AccountId, true);
        }

        for (var i = 0; i < 2; i++)
        {
            await (await Client.UnlockAsync(admin, tokens.AccountId)).ShouldBeAsync(204);
            await ShouldBeLockedAsync(admin, tokens.AccountId, false);
        }
    }

    [Test]
    public async Task UnlockOfAnAccountThatIsNotLocked_EndsNoSession()
    {
        var (admin, tokens) = (await Client.AdminAsync(), await Client.LoginAsync());
        await (await Client.UnlockAsync(admin, tokens.AccountId)).ShouldBeAsync(204);
        await (await Client.AskAsync(tokens.AccessToken)).ShouldBeAsync(200);
        await (await Client.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
    }

    /// <summary>What an account shows of itself is the same as before, and so is its ETag.</summary>
    [Test]
    public async Task LockAndUnlock_LeaveTheAccountsVersion()
    {
        var (admin, email) = (await Client.AdminAsync(), await Client.RegisterAsync());
        var tokens = await Client.LoginAsync(email);
        var before = (await Client.AskAsync(tokens.AccessToken, "/api/users/me")).Headers.ETag;
        await (await Client.LockAsync(admin, tokens.AccountId)).ShouldBeAsync(204);
        await (await Client.UnlockAsync(admin, tokens.AccountId)).ShouldBeAsync(204);
        var after = (await Client.AskAsync((await Client.LoginAsync(email)).AccessToken, "/api/users/me")).Headers.ETag;
        Assert.That(after, Is.EqualTo(before));
    }

    [Test]
    public async Task Administrator_MayLockThemselvesWhileThereIsAnother()
    {
        var email = await Client.RegisterAdminAsync();
        var self = await Client.LoginAsync(email);
        await (await Client.LockAsync(self, self.AccountId)).ShouldBeAsync(204);
        await (await Client.UnlockAsync(self, self.AccountId)).ShouldBeProblemAsync(401, "token-revoked");
        await (await Client.TryLoginAsync(email)).ShouldBeProblemAsync(403, "account-locked");
    }

    private static async Task ShouldBeLockedAsync(TokenPair admin, string id, bool isLocked)
    {
        var user = await (await Client.DoAsync(admin, $"GET /api/admin/users/{id}")).JsonAsync();
        Assert.That(user.GetProperty("locked").GetBoolean(), Is.EqualTo(isLocked));
    }

    private static string WithoutTraceId(string body) =>
        System.Text.RegularExpressions.Regex.Replace(body, "\"traceId\":\"[^\"]*\"", "");
}
