using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Sessions;

/// <summary>Starts the session of an account whose owner has just authenticated, and issues its first tokens.</summary>
public sealed class SessionStart(
    ISessionRepository sessions, SessionTokens tokens, SessionOptions options, Notices notices, TimeProvider time)
{
    /// <param name="asked">The scopes that the client asked for. Null grants all that the account may have.</param>
    /// <returns>Null when the account has changed since. Then nothing was stored.</returns>
    public async Task<Tokens?> TryStartAsync(
        AccountState verified, ScopeSet? asked, ClientInfo client, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var account = verified.Account;
        var session = new Session
        {
            Id = Guid.CreateVersion7(now),
            AccountId = account.Id,
            CreatedAt = now,
            LastSeenAt = now,
            ExpiresAt = options.ExpiryOf(now, now),
            UserAgent = client.UserAgent,
            IpAddress = client.IpAddress,
            Scope = asked ?? ScopeSet.AllowedFor(account.Roles),
            HasAllScopes = asked is null,
            AuthTime = now,
            Amr = "pwd",
        };
        var entry = client.AuditEntry(AuditActions.Login, account.Id, session.Id, now);
        var audit = new AuditContext(now, [entry])
        {
            Mails = account.EmailConfirmed ? notices.NewSignIn(account.Id, client, now) : [],
        };
        return await sessions.TryStartAsync(session, verified.SecurityVersion, audit, cancellationToken)
            ? tokens.Issue(session, account, session.Scope, now)
            : null;
    }
}
