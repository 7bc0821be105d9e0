using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.IntegrationTests.Support;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>
/// Writes that want the same rows at once, from two nodes: none fails for want of a lock, and the rules hold after
/// them. On SQLite, whose writers wait for each other, they only show that the rules do.
/// </summary>
[OnDatabases]
[Category("Load")]
internal sealed class ConflictingWrites(DatabaseKind kind)
{
    private const int Rounds = 10;
    private const int AtOnce = 8;

    private readonly TestDatabase _database = new(kind);
    private Node _one = null!;
    private Node _other = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _one = await Node.StartAsync(_database);
        _other = await Node.StartAsync(_database);
        _other.Time.AdjustTime(_one.Time.GetUtcNow());
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
        _database.Dispose();
    }

    [Test]
    public async Task RefreshesOfOneSession_MakeOneGeneration()
    {
        var account = await _one.AddAccountAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var session = await _one.StartSessionAsync(account);
            var rotated = await AtOnceAsync(node => node.TryRotateAsync(session));
            Assert.That(rotated.Count(won => won), Is.EqualTo(1));
            Assert.That(_database.Sql("SELECT Generation FROM Sessions WHERE Id = @p0", session.Id), Is.EqualTo(2));
        }
    }

    [Test]
    public async Task RefreshesBesideTheEndOfAllSessions_LeaveNoneAlive()
    {
        var account = await _one.AddAccountAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var sessions = new[] { await _one.StartSessionAsync(account), await _other.StartSessionAsync(account) };
            await Task.WhenAll(
                AtOnceAsync(node => node.TryRotateAsync(sessions[0])),
                AtOnceAsync(node => node.TryRotateAsync(sessions[1])),
                Run(() => _one.Get<ISessionRepository>()
                    .EndAllAsync(account, null, SessionEndReason.EndedByOwner, _one.Audit(), default)),
                Run(() => _other.Get<ISessionRepository>()
                    .EndAllAsync(account, null, SessionEndReason.EndedByOwner, _other.Audit(), default)),
                Run(async () =>
                {
                    await _other.EndSessionAsync(sessions[1].Id);
                    return true;
                }));
            Assert.That(LiveSessions(), Is.Zero);
            foreach (var session in sessions)
            {
                Assert.That(
                    _database.Sql("SELECT COUNT(*) FROM Revocations WHERE SessionId = @p0", session.Id), Is.Positive);
            }
        }
    }

    [Test]
    public async Task SignInsBesideALock_LeaveNoSessionAlive()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var account = await _one.AddAccountAsync();
            await Task.WhenAll(
                AtOnceAsync(node => node.TryStartSessionAsync(account, securityVersion: 1)),
                Run(() => _other.Get<IAccountSecurity>().LockAsync(account, _other.Audit(), default)));
            Assert.That(LiveSessions(), Is.Zero);
            Assert.That(await _one.TryStartSessionAsync(account, securityVersion: 1), Is.Null);
        }
    }

    [Test]
    public async Task PasswordChangesBesideSignIns_LeaveOnlySessionsOfWhoeverChangedIt()
    {
        for (var round = 0; round < Rounds / 2; round++)
        {
            var account = await _one.AddAccountAsync();
            var own = new[] { await _one.StartSessionAsync(account), await _other.StartSessionAsync(account) };
            await Task.WhenAll(
                Run(() => _one.Get<IAccountSecurity>()
                    .TryChangePasswordAsync(account, 1, "a new password of one", own[0].Id, _one.Audit(), default)),
                Run(() => _other.Get<IAccountSecurity>()
                    .TryChangePasswordAsync(
                        account, 1, "a new password of the other", own[1].Id, _other.Audit(), default)),
                AtOnceAsync(node => node.TryStartSessionAsync(account, securityVersion: 1)));
            Assert.That(
                _database.Sql("SELECT SecurityVersion FROM AspNetUsers WHERE Id = @p0", account),
                Is.EqualTo(2),
                "one of them changed it");
            Assert.That(
                _database.Sql("SELECT COUNT(*) FROM Sessions WHERE AccountId = @p0 AND EndedAt IS NULL", account),
                Is.EqualTo(1), "the one that changed it");
        }
    }

    [Test]
    public async Task DeletionsBesideSignInsAndEnds_LeaveNothing()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var account = await _one.AddAccountAsync();
            await _one.StartSessionAsync(account);
            await Task.WhenAll(
                AtOnceAsync(node => node.TryStartSessionAsync(account, securityVersion: 1)),
                Run(() => _one.Get<ISessionRepository>()
                    .EndAllAsync(account, null, SessionEndReason.EndedByOwner, _one.Audit(), default)),
                Run(() => _one.Get<IAccountSecurity>().DeleteAsync(account, _one.Audit(), default)),
                Run(() => _other.Get<IAccountSecurity>().DeleteAsync(account, _other.Audit(), default)));
            Assert.That(_database.Sql("SELECT COUNT(*) FROM AspNetUsers WHERE Id = @p0", account), Is.Zero);
            Assert.That(_database.Sql("SELECT COUNT(*) FROM Sessions WHERE AccountId = @p0", account), Is.Zero);
        }
    }

    [Test]
    public async Task AdministratorsThatRemoveEachOther_LeaveOne()
    {
        var remaining = await AddAdminAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var next = await AddAdminAsync();
            await Task.WhenAll(
                Run(() => RemoveAsync(_one, remaining, round)), Run(() => RemoveAsync(_other, next, round + 1)),
                Run(() => RemoveAsync(_one, next, round + 2)), Run(() => RemoveAsync(_other, remaining, round)));
            Assert.That(
                _database.Sql("SELECT COUNT(*) FROM AspNetUsers WHERE Roles = 'admin' AND Locked = 0"), Is.EqualTo(1));
            remaining = Guid.Parse(
                (string)_database.Sql("SELECT Id FROM AspNetUsers WHERE Roles = 'admin' AND Locked = 0")!);
        }
    }

    private static async Task<bool> RemoveAsync(Node node, Guid account, int way)
    {
        var security = node.Get<IAccountSecurity>();
        return (way % 3) switch
        {
            0 => (await security.LockAsync(account, node.Audit(), default)).IsSuccess,
            1 => (await security.SetRolesAsync(account, [], node.Audit(), default)).IsSuccess,
            _ => (await security.DeleteAsync(account, node.Audit(), default)).IsSuccess,
        };
    }

    private static Task<T> Run<T>(Func<Task<T>> work) => Task.Run(work);

    private async Task<Guid> AddAdminAsync()
    {
        var account = await _one.AddAccountAsync();
        await _one.Get<IAccountSecurity>().SetRolesAsync(account, [Roles.Admin], _one.Audit(), default);
        return account;
    }

    private object? LiveSessions() => _database.Sql("SELECT COUNT(*) FROM Sessions WHERE EndedAt IS NULL");

    private Task<T[]> AtOnceAsync<T>(Func<Node, Task<T>> act) =>
        Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => Run(() => act(i % 2 == 0 ? _one : _other))));
}
