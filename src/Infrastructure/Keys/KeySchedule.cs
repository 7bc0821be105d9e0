using CleanJwt.Infrastructure.Revocation;
using CleanJwt.Infrastructure.Tokens;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>Computes when signing keys are created, sign, and are deleted.</summary>
internal static class KeySchedule
{
    /// <summary>
    /// The time between the publication of an unscheduled key and its first signature. Every node that may serve
    /// requests polls within it.
    /// </summary>
    public static readonly TimeSpan Notice = TimeSpan.FromSeconds(10);

    /// <param name="newest">The time from which the newest key signs.</param>
    /// <returns>The time from which the next key signs. Null while it is too early to create that key.</returns>
    public static DateTimeOffset? NextSignsFrom(DateTimeOffset newest, JwtOptions options, DateTimeOffset now)
    {
        var regular = newest + options.KeyLifetime;
        var earliest = now + options.KeyPublishLead;
        return regular > earliest ? null : earliest;
    }

    /// <param name="successorSignsFrom">
    /// The time from which the key after this one signs. Null while there is none.
    /// </param>
    /// <returns>
    /// The time by which every token that the key signed has expired, with the longest lifetime that can be set.
    /// </returns>
    public static DateTimeOffset? LastTokenExpiresAt(DateTimeOffset? successorSignsFrom) =>
        successorSignsFrom + RevocationList.Retention;

    /// <param name="signsFrom">The times from which the keys sign, in ascending order.</param>
    /// <returns>The number of keys, from the first on, whose tokens have all expired.</returns>
    public static int CountExpired(IReadOnlyList<DateTimeOffset> signsFrom, DateTimeOffset now)
    {
        var expired = 0;
        while (expired + 1 < signsFrom.Count && LastTokenExpiresAt(signsFrom[expired + 1]) < now)
        {
            expired++;
        }

        return expired;
    }
}
