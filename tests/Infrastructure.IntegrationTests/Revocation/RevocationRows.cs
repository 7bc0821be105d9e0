using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Maintenance;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.IntegrationTests.Revocation;

/// <summary>The rows that ended sessions write, and other nodes that read them.</summary>
[OnDatabases]
internal sealed class RevocationRows(DatabaseKind kind)
{
    private readonly TestDatabase _database = new(kind);
    private Node _node = null!;
    private Guid _account;

    [SetUp]
    public async Task StartAsync()
    {
        _node = await Node.StartAsync(_database);
        _account = await _node.AddAccountAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _node.DisposeAsync();
        _database.Dispose();
    }

    [Test]
    public async Task EndedSession_HasOneRowWithTheDatabasesTimes()
    {
        var session = await _node.StartSessionAsync(_account);
        _node.Time.Advance(TimeSpan.FromDays(1)); // the node's clock does not count
        await _node.EndSessionAsync(session.Id);
        await _node.EndSessionAsync(session.Id);
        var row = await _node.WithDatabaseAsync(db => db.Revocations.SingleAsync());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(row.SessionId, Is.EqualTo(session.Id));
            Assert.That(row.RevokedAt, Is.EqualTo(DateTime.UtcNow).Within(TimeSpan.FromMinutes(1)));
            Assert.That(
                row.KeepUntil - row.RevokedAt,
                Is.EqualTo(TimeSpan.FromMinutes(65)).Within(TimeSpan.FromMilliseconds(1)));
        }
    }

    [Test]
    public async Task AnswerOfTheEnding_FindsTheSessionRefusedOnItsNode()
    {
        var session = await _node.StartSessionAsync(_account);
        Assert.That(_node.Get<IRevocationList>().Check(session.Id), Is.EqualTo(RevocationVerdict.NotRevoked));
        await _node.EndSessionAsync(session.Id);
        Assert.That(_node.Get<IRevocationList>().Check(session.Id), Is.EqualTo(RevocationVerdict.Revoked));
    }

    [Test]
    public async Task AllSessionsOfAnAccount_EndTogetherButTheSparedOne()
    {
        var spared = await _node.StartSessionAsync(_account);
        var others = new[] { await _node.StartSessionAsync(_account), await _node.StartSessionAsync(_account) };
        var stranger = await _node.StartSessionAsync(await _node.AddAccountAsync());
        await _node.Get<ISessionRepository>().EndAllAsync(
            _account, spared.Id, SessionEndReason.EndedByOwner, _node.Audit(), default);

        var list = _node.Get<IRevocationList>();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(others.Select(session => list.Check(session.Id)), Is.All.EqualTo(RevocationVerdict.Revoked));
            Assert.That(list.Check(spared.Id), Is.EqualTo(RevocationVerdict.NotRevoked));
            Assert.That(list.Check(stranger.Id), Is.EqualTo(RevocationVerdict.NotRevoked));
            Assert.That(_node.Sql("SELECT COUNT(*) FROM Revocations"), Is.EqualTo(2));
        }
    }

    [Test]
    public async Task NodeThatStarts_KnowsWhatWasRevokedBefore()
    {
        var session = await _node.StartSessionAsync(_account);
        await _node.EndSessionAsync(session.Id);
        await using var other = await Node.StartAsync(_database);
        Assert.That(other.Get<IRevocationList>().Check(session.Id), Is.EqualTo(RevocationVerdict.Revoked));
    }

    [Test]
    [Category("Load")]
    public async Task RowsThatWereDeleted_DoNotHideTheNextOnes()
    {
        await using var other = await Node.StartAsync(_database);
        var first = await _node.StartSessionAsync(_account);
        await _node.EndSessionAsync(first.Id);
        Assert.That(
            () => other.Get<IRevocationList>().Check(first.Id),
            Is.EqualTo(RevocationVerdict.Revoked).After(10_000, 20));

        // Without AUTOINCREMENT the next row would get the deleted row's number, and the other node would skip it.
        _node.Sql("DELETE FROM Revocations");
        var second = await _node.StartSessionAsync(_account);
        await _node.EndSessionAsync(second.Id);
        Assert.That(
            () => other.Get<IRevocationList>().Check(second.Id),
            Is.EqualTo(RevocationVerdict.Revoked).After(10_000, 20));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task SignInBeyondTheLimit_EndsTheSessionUsedLongestAgo()
    {
        var sessions = new List<Session>();
        for (var i = 0; i < Session.MaxLivePerAccount; i++)
        {
            sessions.Add(await _node.StartSessionAsync(_account));
            _node.Time.Advance(TimeSpan.FromSeconds(1));
        }

        // The oldest session is used again, so the second oldest has been idle for the longest time.
        Assert.That(await _node.TryRotateAsync(sessions[0]));
        var next = await _node.StartSessionAsync(_account);

        var live = await _node.Get<ISessionRepository>().ListLiveAsync(_account, _node.Time.GetUtcNow(), default);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(live, Has.Count.EqualTo(Session.MaxLivePerAccount));
            Assert.That(
                live.Select(session => session.Id),
                Does.Contain(next.Id).And.Contain(sessions[0].Id).And.Not.Contain(sessions[1].Id));
            Assert.That(_node.Get<IRevocationList>().Check(sessions[1].Id), Is.EqualTo(RevocationVerdict.Revoked));
            Assert.That(
                _node.Sql("SELECT SessionId FROM Revocations"),
                Is.EqualTo(sessions[1].Id.ToString().ToUpperInvariant()));
        }
    }

    [Test]
    public async Task SessionOfAnAccountThatChangedSince_IsNotStarted()
    {
        _node.Sql("UPDATE AspNetUsers SET SecurityVersion = 2");
        Assert.That(await _node.TryStartSessionAsync(_account, securityVersion: 1), Is.Null);
        Assert.That(await _node.TryStartSessionAsync(_account, securityVersion: 2), Is.Not.Null);
        _node.Sql("UPDATE AspNetUsers SET Locked = 1");
        Assert.That(await _node.TryStartSessionAsync(_account, securityVersion: 2), Is.Null);
        Assert.That(_node.Sql("SELECT COUNT(*) FROM Sessions"), Is.EqualTo(1));
    }

    [Test]
    [Category("Load")]
    public async Task CleanUp_ByTwoNodesAtOnce_DeletesWhatIsOverAndNothingElse()
    {
        await using var other = await Node.StartAsync(_database);
        var live = await _node.StartSessionAsync(_account);
        var justEnded = await _node.StartSessionAsync(_account);
        await _node.EndSessionAsync(justEnded.Id);
        const int Over = 3 * Batches.Size + 7;
        await _node.WithDatabaseAsync(db => AddRowsThatAreOverAsync(db, Over));

        var deleted = await Task.WhenAll(
            Task.Run(() => _node.Get<CleanUp>().RunAsync(default)), Task.Run(
                () => other.Get<CleanUp>().RunAsync(default)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(deleted.Sum(), Is.EqualTo(2 * Over));
            Assert.That(_node.Sql("SELECT COUNT(*) FROM Revocations"), Is.EqualTo(1));
            Assert.That(_node.Sql("SELECT COUNT(*) FROM Sessions"), Is.EqualTo(2));
            Assert.That(
                _node.Sql("SELECT COUNT(*) FROM Sessions WHERE Id IN (@p0, @p1)", live.Id, justEnded.Id),
                Is.EqualTo(2));
        }
    }

    private async Task<int> AddRowsThatAreOverAsync(AppDbContext db, int count)
    {
        var now = DateTimeOffset.UtcNow;
        var (longAgo, ended) = (now.AddDays(-99), now.AddDays(-31));
        for (var i = 0; i < count; i++)
        {
            db.Revocations.Add(
                new RevocationRow { SessionId = Guid.NewGuid(), KeepUntil = now.UtcDateTime.AddHours(-1) });
            db.Sessions.Add(new Session
            {
                Id = Guid.NewGuid(),
                AccountId = _account,
                CreatedAt = longAgo,
                LastSeenAt = longAgo,
                ExpiresAt = now.AddDays(i % 2 == 0 ? 31 : -31),
                EndedAt = i % 2 == 0 ? ended : null,
                Scope = ScopeSet.AllowedFor([]),
                AuthTime = longAgo,
                Amr = "pwd",
            });
        }

        return await db.SaveChangesAsync();
    }
}
