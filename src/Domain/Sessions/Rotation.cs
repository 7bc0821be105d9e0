namespace CleanJwt.Domain.Sessions;

/// <summary>What becomes of a presented refresh token.</summary>
public enum RotationOutcome
{
    /// <summary>It is good for nothing, and nobody's session ends for it.</summary>
    Invalid,

    /// <summary>It is the current one: the next generation takes its place.</summary>
    Rotate,

    /// <summary>It has just been spent (two tabs, a lost reply): tokens of the current generation again, and nothing changes.</summary>
    Repeat,

    /// <summary>It was spent before that, so two parties hold tokens of this session: the session ends.</summary>
    Reused,
}

/// <summary>The rules of refresh-token rotation (RFC 9700, section 4.14.2), with a grace for clients that lost a reply.</summary>
public static class Rotation
{
    /// <param name="session">As it is stored now.</param>
    /// <param name="presented">The generation of the presented refresh token.</param>
    /// <param name="now">The time of the request. A rotation noted in its future, by another node's clock, counts as just done.</param>
    /// <param name="grace">How long a spent token may be repeated; zero turns that off.</param>
    public static RotationOutcome Decide(Session session, int presented, DateTimeOffset now, TimeSpan grace)
    {
        // A generation that was never issued comes with a restored backup: the token is from a future that did not happen.
        if (!session.IsLive(now) || presented > session.Generation || presented < Session.FirstGeneration)
        {
            return RotationOutcome.Invalid;
        }

        if (presented == session.Generation)
        {
            return RotationOutcome.Rotate;
        }

        return presented == session.Generation - 1 && AgeOfRotation(session, now) < grace
            ? RotationOutcome.Repeat
            : RotationOutcome.Reused;
    }

    private static TimeSpan AgeOfRotation(Session session, DateTimeOffset now)
    {
        var age = now - (session.RotatedAt ?? session.CreatedAt);
        return age < TimeSpan.Zero ? TimeSpan.Zero : age;
    }
}
