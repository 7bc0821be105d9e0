namespace CleanJwt.Infrastructure.Revocation;

/// <summary>
/// One ended session, in an append-only table that every node reads. Its times are the database's own (column defaults), because several nodes
/// compare them. They are UTC.
/// </summary>
public sealed class RevocationRow
{
    /// <summary>In the order of inserts, which is not always the order of commits.</summary>
    public long Sequence { get; init; }

    public required Guid SessionId { get; init; }

    public DateTime RevokedAt { get; init; }

    /// <summary>When the last access token of the session has expired, whatever lifetime it was issued with.</summary>
    public DateTime KeepUntil { get; init; }
}
