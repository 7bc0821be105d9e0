using CleanJwt.Domain.Passwords;

namespace CleanJwt.Domain.UnitTests.Passwords;

/// <summary>When a password is checked, when a client must wait, and for how long.</summary>
internal sealed class CountingFailedAttempts
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly AttemptLimit Limit = AttemptLimit.PerNetwork;

    [Test]
    public void Limits_AreThoseOfTheContract()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(AttemptLimit.PerNetwork, Is.EqualTo(new AttemptLimit(5, TimeSpan.FromMinutes(15))));
            Assert.That(AttemptLimit.PerEmail, Is.EqualTo(new AttemptLimit(50, TimeSpan.FromHours(1))));
            Assert.That(AttemptLimit.PerAccount, Is.EqualTo(new AttemptLimit(5, TimeSpan.FromMinutes(15))));
            Assert.That(PasswordAttempts.Pause, Is.EqualTo(TimeSpan.FromMinutes(5)));
        }
    }

    [Test]
    public void FifthWrong_BeginsAPauseOfFiveMinutes()
    {
        var four = WrongAt(Start, 4);
        Assert.That(four.PauseLeft(Limit, Start), Is.EqualTo(TimeSpan.Zero));
        var five = Wrong(four, Start.AddSeconds(10));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(five.PauseLeft(Limit, Start.AddSeconds(10)), Is.EqualTo(TimeSpan.FromMinutes(5)));
            Assert.That(five.PauseLeft(Limit, Start.AddSeconds(310) - Tick), Is.EqualTo(Tick));
            Assert.That(five.PauseLeft(Limit, Start.AddSeconds(310)), Is.EqualTo(TimeSpan.Zero));
        }
    }

    [Test]
    public void Pause_BeginsWhenTheLastWasFoundWrong()
    {
        var (four, id) = (WrongAt(Start, 4), Guid.NewGuid());
        var attempts = four.TryReserve(id, Limit, Start)!.MarkWrong(id, Limit, Start.AddSeconds(7));
        Assert.That(attempts.PauseLeft(Limit, Start.AddSeconds(7)), Is.EqualTo(TimeSpan.FromMinutes(5)));
    }

    [Test]
    public void ClockSetBackDuringAPause_EndsIt()
    {
        var attempts = WrongAt(Start, 5);
        var back = Start.AddHours(-2);
        Assert.That(attempts.PauseLeft(Limit, back), Is.EqualTo(TimeSpan.Zero));
        var id = Guid.NewGuid();
        var next = attempts.TryReserve(id, Limit, back)!;
        Assert.That(next.TryReserve(Guid.NewGuid(), Limit, back), Is.Null, "the attempts before count");
        Assert.That(next.MarkWrong(id, Limit, back).PauseLeft(Limit, back), Is.EqualTo(PasswordAttempts.Pause));
        Assert.That(next.ExpiresAt(Limit), Is.LessThan(Start), "they count from now on");
    }

    [Test]
    public void PauseThatAnotherClockBegan_LastsAsLongAsItSays()
    {
        var attempts = WrongAt(Start.AddSeconds(3), 5);
        var left = attempts.PauseLeft(Limit, Start);
        Assert.That(attempts.PauseLeft(Limit, Start + left - Tick), Is.GreaterThan(TimeSpan.Zero));
        Assert.That(attempts.PauseLeft(Limit, Start + left), Is.EqualTo(TimeSpan.Zero));
    }

    [TestCase(-1, true)]
    [TestCase(0, false)]
    public void WrongOnes_CountForFifteenMinutes(int ticks, bool pauses)
    {
        var attempts = Wrong(WrongAt(Start, 4), Start.AddMinutes(15).AddTicks(ticks));
        Assert.That(attempts.PauseLeft(Limit, Start.AddMinutes(15)) > TimeSpan.Zero, Is.EqualTo(pauses));
    }

    [Test]
    public void AfterAPause_OneAtATimeIsCheckedWhileTheOthersCount()
    {
        var attempts = WrongAt(Start, 5);
        var after = Start.AddMinutes(5);
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        var reserved = attempts.TryReserve(first, Limit, after)!;
        Assert.That(reserved.TryReserve(second, Limit, after), Is.Null);
        Assert.That(
            reserved.MarkWrong(first, Limit, after).PauseLeft(Limit, after), Is.EqualTo(TimeSpan.FromMinutes(5)));
        Assert.That(reserved.MarkRight(first, Limit, after).TryReserve(second, Limit, after), Is.Not.Null);

        var longAfter = Start.AddMinutes(15);
        Assert.That(Reserved(attempts, longAfter).All, Has.Count.EqualTo(5), "they don't count any more");
    }

    [TestCase(0, 5)]
    [TestCase(1, 4)]
    [TestCase(4, 1)]
    public void AsManyAreCheckedAtOnce_AsMayBeWrong(int wrong, int places) =>
        Assert.That(Reserved(WrongAt(Start, wrong), Start).All.Count(one => !one.IsWrong), Is.EqualTo(places));

    [Test]
    public void GivenBack_LeavesItsPlace()
    {
        var id = Guid.NewGuid();
        var four = WrongAt(Start, 4);
        Assert.That(four.TryReserve(id, Limit, Start)!.Release(id).All, Is.EqualTo(four.All));
    }

    [Test]
    public void RightOne_ForgetsTheWrongOnesAndNotThoseBeingChecked()
    {
        var (mine, other) = (Guid.NewGuid(), Guid.NewGuid());
        var attempts = WrongAt(Start, 3).TryReserve(mine, Limit, Start)!.TryReserve(other, Limit, Start)!;
        Assert.That(
            attempts.MarkRight(mine, Limit, Start).All,
            Is.EqualTo([new PasswordAttempt(other, Start, IsWrong: false)]));
    }

    [Test]
    public void RightOne_EndsWhatIsLeftOfAPause()
    {
        var id = Guid.NewGuid();
        var attempts = WrongAt(Start, 5).MarkRight(id, Limit, Start);
        Assert.That(attempts.PauseLeft(Limit, Start), Is.EqualTo(TimeSpan.Zero));
        Assert.That(attempts.ExpiresAt(Limit), Is.LessThan(Start));
    }

    [Test]
    public void LeftBehind_CountsAsWrongAfterHalfAMinute()
    {
        var attempts = Reserved(PasswordAttempts.None, Start);
        var then = Start.AddSeconds(30);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(attempts.PauseLeft(Limit, then - Tick), Is.EqualTo(TimeSpan.Zero));
            Assert.That(attempts.TryReserve(Guid.NewGuid(), Limit, then - Tick), Is.Null);
            Assert.That(attempts.PauseLeft(Limit, then), Is.EqualTo(TimeSpan.FromMinutes(5)));
            Assert.That(
                attempts.PauseLeft(Limit, then.AddMinutes(4)),
                Is.EqualTo(TimeSpan.FromMinutes(1)),
                "whenever it is noticed");
            Assert.That(attempts.PauseLeft(Limit, then.AddMinutes(5)), Is.EqualTo(TimeSpan.Zero));
            Assert.That(
                attempts.TryReserve(Guid.NewGuid(), Limit, then.AddMinutes(5))!.All.Count(one => one.IsWrong),
                Is.EqualTo(5));
        }
    }

    [Test]
    public void LeftBehindAndToldAfterAll_CountsOnce()
    {
        var id = Guid.NewGuid();
        var attempts = PasswordAttempts.None.TryReserve(id, Limit, Start)!.TryReserve(
            Guid.NewGuid(), Limit, Start.AddSeconds(31))!;
        Assert.That(attempts.MarkWrong(id, Limit, Start.AddSeconds(32)).All.Count(one => one.IsWrong), Is.EqualTo(1));
        Assert.That(attempts.Release(id).All.Count(one => one.IsWrong), Is.Zero);
    }

    [Test]
    public void WrongOneThatIsNotKnownAnyMore_Counts() =>
        Assert.That(
            WrongAt(Start, 4).MarkWrong(Guid.NewGuid(), Limit, Start).PauseLeft(Limit, Start),
            Is.EqualTo(TimeSpan.FromMinutes(5)));

    [Test]
    public void ClockThatIsBehind_TakesWhatIsAheadAsOfNow()
    {
        var attempts = WrongAt(Start, 5);
        Assert.That(attempts.PauseLeft(Limit, Start.AddSeconds(-1)), Is.EqualTo(TimeSpan.FromSeconds(301)));
        Assert.That(
            WrongAt(Start, 4).TryReserve(Guid.NewGuid(), Limit, Start.AddHours(-1))!.All.Count(one => one.IsWrong),
            Is.EqualTo(4));
        Assert.That(
            Reserved(PasswordAttempts.None, Start).TryReserve(Guid.NewGuid(), Limit, Start.AddHours(-1)), Is.Null);
    }

    [Test]
    public void NoMoreIsKept_ThanCounts()
    {
        var attempts = PasswordAttempts.None;
        for (var i = 0; i < 100; i++)
        {
            attempts = Wrong(attempts, Start.AddMinutes(5 * i));
            Assert.That(attempts.All, Has.Count.LessThanOrEqualTo(Limit.MaxWrong + 1));
        }
    }

    [Test]
    public void Row_IsOverWhenNothingOfItMatters()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(PasswordAttempts.None.ExpiresAt(Limit), Is.LessThan(Start));
            Assert.That(WrongAt(Start, 1).ExpiresAt(Limit), Is.EqualTo(Start.AddMinutes(15)));
            Assert.That(WrongAt(Start, 5).ExpiresAt(Limit), Is.EqualTo(Start.AddMinutes(15)));
            Assert.That(
                Reserved(PasswordAttempts.None, Start).ExpiresAt(Limit),
                Is.EqualTo(Start.AddMinutes(15).AddSeconds(30)));
            Assert.That(new PasswordAttempts([], Start).ExpiresAt(Limit), Is.EqualTo(Start.AddMinutes(5)));
        }
    }

    private static PasswordAttempts WrongAt(DateTimeOffset at, int count)
    {
        var attempts = PasswordAttempts.None;
        for (var i = 0; i < count; i++)
        {
            attempts = Wrong(attempts, at);
        }

        return attempts;
    }

    private static PasswordAttempts Wrong(PasswordAttempts attempts, DateTimeOffset at)
    {
        var id = Guid.NewGuid();
        return attempts.TryReserve(id, Limit, at)!.MarkWrong(id, Limit, at);
    }

    /// <summary>Reserves as many more attempts as the limit allows.</summary>
    private static PasswordAttempts Reserved(PasswordAttempts attempts, DateTimeOffset at)
    {
        while (attempts.TryReserve(Guid.NewGuid(), Limit, at) is { } more)
        {
            attempts = more;
        }

        return attempts;
    }
}
