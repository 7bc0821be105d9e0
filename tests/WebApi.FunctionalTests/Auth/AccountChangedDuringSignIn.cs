using System.Net.Http.Json;
using CleanJwt.Application.Ports;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Auth;

/// <summary>
/// The account changes after its password was verified and before the session starts: the session has the change, or
/// does not start.
/// </summary>
[Category("Exhaustive")]
internal sealed class AccountChangedDuringSignIn : IAsyncDisposable
{
    private const string NewPassword = "another horse battery staple";

    private readonly Gate _gate = new();
    private readonly CleanJwtApp _app;
    private readonly HttpClient _client;

    public AccountChangedDuringSignIn()
    {
        _app = new CleanJwtApp(TestAccounts.WithAdmin, configure: services =>
        {
            _gate.PutBefore<ISessionRepository>(
                services, nameof(ISessionRepository.TryStartAsync), nameof(ISessionRepository.TryReauthenticateAsync),
                nameof(ISessionRepository.RotateAsync));
            _gate.PutBefore<IAccountSecurity>(services, nameof(IAccountSecurity.TryChangePasswordAsync));
        });
        _client = _app.CreateClient();
    }

    [Test]
    public async Task ByAPasswordChange_TheOldPasswordSignsNobodyIn()
    {
        var (email, owner) = await SignedInAsync();
        var other = await _client.LoginAsync(email);
        var answer = await HeldAsync(() => _client.TryLoginAsync(email), async () => await ChangePasswordAsync(owner));

        await answer.ShouldBeProblemAsync(401, "invalid-credentials");
        await ShouldBeOverAsync(other);
        Assert.That(LiveSessionsOf(owner), Is.EqualTo(new[] { owner.SessionId }), "the one that changed the password");
    }

    [Test]
    public async Task ByALock_NobodySignsIn()
    {
        var (email, owner) = await SignedInAsync();
        var admin = await _client.AdminAsync();
        var answer = await HeldAsync(
            () =>
                _client.TryLoginAsync(email), async () =>
                    await (await _client.LockAsync(admin, owner.AccountId)).ShouldBeAsync(204));

        await answer.ShouldBeProblemAsync(403, "account-locked");
        await ShouldBeOverAsync(owner);
        Assert.That(LiveSessionsOf(owner), Is.Empty);
    }

    [Test]
    public async Task ByALockAndAnUnlock_TheSessionIsOneOfAfterwards()
    {
        var (email, owner) = await SignedInAsync();
        var admin = await _client.AdminAsync();
        var answer = await HeldAsync(() => _client.TryLoginAsync(email), async () =>
        {
            await (await _client.LockAsync(admin, owner.AccountId)).ShouldBeAsync(204);
            await (await _client.UnlockAsync(admin, owner.AccountId)).ShouldBeAsync(204);
        });

        await answer.ShouldBeAsync(200);
        await ShouldBeOverAsync(owner);
        Assert.That(LiveSessionsOf(owner), Is.EqualTo(new[] { TokenPair.From(await answer.JsonAsync()).SessionId }));
    }

    [Test]
    public async Task ByANewRole_TheTokenHasIt()
    {
        var (email, owner) = await SignedInAsync();
        var admin = await _client.AdminAsync();
        var answer = await HeldAsync(
            () =>
                _client.TryLoginAsync(email), async () =>
                    await (await _client.SetRolesAsync(admin, owner.AccountId, "admin")).ShouldBeAsync(200));

        await ShouldHaveAsync(answer, "[\"admin\"]", ContractScopes.OfAdmins);
        await ShouldBeOverAsync(owner);
    }

    [Test]
    public async Task ByTheLossOfARole_TheTokenLacksItToo()
    {
        var email = await _client.RegisterAdminAsync();
        var (admin, owner) = (await _client.AdminAsync(), await _client.LoginAsync(email));
        var answer = await HeldAsync(
            () =>
                _client.TryLoginAsync(email), async () =>
                    await (await _client.SetRolesAsync(admin, owner.AccountId)).ShouldBeAsync(200));

        await ShouldHaveAsync(answer, roles: null, ContractScopes.OfEveryAccount);
        await ShouldBeOverAsync(owner);
    }

    [Test]
    public async Task ByTheLossOfARole_ItsScopesAreNotForThem()
    {
        var email = await _client.RegisterAdminAsync();
        var (admin, owner) = (await _client.AdminAsync(), await _client.LoginAsync(email));
        var answer = await HeldAsync(
            () =>
                _client.PostAsJsonAsync(
                    "/api/auth/login", new { email, password = TestAccounts.Password, scope = "users:read" }),
            async () => await (await _client.SetRolesAsync(admin, owner.AccountId)).ShouldBeAsync(200));

        await answer.ShouldBeProblemAsync(400, "invalid-scope");
        Assert.That(LiveSessionsOf(owner), Is.Empty);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task ByADeletion_NobodySignsIn(bool byAdmin)
    {
        var (email, owner) = await SignedInAsync();
        var admin = await _client.AdminAsync();
        var answer = await HeldAsync(() => _client.TryLoginAsync(email), async () => await (byAdmin
            ? await _client.DeleteUserAsync(admin, owner.AccountId)
            : await _client.DoAsync(owner, "DELETE /api/users/me")).ShouldBeAsync(204));

        await answer.ShouldBeProblemAsync(401, "invalid-credentials");
        await ShouldBeOverAsync(owner);
        Assert.That(
            _app.Sql("SELECT COUNT(*) FROM Sessions WHERE AccountId = @p0", Guid.Parse(owner.AccountId)), Is.Zero);
    }

    /// <summary>The address belongs to another account by then, with the same password.</summary>
    [Test]
    public async Task ByADeletionAndANewAccount_TheSessionIsTheNewOnes()
    {
        var (email, owner) = await SignedInAsync();
        var answer = await HeldAsync(() => _client.TryLoginAsync(email), async () =>
        {
            await (await _client.DoAsync(owner, "DELETE /api/users/me")).ShouldBeAsync(204);
            await _app.RegisterAsync(email);
        });

        await answer.ShouldBeAsync(200);
        var tokens = TokenPair.From(await answer.JsonAsync());
        Assert.That(tokens.AccountId, Is.Not.EqualTo(owner.AccountId));
        Assert.That(
            (await (await _app.MeAsync(tokens.AccessToken)).JsonAsync()).Text("id"), Is.EqualTo(tokens.AccountId));
    }

    [Test]
    public async Task AgainAndAgain_TheSignInGivesUp()
    {
        var (email, owner) = await SignedInAsync();
        var admin = await _client.AdminAsync();
        _gate.HoldNext(3);
        var signIn = Task.Run(() => _client.TryLoginAsync(email));
        for (var i = 0; i < 3; i++)
        {
            await _gate.HeldAsync();
            await (await _client.UnlockAsync(admin, owner.AccountId)).ShouldBeAsync(204); // counts as a change, too
            _gate.Release();
        }

        await (await signIn).ShouldBeProblemAsync(503, "service-unavailable");
        Assert.That((await signIn).Headers.RetryAfter?.Delta, Is.GreaterThan(TimeSpan.Zero));
        Assert.That(LiveSessionsOf(owner), Is.EqualTo(new[] { owner.SessionId }));
    }

    [Test]
    public async Task ReauthenticationByALock_IsRefused()
    {
        var (_, owner) = await SignedInAsync();
        var admin = await _client.AdminAsync();
        var answer = await HeldAsync(
            () =>
                ReauthenticateAsync(owner), async () =>
                    await (await _client.LockAsync(admin, owner.AccountId)).ShouldBeAsync(204));

        await answer.ShouldBeProblemAsync(401, "token-revoked");
        await ShouldBeOverAsync(owner);
        Assert.That(LiveSessionsOf(owner), Is.Empty);
    }

    [Test]
    public async Task ReauthenticationByARoleChange_IsRefused()
    {
        var (_, owner) = await SignedInAsync();
        var admin = await _client.AdminAsync();
        var answer = await HeldAsync(
            () =>
                ReauthenticateAsync(owner), async () =>
                    await (await _client.SetRolesAsync(admin, owner.AccountId, "admin")).ShouldBeAsync(200));

        await answer.ShouldBeProblemAsync(401, "token-revoked");
        await ShouldBeOverAsync(owner);
    }

    /// <summary>The session is spared, but the password that it proved is not its account's any more.</summary>
    [Test]
    public async Task ReauthenticationByItsOwnSessionsPasswordChange_IsRefusedAndNotNoted()
    {
        var (_, owner) = await SignedInAsync();
        _app.Time.Advance(TimeSpan.FromMinutes(6));
        var answer = await HeldAsync(() => ReauthenticateAsync(owner), async () => await ChangePasswordAsync(owner));

        await answer.ShouldBeProblemAsync(401, "invalid-credentials");
        Assert.That(LiveSessionsOf(owner), Is.EqualTo(new[] { owner.SessionId }));
        var refreshed = TokenPair.From(await (await _client.RefreshAsync(owner.RefreshToken)).JsonAsync());
        await (await _client.DoAsync(refreshed, "DELETE /api/users/me")).ShouldBeProblemAsync(
            401, "reauthentication-required");
    }

    [Test]
    public async Task ReauthenticationByADeletion_IsRefused()
    {
        var (_, owner) = await SignedInAsync();
        var admin = await _client.AdminAsync();
        var answer = await HeldAsync(
            () =>
                ReauthenticateAsync(owner), async () =>
                    await (await _client.DeleteUserAsync(admin, owner.AccountId)).ShouldBeAsync(204));
        Assert.That((int)answer.StatusCode, Is.EqualTo(401));
        await ShouldBeOverAsync(owner);
    }

    [Test]
    public async Task PasswordChangeByALock_IsRefused()
    {
        var (email, owner) = await SignedInAsync();
        var admin = await _client.AdminAsync();
        var answer = await HeldAsync(
            () =>
                TryChangePasswordAsync(owner), async () =>
                    await (await _client.LockAsync(admin, owner.AccountId)).ShouldBeAsync(204));

        await answer.ShouldBeProblemAsync(401, "token-revoked");
        await (await _client.UnlockAsync(admin, owner.AccountId)).ShouldBeAsync(204);
        await _client.LoginAsync(email); // with the password as it was
    }

    [Test]
    public async Task PasswordChangeByAnother_FindsItsCurrentPasswordWrong()
    {
        var (email, owner) = await SignedInAsync();
        var answer = await HeldAsync(
            () => TryChangePasswordAsync(owner, "a third horse battery staple"),
            async () => await ChangePasswordAsync(owner));

        var problem = await answer.ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(problem.GetProperty("errors").Names(), Is.EqualTo(new[] { "currentPassword" }));
        await (
            await _client.PostAsJsonAsync("/api/auth/login", new { email, password = NewPassword })).ShouldBeAsync(200);
    }

    [Test]
    public async Task RefreshByARoleChange_IsRefused()
    {
        var (_, owner) = await SignedInAsync();
        var admin = await _client.AdminAsync();
        var answer = await HeldAsync(
            () => _client.RefreshAsync(owner.RefreshToken),
            async () => await (await _client.SetRolesAsync(admin, owner.AccountId, "admin")).ShouldBeAsync(200));

        await answer.ShouldBeProblemAsync(401, "invalid-refresh-token");
        Assert.That(LiveSessionsOf(owner), Is.Empty);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _gate.Dispose();
    }

    /// <summary>Holds a request just before it would store what it has decided, until the change is done.</summary>
    private async Task<HttpResponseMessage> HeldAsync(Func<Task<HttpResponseMessage>> send, Func<Task> change)
    {
        _gate.HoldNext();
        var request = Task.Run(send);
        await _gate.HeldAsync();
        await change();
        _gate.Release();
        return await request;
    }

    private async Task<(string Email, TokenPair Owner)> SignedInAsync()
    {
        var email = await _client.RegisterAsync();
        return (email, await _client.LoginAsync(email));
    }

    private Task<HttpResponseMessage> ReauthenticateAsync(TokenPair by) =>
        _client.DoAsync(by, "POST /api/auth/reauthenticate", new { password = TestAccounts.Password });

    private Task<HttpResponseMessage> TryChangePasswordAsync(TokenPair by, string newPassword = NewPassword) =>
        _client.DoAsync(by, "PUT /api/users/me/password", new { currentPassword = TestAccounts.Password, newPassword });

    private async Task ChangePasswordAsync(TokenPair by) => await (await TryChangePasswordAsync(by)).ShouldBeAsync(204);

    private string[] LiveSessionsOf(TokenPair account) =>
        ((string)_app.Sql(
            "SELECT coalesce(group_concat(lower(Id)), '') FROM Sessions WHERE AccountId = @p0 AND EndedAt IS NULL",
            Guid.Parse(account.AccountId))!)
        .Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Expects a sign-in that succeeded, whose session is the only live one of its account.</summary>
    private async Task ShouldHaveAsync(HttpResponseMessage signIn, string? roles, string scope)
    {
        await signIn.ShouldBeAsync(200);
        var tokens = TokenPair.From(await signIn.JsonAsync());
        var claims = Jwt.Payload(tokens.AccessToken);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(claims["roles"]?.ToJsonString(), Is.EqualTo(roles));
            Assert.That(claims["scope"]!.ToString(), Is.EqualTo(scope));
            Assert.That(LiveSessionsOf(tokens), Is.EqualTo(new[] { tokens.SessionId }));
        }
    }

    private async Task ShouldBeOverAsync(TokenPair tokens)
    {
        await (await _client.AskAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await _client.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }
}
