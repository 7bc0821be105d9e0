using CleanJwt.Domain.Sessions;
using static CleanJwt.Domain.Sessions.RotationOutcome;
using static CleanJwt.Domain.UnitTests.Rows;
using static CleanJwt.Domain.UnitTests.Sessions.SessionExample;

namespace CleanJwt.Domain.UnitTests.Sessions;

/// <summary>
/// The decision table of rotation, row by row. The session is at generation 5, which began a minute after the start.
/// </summary>
internal sealed class DecidingOnARefreshToken
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset RotatedAt = Start.AddMinutes(1);

    private static readonly Session Live = New with { Generation = 5, RotatedAt = RotatedAt };
    private static readonly Session Ended = Live with { EndedAt = RotatedAt, EndReason = SessionEndReason.Logout };
    private static readonly Session Fresh = New;

    private static IEnumerable<TestCaseData> Table =>
    [
        Row("current token", Live, 5, RotatedAt, Grace, Rotate),
        Row("current token, long after", Live, 5, RotatedAt.AddMinutes(30), Grace, Rotate),
        Row("current token, before its rotation by this clock", Live, 5, RotatedAt.AddSeconds(-1), Grace, Rotate),
        Row("current token without grace", Live, 5, RotatedAt, TimeSpan.Zero, Rotate),
        Row("current token, a tick before expiry", Live, 5, Live.ExpiresAt - Tick, Grace, Rotate),
        Row("first token", Fresh, 1, Start, Grace, Rotate),

        Row("previous token at once", Live, 4, RotatedAt, Grace, Repeat),
        Row("previous token a tick before the grace ends", Live, 4, RotatedAt + Grace - Tick, Grace, Repeat),
        Row("previous token, before its rotation by this clock", Live, 4, RotatedAt - Tick, Grace, Repeat),
        Row(
            "previous token, long before its rotation by this clock",
            Live,
            4,
            RotatedAt.AddSeconds(-30),
            Grace,
            Repeat),
        Row("previous token at once, grace of a tick", Live, 4, RotatedAt, Tick, Repeat),

        Row("previous token as the grace ends", Live, 4, RotatedAt + Grace, Grace, Reused),
        Row("previous token a tick after the grace", Live, 4, RotatedAt + Grace + Tick, Grace, Reused),
        Row("previous token, a tick before expiry", Live, 4, Live.ExpiresAt - Tick, Grace, Reused),
        Row("previous token at once, without grace", Live, 4, RotatedAt, TimeSpan.Zero, Reused),
        Row(
            "previous token, before its rotation by this clock, without grace",
            Live,
            4,
            RotatedAt - Tick,
            TimeSpan.Zero,
            Reused),
        Row(
            "previous token, after the clock was set back by two hours",
            Live,
            4,
            RotatedAt.AddHours(-2),
            Grace,
            Reused),
        Row("older token at once", Live, 3, RotatedAt, Grace, Reused),
        Row("older token, before the rotation by this clock", Live, 3, RotatedAt.AddSeconds(-1), Grace, Reused),
        Row("oldest token", Live, 1, RotatedAt, Grace, Reused),

        Row("token of the next generation", Live, 6, RotatedAt, Grace, Invalid),
        Row("token of a generation far ahead", Live, int.MaxValue, RotatedAt, Grace, Invalid),
        Row("generation zero", Live, 0, RotatedAt, Grace, Invalid),
        Row("generation zero beside the first", Fresh, 0, Start, Grace, Invalid),
        Row("negative generation", Live, -1, RotatedAt, Grace, Invalid),
        Row("lowest number", Live, int.MinValue, RotatedAt, Grace, Invalid),

        Row("current token at expiry", Live, 5, Live.ExpiresAt, Grace, Invalid),
        Row("older token at expiry", Live, 1, Live.ExpiresAt, Grace, Invalid),
        Row(
            "previous token within the grace, but at expiry",
            Live with { ExpiresAt = RotatedAt + Tick },
            4,
            RotatedAt + Tick,
            Grace,
            Invalid),
        Row("current token of an ended session", Ended, 5, RotatedAt, Grace, Invalid),
        Row("current token of a session that ends in this clock's future", Ended, 5, RotatedAt - Tick, Grace, Invalid),
        Row("previous token of an ended session", Ended, 4, RotatedAt, Grace, Invalid),
        Row("older token of an ended session", Ended, 1, RotatedAt, Grace, Invalid),
    ];

    [TestCaseSource(nameof(Table))]
    public void Table_HoldsRowByRow(
        Session session, int presented, DateTimeOffset now, TimeSpan grace, RotationOutcome outcome) =>
        Assert.That(Rotation.Decide(session, presented, now, Histories.BodyRule(grace)), Is.EqualTo(outcome));

    private static IEnumerable<TestCaseData> CookieTable =>
    [
        Row("current token, just issued", Live, 5, RotatedAt, Repeat),
        Row("current token, a tick before the interval ends", Live, 5, RotatedAt + Interval - Tick, Repeat),
        Row("current token, before its rotation by this clock", Live, 5, RotatedAt.AddSeconds(-1), Repeat),
        Row("current token, as the interval ends", Live, 5, RotatedAt + Interval, Rotate),
        Row("current token, long after", Live, 5, RotatedAt.AddMinutes(30), Rotate),
        Row("current token, after the clock was set back by two hours", Live, 5, RotatedAt.AddHours(-2), Rotate),
        Row("first token, just issued", Fresh, 1, Start, Repeat),
        Row("first token, as the interval ends", Fresh, 1, Start + Interval, Rotate),
        Row("previous token at once", Live, 4, RotatedAt, Repeat),
        Row("previous token, a tick before the interval ends", Live, 4, RotatedAt + Interval - Tick, Repeat),
        Row("previous token, as the interval ends", Live, 4, RotatedAt + Interval, Reused),
        Row("older token at once", Live, 3, RotatedAt, Reused),
        Row("token of the next generation", Live, 6, RotatedAt, Invalid),
        Row("generation zero beside the first", Fresh, 0, Start, Invalid),
        Row("current token at expiry", Live with { ExpiresAt = RotatedAt + Tick }, 5, RotatedAt + Tick, Invalid),
        Row("current token of an ended session", Ended, 5, RotatedAt, Invalid),
        Row("previous token of an ended session", Ended, 4, RotatedAt, Invalid),
    ];

    [TestCaseSource(nameof(CookieTable))]
    public void TableOfCookies_HoldsRowByRow(
        Session session, int presented, DateTimeOffset now, RotationOutcome outcome) =>
        Assert.That(Rotation.Decide(session, presented, now, Histories.CookieRule(Interval)), Is.EqualTo(outcome));
}
