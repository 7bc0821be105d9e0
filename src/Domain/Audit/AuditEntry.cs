namespace CleanJwt.Domain.Audit;

/// <summary>
/// One entry in an account's audit log: what happened, when, and from where. It holds no secret and no email address.
/// </summary>
public sealed record AuditEntry
{
    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// The account that the entry belongs to. The entry is deleted with it. Null for a sign-in to an address without an
    /// account; no client can read that entry.
    /// </summary>
    public required Guid? AccountId { get; init; }

    /// <summary>
    /// The other account of an administrator's change: the changed account in the administrator's entry, and the
    /// administrator in the changed account's entry. Deleting that account clears it.
    /// </summary>
    public Guid? OtherAccountId { get; init; }

    /// <summary>One of <see cref="AuditActions"/>.</summary>
    public required string Action { get; init; }

    public required AuditOutcome Outcome { get; init; }

    /// <summary>
    /// The session that made the request, or that the request started. Null without one, and where the reader must not
    /// know it.
    /// </summary>
    public Guid? SessionId { get; init; }

    /// <summary>
    /// The IP address of the client. Null where it is unknown, and where the reader must not know it.
    /// </summary>
    public string? IpAddress { get; init; }

    /// <summary>
    /// The <c>User-Agent</c> of the client. Null where it is unknown, and where the reader must not know it.
    /// </summary>
    public string? UserAgent { get; init; }
}

/// <summary>How the action ended. The numbers are stored: never change one.</summary>
public enum AuditOutcome
{
    Success = 1,

    /// <summary>The service refused it, for a wrong password, a locked account or a spent token.</summary>
    Failure = 2,
}
