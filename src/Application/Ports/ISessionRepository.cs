using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Ports;

/// <summary>Stores the sessions. <see cref="IAccountSecurity"/> ends them when their account changes.</summary>
public interface ISessionRepository
{
    /// <summary>
    /// Starts a session, unless its account has been locked or its security version has changed since its owner
    /// authenticated. What the proof uses up is used up in the same transaction. If the account then has more than <see cref="Session.MaxLivePerAccount"/> live sessions, those that
    /// were used longest ago end.
    /// </summary>
    /// <remarks>
    /// The mails of <paramref name="audit"/> are stored only if the sign-in is unusual
    /// (<see cref="Sessions.SignInDevice.IsUnusual"/>).
    /// </remarks>
    /// <returns>
    /// Null when the account has changed. Then nothing was stored, and the caller verifies the proof again.
    /// <see cref="SecondFactorErrors.InvalidSecondFactor"/>, <see cref="PasskeyErrors.InvalidPasskey"/> or
    /// <see cref="SecondFactorErrors.InvalidMfaToken"/> when something was used up before. Then nothing was stored
    /// either.
    /// </returns>
    Task<Result<StartedSession?>> TryStartAsync(
        Session session, ProofUse use, AuditContext audit, CancellationToken cancellationToken);

    /// <returns>The session, live or ended, and its account. Null when there is no session with this id.</returns>
    Task<AccountSession?> FindAsync(Guid sessionId, CancellationToken cancellationToken);

    /// <summary>Looks up the state of a session that a write depends on.</summary>
    /// <returns>Null when the account is gone.</returns>
    Task<SessionState?> FindStateAsync(
        Guid accountId, Guid sessionId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Reads a session and stores its next generation, unless another request has rotated or ended it since the read.
    /// </summary>
    /// <param name="next">
    /// Gives what <see cref="Session.Rotate"/> makes of the session, or null to leave it as it is. The repository may
    /// call it again after a fresh read. The result of the last call counts.
    /// </param>
    /// <returns>
    /// The session, live or ended, and its account: with the next generation if that was stored, else as it was read.
    /// Null when there is no session with this id.
    /// </returns>
    Task<AccountSession?> RotateAsync(
        Guid sessionId, Func<AccountSession, Session?> next, CancellationToken cancellationToken);

    /// <summary>
    /// Stores what <see cref="Session.Reauthenticate"/> made, unless the session is over or its account has changed
    /// since its owner authenticated.
    /// </summary>
    /// <returns>
    /// The stored session, which a parallel refresh may have rotated. Null and errors are as those of
    /// <see cref="TryStartAsync"/>.
    /// </returns>
    Task<Result<ReauthenticatedSession?>> TryReauthenticateAsync(
        Session reauthenticated, ProofUse use, AuditContext audit, CancellationToken cancellationToken);

    /// <returns>The account's live sessions, newest first.</returns>
    Task<IReadOnlyList<Session>> ListLiveAsync(Guid accountId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a session and revokes its access tokens. The audit entries get the account of the session.
    /// </summary>
    /// <remarks>
    /// Once this has returned, this node refuses the session's tokens, also those of an unknown session or one that was
    /// already over. For these no audit entry is stored.
    /// </remarks>
    Task EndAsync(Guid sessionId, SessionEndReason reason, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>Ends a session like <see cref="EndAsync"/>, if it is live and belongs to the account.</summary>
    /// <returns>False when it is not. Then nothing has changed.</returns>
    Task<bool> TryEndAsync(
        Guid accountId,
        Guid sessionId,
        SessionEndReason reason,
        AuditContext audit,
        CancellationToken cancellationToken);

    /// <summary>Ends all sessions of an account, except one if the caller names it.</summary>
    /// <returns>
    /// <see cref="AccountErrors.NoSuchUser"/> for an unknown account, or <see cref="AccessTokenErrors.TokenRevoked"/>
    /// when the caller's session is over by then. After either error nothing has changed.
    /// </returns>
    Task<Result<Done>> EndAllAsync(
        Guid accountId, Guid? except, SessionEndReason reason, AuditContext audit, CancellationToken cancellationToken);
}

/// <summary>What the start of a session, or a reauthentication, depends on and uses up.</summary>
/// <param name="SecurityVersion">The version of the account when its owner authenticated.</param>
public sealed record ProofUse(int SecurityVersion)
{
    /// <inheritdoc cref="Sessions.AuthenticatedOwner.Factor"/>
    public FactorUse? Factor { get; init; }

    /// <inheritdoc cref="Sessions.AuthenticatedOwner.MfaToken"/>
    public SpentToken? MfaToken { get; init; }

    /// <inheritdoc cref="Sessions.AuthenticatedOwner.PasskeyState"/>
    public SpentToken? PasskeyState { get; init; }

    /// <summary>The mails to store if few recovery codes are left.</summary>
    public IReadOnlyList<MailRequest> MailsIfFewCodesAreLeft { get; init; } = [];
}

/// <param name="RecoveryCodesLeft">The recovery codes that are left after the use of one. Null without a use.</param>
public sealed record StartedSession(int? RecoveryCodesLeft);

/// <inheritdoc cref="StartedSession"/>
public sealed record ReauthenticatedSession(Session Session, Account Account, int? RecoveryCodesLeft);

/// <summary>A session with its account, read at the same moment.</summary>
public sealed record AccountSession(Session Session, Account Account)
{
    /// <summary>The scopes that a refresh may grant now.</summary>
    public ScopeSet GrantableScope => Session.ScopeWithin(ScopeSet.AllowedFor(Account.Roles));
}

/// <summary>The state of a session that a write depends on.</summary>
/// <param name="Roles">The current roles of the account.</param>
/// <param name="IsLive">Whether the session belongs to the account and is not over.</param>
public sealed record SessionState(IReadOnlyList<string> Roles, bool IsLive);
