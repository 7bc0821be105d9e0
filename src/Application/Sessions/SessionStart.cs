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
        AccountState verified,
        ScopeSet? asked,
        TokenTransport transport,
        ClientInfo client,
        CancellationToken cancellationToken)
    {
        var account = verified.Account;
        var session = NewSession(account.Id, account.Roles, asked, client);
        var audit = new AuditContext(session.CreatedAt, [EntryOf(session, client)])
        {
            Mails = account.EmailConfirmed ? notices.NewSignIn(account.Id, client, session.CreatedAt) : [],
        };
        return await sessions.TryStartAsync(session, verified.SecurityVersion, audit, cancellationToken)
            ? tokens.Issue(session, account, session.Scope, transport, session.CreatedAt)
            : null;
    }

    /// <summary>Makes the session of an owner who has just authenticated. The caller stores it.</summary>
    /// <inheritdoc cref="TryStartAsync" path="/param[@name='asked']"/>
    public Session NewSession(
        Guid accountId, IReadOnlyCollection<string> roles, ScopeSet? asked, ClientInfo client)
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
            Amr = "pwd",
        };
    }

    /// <summary>Makes the audit entry of the sign-in that starts a session.</summary>
    public static AuditEntry EntryOf(Session session, ClientInfo client) =>
        client.AuditEntry(AuditActions.Login, session.AccountId, session.Id, session.CreatedAt);
}
