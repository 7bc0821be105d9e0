using CleanJwt.Domain.Passwords;

namespace CleanJwt.Domain.UnitTests.Passwords;

/// <summary>How often the codes of one account are looked at, and how long a client must wait.</summary>
internal sealed class CountingTriedCodes
{
    private static readonly AttemptLimit Limit = AttemptLimit.SecondFactorsPerAccount;
    private static readonly TimeSpan Pause = PasswordAttempts.Pause;

    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private PasswordAttempts _attempts = PasswordAttempts.None;

    [Test]
    public void FiveTries_BeginAPauseOfFiveMinutes()
    {
        Try(4);
        Assert.That(Wait, Is.EqualTo(TimeSpan.Zero));
        Try(1);
        Assert.That(Wait, Is.EqualTo(Pause));
    }

    [Test]
    public void TriesMoreThanAQuarterOfAnHourApart_NeverBeginAPause()
    {
        for (var i = 0; i < 20; i++)
        {
            Try(1);
            Assert.That(Wait, Is.EqualTo(TimeSpan.Zero));
            _now += TimeSpan.FromMinutes(5);
        }
    }

    /// <summary>The older tries still count after the first pause, so one more begins the next.</summary>
    [Test]
    public void AfterAPause_OneTryBeginsTheNext()
    {
        Try(5);
        _now += Pause;
        Assert.That(Wait, Is.EqualTo(TimeSpan.Zero));
        Try(1);
        Assert.That(Wait, Is.EqualTo(2 * Pause));
    }

    [Test]
    public void Pauses_DoubleUpToADay()
    {
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 12; i++)
        {
            while (Wait == TimeSpan.Zero)
            {
                Try(1);
            }

            pauses.Add(Wait);
            _now += Wait;
        }

        Assert.That(pauses.Take(9), Is.EqualTo(Enumerable.Range(0, 9).Select(power => Pause * Math.Pow(2, power))));
        Assert.That(pauses.Skip(9), Is.All.EqualTo(TimeSpan.FromDays(1)));
    }

    [Test]
    public void AfterAHundredInARow_NothingIsLookedAt()
    {
        for (var i = 0; i < 100; i++)
        {
            _now += TimeSpan.FromDays(2);
            Assert.That(Wait, Is.EqualTo(TimeSpan.Zero), $"before try {i + 1}");
            Try(1);
        }

        _now += TimeSpan.FromDays(100);
        Assert.That(Wait, Is.EqualTo(TimeSpan.FromDays(1)));
        Assert.That(_attempts.ExpiresAt(Limit), Is.GreaterThan(_now), "the row is not cleaned up");
    }

    [Test]
    public void OtherLimits_KeepTheirPauses() =>
        Assert.That(AttemptLimit.PerAccount.MaxPause, Is.EqualTo(PasswordAttempts.Pause));

    private TimeSpan Wait => _attempts.WaitLeft(Limit, _now);

    private void Try(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _attempts = _attempts.Count(Guid.NewGuid(), Limit, _now);
        }
    }
}
