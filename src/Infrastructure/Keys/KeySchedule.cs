using CleanJwt.Infrastructure.Revocation;
using CleanJwt.Infrastructure.Tokens;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>When keys come and go.</summary>
internal static class KeySchedule
{
    /// <summary>How long a key is published before it signs, when it is not made by the schedule: every node that may serve has polled by then.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromSeconds(10);

    /// <param name="newest">From when the newest key signs.</param>
    /// <returns>From when the key after it is to sign; null while it is not time to make that.</returns>
    public static DateTimeOffset? NextSignsFrom(DateTimeOffset newest, JwtOptions options, DateTimeOffset now)
    {
        var regular = newest + options.KeyLifetime;
        var earliest = now + options.KeyPublishLead;
        return regular > earliest ? null : earliest;
    }

    /// <param name="successor">From when the key after it signs; null while there is none.</param>
    /// <returns>When the last token under a key has expired, whatever lifetime it was issued with.</returns>
    public static DateTimeOffset? OverAt(DateTimeOffset? successor) => successor + RevocationList.Keep;

    /// <param name="signsFrom">Of each key, in order.</param>
    /// <returns>How many of the first ones have been replaced for so long that no token under them is left.</returns>
    public static int CountOver(IReadOnlyList<DateTimeOffset> signsFrom, DateTimeOffset now)
    {
        var over = 0;
        while (over + 1 < signsFrom.Count && OverAt(signsFrom[over + 1]) < now)
        {
            over++;
        }

        return over;
    }
}
