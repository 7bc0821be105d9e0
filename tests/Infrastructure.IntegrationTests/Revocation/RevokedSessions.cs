using CleanJwt.Application.Ports;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.Extensions.Time.Testing;

namespace CleanJwt.Infrastructure.IntegrationTests.Revocation;

/// <summary>The node's list of revoked sessions: its answers, its maximum age, and the removal of entries.</summary>
internal sealed class RevokedSessions
{
    private static readonly TimeSpan MaxStaleness = TimeSpan.FromSeconds(5);
    private static readonly Guid Session = Guid.NewGuid();

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly RevocationList _list;

    public RevokedSessions() => _list = Revocations.List(_clock, new RevocationOptions { MaxStaleness = MaxStaleness });

    [Test]
    public void BeforeTheFirstPoll_NothingIsKnown()
    {
        Assert.That(_list.Check(Session), Is.EqualTo(RevocationVerdict.Unknown));
    }

    [Test]
    public void AfterAPoll_OnlyWhatWasAddedOrLearntIsRevoked()
    {
        var learnt = Guid.NewGuid();
        Poll();
        _list.Add(Session);
        _list.Learn(new RevokedSession(learnt, _clock.GetUtcNow() + RevocationList.Retention));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_list.Check(Session), Is.EqualTo(RevocationVerdict.Revoked));
            Assert.That(_list.Check(learnt), Is.EqualTo(RevocationVerdict.Revoked));
            Assert.That(_list.Check(Guid.NewGuid()), Is.EqualTo(RevocationVerdict.NotRevoked));
        }
    }

    [Test]
    [Category("Exhaustive")]
    public void OfManySessions_ExactlyTheRevokedOnesAreRefused()
    {
        const int Count = 200_000;
        Poll();
        var revoked = Enumerable.Range(0, Count).Select(_ => Guid.CreateVersion7()).ToArray();
        var live = Enumerable.Range(0, Count).Select(_ => Guid.CreateVersion7()).ToArray();
        for (var i = 0; i < Count; i += 2)
        {
            _list.Add(revoked[i]);
            _list.Learn(new RevokedSession(revoked[i + 1], _clock.GetUtcNow() + RevocationList.Retention));
        }

        Assert.That(revoked.Count(session => _list.Check(session) == RevocationVerdict.Revoked), Is.EqualTo(Count));
        Assert.That(live.Count(session => _list.Check(session) == RevocationVerdict.NotRevoked), Is.EqualTo(Count));
    }

    [Test]
    public void AtMaxStaleness_TheListStillAnswers_AndATickLaterNotAnyMore()
    {
        Poll();
        _clock.Advance(MaxStaleness);
        Assert.That(_list.Check(Session), Is.EqualTo(RevocationVerdict.NotRevoked));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.That(_list.Check(Session), Is.EqualTo(RevocationVerdict.Unknown));
    }

    [Test]
    public void StaleList_StillRefusesWhatItKnowsAsRevoked()
    {
        _list.Add(Session);
        Assert.That(_list.Check(Session), Is.EqualTo(RevocationVerdict.Revoked));
    }

    [Test]
    public void Age_CountsFromBeforeThePollWasSent()
    {
        var poll = _list.StartPoll();
        _clock.Advance(MaxStaleness + TimeSpan.FromTicks(1));
        _list.EndPoll(poll);
        Assert.That(_list.Check(Session), Is.EqualTo(RevocationVerdict.Unknown));
    }

    [TestCase(0, 6, TestName = "Age_WhenTheMonotonicClockStoodStill_IsTheWallClocks")]
    [TestCase(6, 0, TestName = "Age_WhenTheWallClockStoodStill_IsTheMonotonicClocks")]
    [TestCase(6, -3600, TestName = "Age_WhenTheWallClockWasSetBack_IsTheMonotonicClocks")]
    public void Age_IsTheLargerOfTheTwoClocks(int monotonicSeconds, int wallSeconds)
    {
        var clock = new TwoClocks();
        var list = Revocations.List(clock, new RevocationOptions { MaxStaleness = MaxStaleness });
        list.EndPoll(list.StartPoll());
        Assert.That(list.Check(Session), Is.EqualTo(RevocationVerdict.NotRevoked));
        clock.Monotonic += TimeSpan.FromSeconds(monotonicSeconds);
        clock.Wall += TimeSpan.FromSeconds(wallSeconds);
        Assert.That(list.Check(Session), Is.EqualTo(RevocationVerdict.Unknown));
    }

    [Test]
    public void Entry_IsKeptUntilItsTimeAndForgottenAfterIt()
    {
        var until = _clock.GetUtcNow() + TimeSpan.FromMinutes(65);
        _list.Learn(new RevokedSession(Session, until));
        _list.Add(Guid.NewGuid());
        _list.Sweep(until - TimeSpan.FromSeconds(1));
        Assert.That(_list.Count, Is.EqualTo(2));
        _list.Sweep(until);
        Assert.That(_list.Count, Is.Zero);
    }

    [Test]
    public void Sweep_CountsWhatTheDatabaseHasToo()
    {
        _list.Add(Session);
        _list.Learn(new RevokedSession(Guid.NewGuid(), _clock.GetUtcNow() + RevocationList.Retention));
        Assert.That(_list.Sweep(_clock.GetUtcNow()), Is.EqualTo(1));
        _list.Learn(new RevokedSession(Session, _clock.GetUtcNow() + RevocationList.Retention));
        Assert.That(_list.Sweep(_clock.GetUtcNow()), Is.EqualTo(2));
    }

    [Test]
    public void Check_AllocatesNothing()
    {
        for (var i = 0; i < 10_000; i++)
        {
            _list.Add(Guid.NewGuid());
        }

        Poll();
        _list.Check(Session);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            _list.Check(Session);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private void Poll() => _list.EndPoll(_list.StartPoll());

    private sealed class TwoClocks : TimeProvider
    {
        public TimeSpan Monotonic { get; set; }

        public DateTimeOffset Wall { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Monotonic.Ticks;

        public override DateTimeOffset GetUtcNow() => Wall;
    }
}
