using CleanJwt.Application.Abstractions;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Configurations;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Sessions;

internal sealed class SessionRepository(IDatabase database, RevocationList revocations, RevocationMetrics metrics) : ISessionRepository
{
    public async Task<bool> TryStartAsync(Session session, int securityVersion, CancellationToken cancellationToken)
    {
        var ended = await database.WriteAsync<List<Guid>?>(
            async (db, abandoned) =>
            {
                // Changes nothing, but takes the row: whoever locks the account or changes its password comes before or after this, not beside it.
                var asVerified = await db.Users
                    .Where(user => user.Id == session.AccountId && user.SecurityVersion == securityVersion && !user.Locked)
                    .ExecuteUpdateAsync(set => set.SetProperty(user => user.SecurityVersion, user => user.SecurityVersion), abandoned);
                if (asVerified == 0)
                {
                    return null;
                }

                db.Sessions.Add(session with
                {
                    UserAgent = Truncate(session.UserAgent, SessionConfiguration.UserAgentLength),
                    IpAddress = Truncate(session.IpAddress, SessionConfiguration.IpAddressLength),
                });
                await db.SaveChangesAsync(abandoned);
                return await EndSurplusAsync(db, session, abandoned);
            },
            cancellationToken);
        ended?.ForEach(revocations.Add);
        return ended is not null;
    }

    public Task<AccountSession?> FindAsync(Guid sessionId, CancellationToken cancellationToken) =>
        database.ReadAsync((db, abandoned) => db.Queries.SessionById(db, sessionId, abandoned), cancellationToken);

    public async Task<bool> TryRotateAsync(Session rotated, CancellationToken cancellationToken)
    {
        var rows = await database.WriteAsync(
            (db, abandoned) => db.Sessions
                .Where(session => session.Id == rotated.Id && session.Generation == rotated.Generation - 1 && session.EndedAt == null)
                .ExecuteUpdateAsync(
                    set => set
                        .SetProperty(session => session.Generation, rotated.Generation)
                        .SetProperty(session => session.RotationId, rotated.RotationId)
                        .SetProperty(session => session.RotatedAt, rotated.RotatedAt)
                        .SetProperty(session => session.LastSeenAt, rotated.LastSeenAt)
                        .SetProperty(session => session.ExpiresAt, rotated.ExpiresAt),
                    abandoned),
            cancellationToken);
        return rows == 1;
    }

    public async Task<IReadOnlyList<Session>> ListLiveAsync(Guid accountId, DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            (db, abandoned) => Live(db, accountId, now)
                .AsNoTracking()
                .OrderByDescending(session => session.CreatedAt).ThenByDescending(session => session.Id)
                .ToListAsync(abandoned),
            cancellationToken);

    public async Task EndAsync(Guid sessionId, SessionEndReason reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = await database.WriteAsync(
            (db, abandoned) => SessionEnding.EndOneAsync(db, sessionId, reason, now, abandoned), cancellationToken);
        revocations.Add(sessionId);
        if (ended > 0 && reason == SessionEndReason.RefreshTokenReused)
        {
            metrics.Reuses.Add(1);
        }
    }

    public async Task<bool> TryEndAsync(
        Guid accountId, Guid sessionId, SessionEndReason reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = await database.WriteAsync(
            (db, abandoned) => SessionEnding.EndSomeAsync(
                db, accountId, Live(db, accountId, now).Where(session => session.Id == sessionId), reason, now, abandoned),
            cancellationToken);
        ended.ForEach(revocations.Add);
        return ended.Contains(sessionId);
    }

    public async Task EndAllAsync(Guid accountId, Guid? except, SessionEndReason reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = await database.WriteAsync(
            (db, abandoned) => SessionEnding.EndSomeAsync(
                db, accountId, db.Sessions.Where(session => session.AccountId == accountId && session.Id != except), reason, now, abandoned),
            cancellationToken);
        ended.ForEach(revocations.Add);
    }

    private static async Task<List<Guid>> EndSurplusAsync(AppDbContext db, Session next, CancellationToken cancellationToken)
    {
        var surplus = await Live(db, next.AccountId, next.CreatedAt)
            .Where(session => session.Id != next.Id)
            .OrderByDescending(session => session.LastSeenAt).ThenByDescending(session => session.Id)
            .Skip(Session.MaxLivePerAccount - 1)
            .Select(session => session.Id)
            .ToListAsync(cancellationToken);
        return surplus.Count == 0
            ? surplus
            : await SessionEnding.EndSomeAsync(
                db, next.AccountId, db.Sessions.Where(session => surplus.Contains(session.Id)), SessionEndReason.TooManySessions, next.CreatedAt,
                cancellationToken);
    }

    private static IQueryable<Session> Live(AppDbContext db, Guid accountId, DateTimeOffset now) =>
        db.Sessions.Where(session => session.AccountId == accountId && session.EndedAt == null && session.ExpiresAt > now);

    private static string? Truncate(string? text, int length) => text?.Length > length ? text[..length] : text;
}
