using CleanJwt.Application.Abstractions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Infrastructure.IntegrationTests.Support;

internal static class NodeExtensions
{
    /// <returns>The id of a new account, whose password is <see cref="Node.Password"/>.</returns>
    public static async Task<Guid> AddAccountAsync(this Node node)
    {
        var email = EmailAddress.Parse($"test+{Guid.NewGuid():N}@example.com");
        var account = await node.WithUsersAsync(users => users.AddAsync(email, Node.Password, displayName: null, default));
        return account.Value.Id;
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
        return await node.Get<ISessionRepository>().TryStartAsync(session, securityVersion, default) ? session : null;
    }
}
