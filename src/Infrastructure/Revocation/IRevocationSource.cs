namespace CleanJwt.Infrastructure.Revocation;

/// <summary>Where the poller reads revocations: a connection of its own, used by one thread.</summary>
internal interface IRevocationSource : IDisposable
{
    /// <summary>Hands over the live revocations that may have come since the cursor, or all of them without one. Some may be handed over again.</summary>
    /// <returns>The cursor to ask with next. It is taken before the rows are read, so that nothing can come between the two.</returns>
    /// <exception cref="System.Data.Common.DbException">The database did not answer in time.</exception>
    RevocationCursor Read(RevocationCursor? since, Action<RevokedSession> learn);

    /// <summary>Counts the revocations that are to be kept until a moment or longer, up to a cursor.</summary>
    /// <param name="at">A whole second.</param>
    /// <exception cref="System.Data.Common.DbException">The database did not answer in time.</exception>
    long CountLive(DateTimeOffset at, RevocationCursor upTo);
}

internal readonly record struct RevokedSession(Guid SessionId, DateTimeOffset KeepUntil);

/// <summary>How far a source has been read.</summary>
/// <param name="Sequence">The last row number given out. Exact where there is one writer at a time.</param>
/// <param name="DatabaseTime">By the database's clock. For sources whose transactions commit out of order.</param>
/// <param name="KeyRingVersion">Of the signing keys in the database, read along: it changes with them.</param>
internal sealed record RevocationCursor(long Sequence, DateTimeOffset DatabaseTime, long KeyRingVersion);
