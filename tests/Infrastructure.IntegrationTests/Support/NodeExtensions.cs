using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Passwords;
using CleanJwt.Infrastructure.Passwords.Throttle;
using CleanJwt.Infrastructure.Persistence;

namespace CleanJwt.Infrastructure.IntegrationTests.Support;

internal static class NodeExtensions
{
    /// <returns>The id of a new account, whose password is <see cref="Node.Password"/>.</returns>
    public static async Task<Guid> AddAccountAsync(this Node node)
    {
        var account = await node.AddAccountAsync(EmailAddress.Parse($"test+{Guid.NewGuid():N}@example.com"));
        return account.Value.Id;
    }

    public static Task<Result<Account>> AddAccountAsync(this Node node, EmailAddress email)
    {
        var account = new NewAccount(Guid.CreateVersion7(), email, DisplayName: null, Roles: []);
        return node.WithUsersAsync(users => users.AddAsync(account, Node.Password, node.Audit(), default));
    }

    /// <summary>An act at the node's time, with nothing for the trail.</summary>
    public static AuditContext Audit(this Node node) => new(node.Time.GetUtcNow(), []);

    /// <summary>Reserves a try as on a node of its own: one has few places for each key.</summary>
    public static Task<Result<AttemptReservation>> ReserveElsewhereAsync(
        this Node node, EmailAddress email, ClientNetwork from, CancellationToken cancellationToken) =>
        new PasswordThrottle(
            node.Get<IDatabase>(),
            node.Get<AttemptKeys>(),
            node.Get<PasswordHashingService>(),
            new ThrottleLimits(),
            node.Time)
            .ReserveAsync(email, from, cancellationToken);

    public static Task EndSessionAsync(
        this Node node, Guid sessionId, SessionEndReason reason = SessionEndReason.Logout) =>
        node.Get<ISessionRepository>().EndAsync(sessionId, reason, node.Audit(), default);

    /// <summary>Offers the next generation of a session as it was known, whatever it is by now.</summary>
    /// <returns>Whether it was stored.</returns>
    public static async Task<bool> TryRotateAsync(this Node node, Session known)
    {
        var now = node.Time.GetUtcNow();
        var rotated = known.Rotate(Guid.NewGuid(), now, now.AddDays(14), ScopeSet.AllowedFor([]));
        var found = await node.Get<ISessionRepository>().RotateAsync(known.Id, _ => rotated, default);
        return found?.Session.RotationId == rotated.RotationId;
    }

    public static async Task<Session> StartSessionAsync(this Node node, Guid accountId) =>
        await node.TryStartSessionAsync(accountId, securityVersion: 1) ?? throw new InvalidOperationException(
            "The session was not started.");

    /// <returns>Null when it was not started.</returns>
    public static async Task<Session?> TryStartSessionAsync(this Node node, Guid accountId, int securityVersion)
    {
        var now = node.Time.GetUtcNow();
        var session = new Session
        {
            Id = Guid.CreateVersion7(now),
            AccountId = accountId,
            CreatedAt = now,
            LastSeenAt = now,
            ExpiresAt = now.AddDays(14),
            Scope = ScopeSet.AllowedFor([]),
            AuthTime = now,
            Amr = "pwd",
        };
        var started = await node.Get<ISessionRepository>().TryStartAsync(
            session, new ProofUse(securityVersion), node.Audit(), default);
        return started.Value is null ? null : session;
    }
}
