namespace CleanJwt.Infrastructure.Revocation;

/// <summary>Reads revocations from the database for the poller. One thread uses it.</summary>
internal interface IRevocationSource : IDisposable
{
    /// <summary>
    /// Passes the live revocations since the cursor to the caller, or all of them without a cursor. Some may be passed
    /// again.
    /// </summary>
    /// <returns>
    /// The cursor for the next call. It is read before the rows, so the next call misses no row that is inserted
    /// between.
    /// </returns>
    /// <exception cref="System.Data.Common.DbException">The database did not answer in time.</exception>
    RevocationCursor Read(RevocationCursor? since, Action<RevokedSession> learn);

    /// <summary>Counts the revocations up to the cursor that must be kept until a moment or longer.</summary>
    /// <param name="at">The moment, a whole second.</param>
    /// <exception cref="System.Data.Common.DbException">The database did not answer in time.</exception>
    long CountLive(DateTimeOffset at, RevocationCursor upTo);
}

/// <summary>A revoked session, and the time by which its last access token has expired.</summary>
internal readonly record struct RevokedSession(Guid SessionId, DateTimeOffset KeepUntil);

/// <summary>The position up to which a source has been read.</summary>
/// <param name="Sequence">The last row number. It is exact on a database that has one writer at a time.</param>
/// <param name="DatabaseTime">
/// The database's time. It counts on a database whose transactions commit out of order.
/// </param>
/// <param name="KeyRingVersion">
/// The version of the signing keys in the database. It changes with every change of the keys.
/// </param>
internal sealed record RevocationCursor(long Sequence, DateTimeOffset DatabaseTime, long KeyRingVersion);
