using CleanJwt.Application.Ports;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Sessions;

/// <summary>
/// The caller's session ends after it was looked up and before the change was written: then the change is not made.
/// </summary>
internal sealed class SessionEndedDuringChange : IAsyncDisposable
{
    private static readonly (string Request, object? Body)[] Changes =
    [
        .. from route in Contract.Admin
           where route.Kind is "live" or "recent"
           select (
               route.Request.Replace("{id}", "{0}", StringComparison.Ordinal),
               route.Body is null ? null : new { roles = new[] { "admin" } }),
    ];

    private readonly Gate _gate = new();
    private readonly CleanJwtApp _app;
    private readonly HttpClient _client;

    public SessionEndedDuringChange()
    {
        _app = new CleanJwtApp(TestAccounts.WithAdmin, configure: services =>
        {
            _gate.PutBefore<IAccountSecurity>(
                services, nameof(IAccountSecurity.LockAsync), nameof(IAccountSecurity.UnlockAsync), nameof(
                    IAccountSecurity.SetRolesAsync),
                nameof(IAccountSecurity.DeleteAsync));
            _gate.PutBefore<ISessionRepository>(services, nameof(ISessionRepository.EndAllAsync));
            _gate.PutBefore<ISecondFactorRepository>(services, nameof(ISecondFactorRepository.ResetAsync));
        });
        _client = _app.CreateClient();
    }

    private static IEnumerable<TestCaseData> Ends()
    {
        yield return Row("Locked", (client, admin, actor) => client.LockAsync(admin, actor.AccountId));
        yield return Row("LockedAndUnlocked", async (client, admin, actor) =>
        {
            await (await client.LockAsync(admin, actor.AccountId)).ShouldBeAsync(204);
            return await client.UnlockAsync(admin, actor.AccountId);
        });
        yield return Row(
            "SessionsEnded",
            (client, admin, actor) => client.DoAsync(admin, $"DELETE /api/admin/users/{actor.AccountId}/sessions"));
        yield return Row("RoleTaken", (client, admin, actor) => client.SetRolesAsync(admin, actor.AccountId));
        yield return Row(
            "RoleGivenAgain", (client, admin, actor) => client.SetRolesAsync(admin, actor.AccountId, "admin"));
        yield return Row("Deleted", (client, admin, actor) => client.DeleteUserAsync(admin, actor.AccountId));
        yield return Row("SignedOut", (client, _, actor) => client.DoAsync(actor, "POST /api/auth/logout"));
    }

    [TestCaseSource(nameof(Ends))]
    [Category("Exhaustive")]
    public async Task AdministratorWhoseSessionEnds_DoesNothingAnyMore(
        Func<HttpClient, TokenPair, TokenPair, Task<HttpResponseMessage>> end)
    {
        var admin = await _client.AdminAsync();
        foreach (var (request, body) in Changes)
        {
            var actor = await _client.LoginAsync(await _client.RegisterAdminAsync());
            var (free, locked) = (await _client.LoginAsync(), await LockedAsync(admin));
            var target = request.EndsWith("/unlock", StringComparison.Ordinal) ? locked : free;

            var answer = await HeldAsync(
                () =>
                    _client.DoAsync(actor, string.Format(null, request, target.AccountId), body), () =>
                        end(_client, admin, actor));

            await answer.ShouldBeProblemAsync(401, "token-revoked");
            await (await _client.AskAsync(free.AccessToken)).ShouldBeAsync(200);
            await ShouldBeAsync(admin, free, isLocked: false);
            await ShouldBeAsync(admin, locked, isLocked: true);
            Assert.That(_app.Sql(
                "SELECT COUNT(*) FROM AuditEntries WHERE AccountId = @p0 AND Action LIKE '%user'",
                Guid.Parse(actor.AccountId)), Is.Zero);
            Assert.That(
                _app.Sql("SELECT COUNT(*) FROM AuditEntries WHERE AccountId = @p0 AND SessionId IS NULL AND Action <> 'register'", Guid.Parse(free.AccountId)),
                Is.Zero, $"{request}: nothing befell the account");
        }
    }

    [Test]
    public async Task OwnerWhoseSessionEnds_DeletesNothing()
    {
        var email = await _client.RegisterAsync();
        var (owner, other) = (await _client.LoginAsync(email), await _client.LoginAsync(email));
        var answer = await HeldAsync(
            () =>
                _client.DoAsync(owner, "DELETE /api/users/me"), () =>
                    _client.DoAsync(other, "DELETE /api/users/me/sessions?except=current"));

        await answer.ShouldBeProblemAsync(401, "token-revoked");
        await (await _app.MeAsync(other.AccessToken)).ShouldBeAsync(200);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _gate.Dispose();
    }

    private static TestCaseData Row(
        string name, Func<HttpClient, TokenPair, TokenPair, Task<HttpResponseMessage>> end) =>
        new TestCaseData(end).SetArgDisplayNames(name);

    /// <summary>Holds a request just before it would do what it may, until its session has ended.</summary>
    private async Task<HttpResponseMessage> HeldAsync(
        Func<Task<HttpResponseMessage>> send, Func<Task<HttpResponseMessage>> end)
    {
        _gate.HoldNext();
        var request = Task.Run(send);
        await _gate.HeldAsync();
        var ended = await end();
        Assert.That(ended.IsSuccessStatusCode, Is.True, await ended.Content.ReadAsStringAsync());
        _gate.Release();
        return await request;
    }

    private async Task<TokenPair> LockedAsync(TokenPair admin)
    {
        var locked = await _client.LoginAsync();
        await (await _client.LockAsync(admin, locked.AccountId)).ShouldBeAsync(204);
        return locked;
    }

    private async Task ShouldBeAsync(TokenPair admin, TokenPair account, bool isLocked)
    {
        var user = await (await _client.DoAsync(admin, $"GET /api/admin/users/{account.AccountId}")).JsonAsync();
        Assert.That(user.GetProperty("locked").GetBoolean(), Is.EqualTo(isLocked));
        Assert.That(user.GetProperty("roles").GetArrayLength(), Is.Zero);
    }
}
