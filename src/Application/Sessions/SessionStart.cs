using CleanJwt.Application.Accounts;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Sessions;

/// <summary>
/// Starts the session of an account whose owner has just authenticated, or gives a session a fresh <c>auth_time</c>,
/// and issues its tokens. No other code does either.
/// </summary>
/// <remarks>
/// So an account whose second factor is on gets no session and no fresh <c>auth_time</c> without it, on any route.
/// </remarks>
public sealed class SessionStart(
    ISessionRepository sessions,
    SessionTokens tokens,
    SessionOptions options,
    AccountOptions accounts,
    Notices notices,
    TimeProvider time)
{
    /// <param name="asked">The scopes that the client asked for. Null grants all that the account may have.</param>
    /// <returns>
    /// The tokens; <see cref="AccountErrors.AccountLocked"/>, <see cref="SessionErrors.InvalidScope"/> or
    /// <see cref="AccountErrors.EmailNotConfirmed"/>; <see cref="SecondFactorErrors.Required"/> when the account's
    /// sign-in asks for more; the error of what was used up before; or null when the account has changed since. Without
    /// tokens nothing was stored.
    /// </returns>
    public async Task<Result<Tokens?>> TryStartAsync(
        AuthenticatedOwner owner,
        ScopeSet? asked,
        TokenTransport transport,
        ClientInfo client,
        CancellationToken cancellationToken)
    {
        var account = owner.Account.Account;
        if (owner.Account.Locked)
        {
            return AccountErrors.AccountLocked;
        }

        if (asked?.IsSubsetOf(ScopeSet.AllowedFor(account.Roles)) == false)
        {
            return SessionErrors.InvalidScope;
        }

        if (accounts.RequireConfirmedEmail && !account.EmailConfirmed)
        {
            return AccountErrors.EmailNotConfirmed;
        }

        if (owner.IsTooWeak)
        {
            return SecondFactorErrors.Required;
        }

        var session = NewSession(account.Id, account.Roles, asked, owner.Proof, client) with
        {
            PasskeyId = (owner.Factor as FactorUse.Passkey)?.Id,
        };
        var audit = new AuditContext(session.CreatedAt, [EntryOf(session, client)])
        {
            Mails = account.EmailConfirmed ? notices.NewSignIn(account.Id, client, session.CreatedAt) : [],
        };
        var started = await sessions.TryStartAsync(
            session, UseOf(owner, client, session.CreatedAt), audit, cancellationToken);
        if (!started.IsSuccess)
        {
            return started.Error;
        }

        return started.Value is { } stored
            ? tokens.Issue(session, account, session.Scope, transport, session.CreatedAt) with
            {
                RecoveryCodesLeft = stored.RecoveryCodesLeft,
            }
            : Result.Of<Tokens?>(null);
    }

    /// <summary>Gives the caller's session a fresh <c>auth_time</c>. Its refresh token stays valid.</summary>
    /// <returns>
    /// As <see cref="TryStartAsync"/>, and <see cref="AccessTokenErrors.TokenRevoked"/> or
    /// <see cref="AccessTokenErrors.TokenExpired"/> when the session is over.
    /// </returns>
    public async Task<Result<Tokens?>> TryReauthenticateAsync(
        AuthenticatedOwner owner, Caller caller, TokenTransport transport, CancellationToken cancellationToken)
    {
        if (owner.IsTooWeak)
        {
            return SecondFactorErrors.Required;
        }

        var now = time.GetUtcNow();
        if (await sessions.FindAsync(caller.SessionId, cancellationToken) is not var (session, _)
            || !session.IsLive(now))
        {
            return AccessTokenErrors.TokenRevoked;
        }

        var stored = await sessions.TryReauthenticateAsync(
            session.Reauthenticate(owner.Proof, now, options.ExpiryOf(session.CreatedAt, now)),
            UseOf(owner, caller.Client, now),
            caller.Audit(AuditActions.Reauthenticate, now),
            cancellationToken);
        if (!stored.IsSuccess || stored.Value is not { Session: var renewed, Account: var account } done)
        {
            return stored.IsSuccess ? Result.Of<Tokens?>(null) : stored.Error;
        }

        var handsOver = options.HandsOverAgain(renewed, transport, now);
        var issued = tokens.Issue(renewed, account, renewed.Scope, handsOver ? transport : null, now);
        return issued.ExpiresIn > 0
            ? issued with { RecoveryCodesLeft = done.RecoveryCodesLeft }
            : AccessTokenErrors.TokenExpired; // the session is over
    }

    /// <summary>Makes the session of an owner who has just authenticated. The caller stores it.</summary>
    /// <inheritdoc cref="TryStartAsync" path="/param[@name='asked']"/>
    public Session NewSession(
        Guid accountId, IReadOnlyCollection<string> roles, ScopeSet? asked, Proof proof, ClientInfo client)
    {
        var now = time.GetUtcNow();
        return new Session
        {
            Id = Guid.CreateVersion7(now),
            AccountId = accountId,
            CreatedAt = now,
            LastSeenAt = now,
            ExpiresAt = options.ExpiryOf(now, now),
            UserAgent = client.UserAgent,
            IpAddress = client.IpAddress,
            Scope = asked ?? ScopeSet.AllowedFor(roles),
            HasAllScopes = asked is null,
            AuthTime = now,
            Acr = proof.Acr,
            Amr = proof.Amr,
        };
    }

    /// <summary>Makes the audit entry of the sign-in that starts a session.</summary>
    public static AuditEntry EntryOf(Session session, ClientInfo client) =>
        client.AuditEntry(AuditActions.Login, session.AccountId, session.Id, session.CreatedAt);

    private ProofUse UseOf(AuthenticatedOwner owner, ClientInfo client, DateTimeOffset now) =>
        new(owner.Account.SecurityVersion)
        {
            Factor = owner.Factor,
            MfaToken = owner.MfaToken,
            PasskeyState = owner.PasskeyState,
            MailsIfFewCodesAreLeft = owner.Factor is FactorUse.RecoveryCode
                ? notices.FewRecoveryCodes(owner.Account.Account.Id, client, now)
                : [],
        };
}
