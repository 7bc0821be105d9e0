using CleanJwt.Application.Abstractions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Activities;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Identity;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Throttling;

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
        return node.WithUsersAsync(users => users.AddAsync(account, Node.Password, node.Act(), default));
    }

    /// <summary>An act at the node's time, with nothing for the trail.</summary>
    public static Act Act(this Node node) => new(node.Time.GetUtcNow(), []);

    /// <summary>Reserves a try as on a node of its own: one has few places for each key.</summary>
    public static Task<Result<ReservedTry>> ReserveElsewhereAsync(this Node node, EmailAddress email, ClientNetwork from, CancellationToken cancellationToken) =>
        new PasswordThrottle(node.Get<IDatabase>(), node.Get<TryKeys>(), node.Get<Passwords>(), new ThrottleBounds(), node.Time)
            .ReserveAsync(email, from, cancellationToken);

    public static Task EndSessionAsync(this Node node, Guid sessionId, SessionEndReason reason = SessionEndReason.Logout) =>
        node.Get<ISessionRepository>().EndAsync(sessionId, reason, node.Act(), default);

    /// <summary>Offers the next generation of a session as it was known, whatever it is by now.</summary>
    /// <returns>Whether it was stored.</returns>
    public static async Task<bool> TryRotateAsync(this Node node, Session known)
    {
        var now = node.Time.GetUtcNow();
        var rotated = known.Rotate(Guid.NewGuid(), now, now.AddDays(14));
        var found = await node.Get<ISessionRepository>().RotateAsync(known.Id, _ => rotated, default);
        return found?.Session.RotationId == rotated.RotationId;
    }

    public static async Task<Session> StartSessionAsync(this Node node, Guid accountId) =>
        await node.TryStartSessionAsync(accountId, securityVersion: 1) ?? throw new InvalidOperationException("The session was not started.");

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
        return await node.Get<ISessionRepository>().TryStartAsync(session, securityVersion, node.Act(), default) ? session : null;
    }
}
