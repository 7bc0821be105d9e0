using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Ports;

/// <summary>The sessions. What ends one for the account's sake is in <see cref="IAccountSecurity"/>.</summary>
public interface ISessionRepository
{
    /// <summary>
    /// Starts a session if its account still is as it was verified: not locked, and of that security version. Of more than
    /// <see cref="Session.MaxLivePerAccount"/> live ones, those used longest ago end.
    /// </summary>
    /// <returns>False when it is not; then nothing was stored, and the caller decides again on a fresh look.</returns>
    Task<bool> TryStartAsync(Session session, int securityVersion, AuditContext audit, CancellationToken cancellationToken);

    /// <returns>The session, ended or not, and its account; null when there is none of this id.</returns>
    Task<AccountSession?> FindAsync(Guid sessionId, CancellationToken cancellationToken);

    /// <summary>Looks up what a write needs to know of the session it comes with.</summary>
    /// <returns>Null when the account is gone.</returns>
    Task<SessionState?> FindStateAsync(Guid accountId, Guid sessionId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Looks a session up, and stores the next generation that is made of it, unless somebody else is faster.</summary>
    /// <param name="next">
    /// Gives what <see cref="Session.Rotate"/> makes of the session, or null to leave it as it is. The repository may call it again after a fresh
    /// read; the last answer counts.
    /// </param>
    /// <returns>
    /// The session, ended or not, and its account: with the next generation once that is stored, and else as it was found. Null when there is none of this id.
    /// </returns>
    Task<AccountSession?> RotateAsync(Guid sessionId, Func<AccountSession, Session?> next, CancellationToken cancellationToken);

    /// <summary>Stores what <see cref="Session.Reauthenticate"/> made, if the session is not over and its account still is as it was verified.</summary>
    /// <returns>The session as it is then: a refresh at the same time may have rotated it. Null when nothing was stored.</returns>
    Task<AccountSession?> TryReauthenticateAsync(Session reauthenticated, int securityVersion, AuditContext audit, CancellationToken cancellationToken);

    /// <returns>The account's live sessions, the newest first.</returns>
    Task<IReadOnlyList<Session>> ListLiveAsync(Guid accountId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends a session and revokes its access tokens. The trail is that of its account, whichever that is.</summary>
    /// <remarks>When this has answered, this node refuses the session's tokens, also if it was over already or is unknown; then there is no trail.</remarks>
    Task EndAsync(Guid sessionId, SessionEndReason reason, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>As <see cref="EndAsync"/>, for a session that must be live and the account's own.</summary>
    /// <returns>False when it is not; then nothing has changed.</returns>
    Task<bool> TryEndAsync(Guid accountId, Guid sessionId, SessionEndReason reason, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>Ends all sessions of an account, but for one that may be spared.</summary>
    /// <returns>
    /// <see cref="AccountErrors.NoSuchUser"/> when there is no such account, <see cref="AccessTokenErrors.TokenRevoked"/> when the session that does
    /// it is over by then; either way nothing has changed.
    /// </returns>
    Task<Result<Done>> EndAllAsync(Guid accountId, Guid? except, SessionEndReason reason, AuditContext audit, CancellationToken cancellationToken);
}

/// <summary>A session with its account, read at the same moment.</summary>
public sealed record AccountSession(Session Session, Account Account)
{
    /// <summary>The scopes that a refresh may grant now.</summary>
    public ScopeSet GrantableScope => Session.ScopeWithin(ScopeSet.AllowedFor(Account.Roles));
}

/// <param name="Roles">Of the account, as they are now.</param>
/// <param name="IsLive">Whether the session is the account's, and not over.</param>
public sealed record SessionState(IReadOnlyList<string> Roles, bool IsLive);
