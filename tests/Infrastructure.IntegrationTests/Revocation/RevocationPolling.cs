using System.Data.Common;
using CleanJwt.Application.Ports;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanJwt.Infrastructure.IntegrationTests.Revocation;

/// <summary>The poller with a source that commits out of order, hides rows, or fails.</summary>
internal sealed class RevocationPolling
{
    private readonly ScriptedSource _source = new();
    private readonly RevocationList _list = Revocations.List(TimeProvider.System);
    private readonly ScriptedKeys _keys = new();
    private RevocationPoller _poller = null!;

    [SetUp]
    public void MakePoller() =>
        _poller = new RevocationPoller(
            _source, _list, _keys, new RevocationOptions(), NullLogger<RevocationPoller>.Instance);

    [TearDown]
    public void StopPolling() => _poller.Dispose();

    [Test]
    public void RowCommittedAfterANewerOne_IsLearnt()
    {
        var (older, newer) = (Guid.NewGuid(), Guid.NewGuid());
        _poller.Poll();

        // Of two transactions the older one inserts first and commits last, 10 s later, which is the latest possible.
        var inserted = _source.Time;
        _source.Commit(newer, at: inserted + TimeSpan.FromSeconds(1));
        _source.Time += TimeSpan.FromSeconds(2);
        _poller.Poll();
        Assert.That(_list.Check(newer), Is.EqualTo(RevocationVerdict.Revoked));

        _source.Time = inserted + TimeSpan.FromSeconds(10);
        _poller.Poll();
        _source.Commit(older, at: inserted);
        _poller.Poll();
        Assert.That(_list.Check(older), Is.EqualTo(RevocationVerdict.Revoked));
    }

    [Test]
    public void RowThatNoCursorFinds_IsLearntByTheComparisonOfTheNextMinute()
    {
        _poller.Poll();
        var lost = Guid.NewGuid();
        _source.Time += TimeSpan.FromSeconds(55);
        _poller.Poll();
        _source.Commit(lost, at: _source.Time - TimeSpan.FromSeconds(50)); // before any cursor
        _poller.Poll();
        Assert.That(_list.Check(lost), Is.EqualTo(RevocationVerdict.NotRevoked));

        _source.Time += TimeSpan.FromSeconds(5);
        _poller.Poll();
        Assert.That(_list.Check(lost), Is.EqualTo(RevocationVerdict.Revoked));
    }

    [Test]
    public void Comparison_WithoutADifference_LoadsNothing()
    {
        _source.Commit(Guid.NewGuid(), at: _source.Time);
        _poller.Poll();
        for (var minute = 0; minute < 3; minute++)
        {
            _source.Time += TimeSpan.FromMinutes(1);
            _poller.Poll();
        }

        Assert.That(_source.FullLoads, Is.EqualTo(1), "the one of the first poll");
    }

    [Test]
    public void FailedPoll_LeavesTheAgeAsItWas()
    {
        _poller.Poll();
        var age = _list.Age;
        _source.Fails = true;
        Assert.That(_poller.Poll, Throws.InstanceOf<IOException>());
        Assert.That(_list.Age, Is.GreaterThan(age));
    }

    [Test]
    [Category("Load")]
    public void Poller_GoesOnAfterFailures()
    {
        var revoked = Guid.NewGuid();
        _poller.Start();
        _source.Fails = true;
        Assert.That(() => _source.Failures, Is.GreaterThan(1).After(10_000, 20));
        _source.Commit(revoked, at: _source.Time);
        _source.Fails = false;
        Assert.That(() => _list.Check(revoked), Is.EqualTo(RevocationVerdict.Revoked).After(10_000, 20));
    }

    [Test]
    public void ChangedKeys_AreReloadedOnce()
    {
        _poller.Poll();
        Assert.That(_keys.Reloads, Is.Zero);
        _source.KeyRingVersion = _keys.NextVersion = 2;
        _poller.Poll();
        _poller.Poll();
        Assert.That(_keys.Reloads, Is.EqualTo(1));
    }

    [Test]
    public void KeysThatCannotBeReloaded_LeaveTheAgeAsItWas()
    {
        _poller.Poll();
        var age = _list.Age;
        _source.KeyRingVersion = 2;
        _keys.Fails = true;
        Assert.That(_poller.Poll, Throws.InstanceOf<IOException>());
        Assert.That(_list.Age, Is.GreaterThan(age));
    }

    private sealed class ScriptedKeys : IKeyRing
    {
        public void Load(DbConnection connection) => Reload();

        public long Version { get; private set; } = 1;

        public long NextVersion { get; set; }

        public bool Fails { get; set; }

        public int Reloads { get; private set; }

        public void Reload()
        {
            if (Fails)
            {
                throw new IOException("scripted");
            }

            (Version, Reloads) = (NextVersion, Reloads + 1);
        }

        public ValueTask<bool> TryReloadAsync(CancellationToken cancellationToken) =>
            throw new NotSupportedException("Pollers do not ask for one key.");
    }

    /// <summary>
    /// A source whose rows become visible when the test commits them. It finds rows by time, as the source of SQL
    /// Server does.
    /// </summary>
    private sealed class ScriptedSource : IRevocationSource
    {
        private readonly Lock _lock = new();
        private readonly List<(Guid SessionId, DateTimeOffset RevokedAt)> _rows = [];
        private volatile bool _fails;
        private int _failures;

        public DateTimeOffset Time { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        public int FullLoads { get; private set; }

        public long KeyRingVersion { get; set; } = 1;

        public bool Fails
        {
            get => _fails;
            set => _fails = value;
        }

        public int Failures => Volatile.Read(ref _failures);

        public void Commit(Guid sessionId, DateTimeOffset at)
        {
            lock (_lock)
            {
                _rows.Add((sessionId, at));
            }
        }

        public RevocationCursor Read(RevocationCursor? since, Action<RevokedSession> learn)
        {
            if (_fails)
            {
                Interlocked.Increment(ref _failures);
                throw new IOException("scripted");
            }

            FullLoads += since is null ? 1 : 0;
            lock (_lock)
            {
                foreach (var (sessionId, revokedAt) in _rows.Where(row => since is null
                    || row.RevokedAt >= since.DatabaseTime))
                {
                    learn(new RevokedSession(sessionId, revokedAt + RevocationList.Retention));
                }

                return new RevocationCursor(_rows.Count, Time, KeyRingVersion);
            }
        }

        public long CountLive(DateTimeOffset at, RevocationCursor upTo)
        {
            lock (_lock)
            {
                return _rows.Count(row => row.RevokedAt + RevocationList.Retention >= at);
            }
        }

        public void Dispose()
        {
        }
    }
}
