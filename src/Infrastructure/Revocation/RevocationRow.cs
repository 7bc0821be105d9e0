namespace CleanJwt.Infrastructure.Revocation;

/// <summary>A revoked session in the database. Rows are only inserted and deleted, and every node reads them.</summary>
/// <remarks>The database sets the times by column defaults, in UTC: the nodes' clocks differ.</remarks>
public sealed class RevocationRow
{
    /// <summary>The row number. It follows the order of inserts, which may differ from the order of commits.</summary>
    public long Sequence { get; init; }

    public required Guid SessionId { get; init; }

    public DateTime RevokedAt { get; init; }

    /// <summary>
    /// The time by which the session's last access token has expired, with the longest lifetime that can be set.
    /// </summary>
    public DateTime KeepUntil { get; init; }
}
