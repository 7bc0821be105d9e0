namespace CleanJwt.Domain.Sessions;

/// <summary>The outcome for a presented refresh token.</summary>
public enum RotationOutcome
{
    /// <summary>The token is worthless, and no session ends because of it.</summary>
    Invalid,

    /// <summary>The token is the current one. The next generation takes its place.</summary>
    Rotate,

    /// <summary>
    /// The token has just been spent (two tabs, a lost reply). The client gets tokens of the current generation again,
    /// and nothing changes.
    /// </summary>
    Repeat,

    /// <summary>The token was spent earlier, so two parties hold tokens of this session. The session ends.</summary>
    Reused,
}

/// <summary>
/// The rules of refresh-token rotation (RFC 9700, section 4.14.2), with a grace period for clients that lost a reply.
/// </summary>
public static class Rotation
{
    /// <param name="session">The session as it is stored now.</param>
    /// <param name="presented">The generation of the presented refresh token.</param>
    /// <param name="now">
    /// The time of the request. A rotation that is somewhat later, by another node's clock, counts as just done.
    /// </param>
    /// <param name="grace">How long a spent token may be presented again. Zero turns that off.</param>
    public static RotationOutcome Decide(Session session, int presented, DateTimeOffset now, TimeSpan grace)
    {
        // After the restore of a backup, a client can hold a token whose generation the restored session has not
        // issued.
        if (!session.IsLive(now) || presented > session.Generation || presented < Session.FirstGeneration)
        {
            return RotationOutcome.Invalid;
        }

        if (presented == session.Generation)
        {
            return RotationOutcome.Rotate;
        }

        return presented == session.Generation - 1 && IsWithin(grace, session.RotatedAt ?? session.CreatedAt, now)
            ? RotationOutcome.Repeat
            : RotationOutcome.Reused;
    }

    private static bool IsWithin(TimeSpan grace, DateTimeOffset rotatedAt, DateTimeOffset now) =>
        grace > TimeSpan.Zero && now - rotatedAt < grace && !ClockSkew.IsFuture(rotatedAt, now);
}
