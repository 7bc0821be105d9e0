using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Abstractions;

/// <summary>The sessions, and the only place where one ends.</summary>
public interface ISessionRepository
{
    /// <summary>
    /// Starts a session if its account still is as it was verified: not locked, and of that security version. Of more than
    /// <see cref="Session.MaxLivePerAccount"/> live ones, those used longest ago end.
    /// </summary>
    /// <returns>False when it is not; then nothing was stored, and the caller decides again on a fresh look.</returns>
    Task<bool> TryStartAsync(Session session, int securityVersion, CancellationToken cancellationToken);

    /// <returns>The session, ended or not, and its account; null when there is none of this id.</returns>
    Task<AccountSession?> FindAsync(Guid sessionId, CancellationToken cancellationToken);

    /// <summary>Stores what <see cref="Session.Rotate"/> made, if the generation before is still the current one and the session is not over.</summary>
    /// <returns>False when it is not: somebody else was faster, and the caller decides again on a fresh look.</returns>
    Task<bool> TryRotateAsync(Session rotated, CancellationToken cancellationToken);

    /// <returns>The account's live sessions, the newest first.</returns>
    Task<IReadOnlyList<Session>> ListLiveAsync(Guid accountId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends a session and revokes its access tokens.</summary>
    /// <remarks>When this has answered, this node refuses the session's tokens, also if it was over already or is unknown.</remarks>
    Task EndAsync(Guid sessionId, SessionEndReason reason, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>As <see cref="EndAsync"/>, for a session that must be live and the account's own.</summary>
    /// <returns>False when it is not; then nothing has changed.</returns>
    Task<bool> TryEndAsync(Guid accountId, Guid sessionId, SessionEndReason reason, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends all sessions of an account, but for one that may be spared.</summary>
    Task EndAllAsync(Guid accountId, Guid? except, SessionEndReason reason, DateTimeOffset now, CancellationToken cancellationToken);
}

public sealed record AccountSession(Session Session, Account Account);
