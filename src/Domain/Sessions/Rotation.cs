namespace CleanJwt.Domain.Sessions;

/// <summary>The outcome for a presented refresh token.</summary>
public enum RotationOutcome
{
    /// <summary>The token is worthless, and no session ends because of it.</summary>
    Invalid,

    /// <summary>The token is the current one. The next generation takes its place.</summary>
    Rotate,

    /// <summary>
    /// The token has just been spent (two tabs, a lost reply), or it is the current one and too young to be replaced.
    /// The client gets tokens of the current generation again, and nothing changes.
    /// </summary>
    Repeat,

    /// <summary>The token was spent earlier, so two parties hold tokens of this session. The session ends.</summary>
    Reused,
}

/// <summary>
/// The rules of refresh-token rotation (RFC 9700, section 4.14.2), with a grace period for clients that lost a reply.
/// The tabs of a browser share one cookie, and a page that is closed can lose a reply with its cookie. So the rule of
/// cookies rotates seldom, and the token before stays as good for that time.
/// </summary>
public static class Rotation
{
    /// <param name="session">The session as it is stored now.</param>
    /// <param name="presented">The generation of the presented refresh token.</param>
    /// <param name="now">
    /// The time of the request. A rotation that is somewhat later, by another node's clock, counts as just done.
    /// </param>
    /// <param name="rule">The rule for the way in which the client holds the token.</param>
    public static RotationOutcome Decide(Session session, int presented, DateTimeOffset now, RotationRule rule)
    {
        // After the restore of a backup, a client can hold a token whose generation the restored session has not
        // issued.
        if (!session.IsLive(now) || presented > session.Generation || presented < Session.FirstGeneration)
        {
            return RotationOutcome.Invalid;
        }

        if (presented == session.Generation)
        {
            return session.IsYoungerThan(rule.CurrentIsKept, now) ? RotationOutcome.Repeat : RotationOutcome.Rotate;
        }

        return presented == session.Generation - 1 && session.IsYoungerThan(rule.PreviousIsGood, now)
            ? RotationOutcome.Repeat
            : RotationOutcome.Reused;
    }
}
