using CleanJwt.Domain.Mail;

namespace CleanJwt.Domain.Audit;

/// <summary>
/// Says when a change is made, who makes it, which audit entries record it, and which mails follow from it. The change,
/// its entries and its mails are stored in one transaction.
/// </summary>
/// <param name="At">The time of the request. Every row that the change writes carries it.</param>
/// <param name="Entries">Empty for a change that leaves no audit entry.</param>
public sealed record AuditContext(DateTimeOffset At, IReadOnlyList<AuditEntry> Entries)
{
    /// <summary>The mails to send once the change is stored.</summary>
    public IReadOnlyList<MailRequest> Mails { get; init; } = [];

    /// <summary>
    /// The session that makes the change. The change is refused if that session is over. Null for a change that needs
    /// no session.
    /// </summary>
    public Guid? ActorSessionId { get; init; }

    /// <summary>
    /// The account that makes the change. Null for the operator, and for a change that needs no session.
    /// </summary>
    public Guid? ActorId { get; init; }

    /// <summary>A change made by the operator, who has no session and no address.</summary>
    public static AuditContext ByOperator(string action, Guid accountId, DateTimeOffset now) => new(now, [new AuditEntry
    {
        Id = Guid.CreateVersion7(now),
        At = now,
        AccountId = accountId,
        Action = action,
        Outcome = AuditOutcome.Success,
    }]);
}
