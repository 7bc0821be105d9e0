using CleanJwt.Domain.Audit;

namespace CleanJwt.Application.Callers;

/// <summary>
/// The signed-in client that makes a request. The ids come from its access token, never from the request itself.
/// </summary>
public sealed record Caller(Guid AccountId, Guid SessionId, ClientInfo Client)
{
    /// <summary>Stands in until the controller sets the caller. It has no account and no session.</summary>
    public static readonly Caller None = new(Guid.Empty, Guid.Empty, ClientInfo.Unknown);

    /// <summary>A change to the caller's own account, with one audit entry.</summary>
    public AuditContext Audit(string action, DateTimeOffset now) =>
        Audit([Client.AuditEntry(action, AccountId, SessionId, now)], now);

    /// <summary>A change that leaves no audit entry.</summary>
    public AuditContext WithoutAudit(DateTimeOffset now) => Audit([], now);

    /// <summary>The audit entry for a request of the caller that was refused.</summary>
    public AuditEntry AuditFailure(string action, DateTimeOffset now) =>
        Client.AuditEntry(action, AccountId, SessionId, now, AuditOutcome.Failure);

    /// <summary>
    /// A change by an administrator to an account, which may be their own. Each of the two accounts gets an entry that
    /// names the other; a change to one's own account gets one entry. The changed account does not learn the
    /// administrator's address or session.
    /// </summary>
    public AuditContext Audit(AdministrativeAction action, Guid targetId, DateTimeOffset now)
    {
        var actor = Client.AuditEntry(action.ActorAction, AccountId, SessionId, now);
        var target = ClientInfo.Unknown.AuditEntry(action.TargetAction, targetId, sessionId: null, now);
        return targetId == AccountId
            ? Audit([actor], now)
            : Audit([actor with { OtherAccountId = targetId }, target with { OtherAccountId = AccountId }], now);
    }

    private AuditContext Audit(IReadOnlyList<AuditEntry> entries, DateTimeOffset now) =>
        new(now, entries) { ActorId = AccountId, ActorSessionId = SessionId };
}
