namespace CleanJwt.Domain.Audit;

/// <summary>One line of an account's trail: what happened, when, and from where. It holds no secret and no address of anybody.</summary>
public sealed record AuditEntry
{
    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Whose trail it belongs to, and goes with. Null for a sign-in to an address without an account, which nobody can read.</summary>
    public required Guid? AccountId { get; init; }

    /// <summary>The other party of an administrator's act: in their trail the account, in its trail the administrator. Forgotten when that account goes.</summary>
    public Guid? OtherAccountId { get; init; }

    /// <summary>One of <see cref="AuditActions"/>.</summary>
    public required string Action { get; init; }

    public required AuditOutcome Outcome { get; init; }

    /// <summary>The session that did it, or was started. Null where there was none, and where it is not the reader's to know.</summary>
    public Guid? SessionId { get; init; }

    /// <inheritdoc cref="SessionId"/>
    public string? IpAddress { get; init; }

    /// <inheritdoc cref="SessionId"/>
    public string? UserAgent { get; init; }
}

/// <summary>How it ended. The numbers are stored: never change one.</summary>
public enum AuditOutcome
{
    Success = 1,

    /// <summary>It was refused: a wrong password, a locked account, a token that was used before.</summary>
    Failure = 2,
}
