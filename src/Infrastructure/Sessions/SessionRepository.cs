using CleanJwt.Application.Abstractions;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Configurations;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Sessions;

internal sealed class SessionRepository(AppDbContext db, RevocationList revocations, RevocationMetrics metrics) : ISessionRepository
{
    public async Task<bool> TryStartAsync(Session session, int securityVersion, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);

        // Changes nothing, but takes the row: whoever locks the account or changes its password comes before or after this, not beside it.
        var asVerified = await db.Users
            .Where(user => user.Id == session.AccountId && user.SecurityVersion == securityVersion && !user.Locked)
            .ExecuteUpdateAsync(set => set.SetProperty(user => user.SecurityVersion, user => user.SecurityVersion), cancellationToken);
        if (asVerified == 0)
        {
            return false;
        }

        var surplus = await Live(session.AccountId, session.CreatedAt)
            .OrderByDescending(other => other.LastSeenAt).ThenByDescending(other => other.Id)
            .Skip(Session.MaxLivePerAccount - 1)
            .Select(other => other.Id)
            .ToListAsync(cancellationToken);
        if (surplus.Count > 0)
        {
            await EndAsync(
                db.Sessions.Where(other => surplus.Contains(other.Id)),
                RevokeEnded(session.AccountId, session.CreatedAt),
                SessionEndReason.TooManySessions, session.CreatedAt, cancellationToken);
        }

        db.Sessions.Add(session with
        {
            UserAgent = Truncate(session.UserAgent, SessionConfiguration.UserAgentLength),
            IpAddress = Truncate(session.IpAddress, SessionConfiguration.IpAddressLength),
        });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        surplus.ForEach(revocations.Add);
        return true;
    }

    public Task<AccountSession?> FindAsync(Guid sessionId, CancellationToken cancellationToken) =>
        db.Queries.SessionById(db, sessionId, cancellationToken);

    public async Task<bool> TryRotateAsync(Session rotated, CancellationToken cancellationToken)
    {
        var rows = await db.Sessions
            .Where(session => session.Id == rotated.Id && session.Generation == rotated.Generation - 1 && session.EndedAt == null)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(session => session.Generation, rotated.Generation)
                    .SetProperty(session => session.RotationId, rotated.RotationId)
                    .SetProperty(session => session.RotatedAt, rotated.RotatedAt)
                    .SetProperty(session => session.LastSeenAt, rotated.LastSeenAt)
                    .SetProperty(session => session.ExpiresAt, rotated.ExpiresAt),
                cancellationToken);
        return rows == 1;
    }

    public async Task<IReadOnlyList<Session>> ListLiveAsync(Guid accountId, DateTimeOffset now, CancellationToken cancellationToken) =>
        await Live(accountId, now)
            .AsNoTracking()
            .OrderByDescending(session => session.CreatedAt).ThenByDescending(session => session.Id)
            .ToListAsync(cancellationToken);

    public async Task EndAsync(Guid sessionId, SessionEndReason reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = await InTransactionAsync(
            () => EndAsync(db.Sessions.Where(session => session.Id == sessionId), RevokeOne(sessionId, now), reason, now, cancellationToken),
            cancellationToken);
        revocations.Add(sessionId);
        if (ended > 0 && reason == SessionEndReason.RefreshTokenReused)
        {
            metrics.Reuses.Add(1);
        }
    }

    public async Task<bool> TryEndAsync(
        Guid accountId, Guid sessionId, SessionEndReason reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = await InTransactionAsync(
            () => EndAsync(
                Live(accountId, now).Where(session => session.Id == sessionId), RevokeOne(sessionId, now), reason, now, cancellationToken),
            cancellationToken);
        if (ended == 0)
        {
            return false;
        }

        revocations.Add(sessionId);
        return true;
    }

    public async Task EndAllAsync(Guid accountId, Guid? except, SessionEndReason reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = await InTransactionAsync(
            async () =>
            {
                await EndAsync(
                    db.Sessions.Where(session => session.AccountId == accountId && session.Id != except),
                    RevokeEnded(accountId, now), reason, now, cancellationToken);
                return await db.Sessions
                    .Where(session => session.AccountId == accountId && session.EndedAt == now)
                    .Select(session => session.Id)
                    .ToListAsync(cancellationToken);
            },
            cancellationToken);
        ended.ForEach(revocations.Add);
    }

    /// <summary>Ends every session there is, whoever's, in the caller's transaction. For a database that no node is serving.</summary>
    /// <returns>How many were not over yet.</returns>
    public Task<int> EndEverythingAsync(DateTimeOffset now, CancellationToken cancellationToken) => EndAsync(
        db.Sessions,
        $"INSERT INTO Revocations (SessionId) SELECT Id FROM Sessions WHERE EndedAt = {now.UtcDateTime}",
        SessionEndReason.EndedByOperator, now, cancellationToken);

    // What ends together carries the same moment, by which it is found again: also by a retry that finds its first try's work done.
    private static FormattableString RevokeEnded(Guid accountId, DateTimeOffset endedAt) =>
        $"INSERT INTO Revocations (SessionId) SELECT Id FROM Sessions WHERE AccountId = {accountId} AND EndedAt = {endedAt.UtcDateTime}";

    private static FormattableString RevokeOne(Guid sessionId, DateTimeOffset endedAt) =>
        $"INSERT INTO Revocations (SessionId) SELECT Id FROM Sessions WHERE Id = {sessionId} AND EndedAt = {endedAt.UtcDateTime}";

    private static string? Truncate(string? text, int length) => text?.Length > length ? text[..length] : text;

    private IQueryable<Session> Live(Guid accountId, DateTimeOffset now) =>
        db.Sessions.Where(session => session.AccountId == accountId && session.EndedAt == null && session.ExpiresAt > now);

    /// <summary>The one place where sessions end, in the caller's transaction. The revocations come last: the less time, the less waits for them.</summary>
    /// <returns>How many did.</returns>
    private async Task<int> EndAsync(
        IQueryable<Session> sessions, FormattableString revoke, SessionEndReason reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = await sessions
            .Where(session => session.EndedAt == null)
            .ExecuteUpdateAsync(
                set => set.SetProperty(session => session.EndedAt, now).SetProperty(session => session.EndReason, reason),
                cancellationToken);
        if (ended > 0)
        {
            await db.Database.ExecuteSqlAsync(revoke, cancellationToken);
        }

        return ended;
    }

    private async Task<T> InTransactionAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var result = await work();
        await transaction.CommitAsync(cancellationToken);
        return result;
    }
}
