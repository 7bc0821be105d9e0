using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Audit;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Sessions;

internal sealed class SessionRepository(
    IDatabase database, IFrequentReads reads, RevocationList revocations, RevocationMetrics metrics) : ISessionRepository
{
    public async Task<bool> TryStartAsync(Session session, int securityVersion, AuditContext audit, CancellationToken cancellationToken)
    {
        var ended = await database.WriteAsync<List<Guid>?>(
            async (db, abandoned) =>
            {
                if (!await TakeAsVerifiedAsync(db, session.AccountId, securityVersion, abandoned))
                {
                    return null;
                }

                await InsertAsync(db, session, abandoned);
                await AuditLog.AddAsync(db, audit.Entries, abandoned);
                return await EndSurplusAsync(db, session, abandoned);
            },
            cancellationToken);
        ended?.ForEach(revocations.Add);
        return ended is not null;
    }

    public Task<AccountSession?> FindAsync(Guid sessionId, CancellationToken cancellationToken) =>
        reads.FindSessionAsync(sessionId, cancellationToken);

    public Task<SessionState?> FindStateAsync(Guid accountId, Guid sessionId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync((db, abandoned) => db.Queries.SessionStateById(db, accountId, sessionId, now, abandoned), cancellationToken);

    // Carried out twice, it finds its own rotation id in the session.
    public Task<AccountSession?> RotateAsync(Guid sessionId, Func<AccountSession, Session?> next, CancellationToken cancellationToken) => database.WriteOneAsync(
        async (db, abandoned) =>
        {
            var found = await db.FindSessionAsync(sessionId, abandoned);
            return found is not null && next(found) is { } rotated && await TryUpdateAsync(db, rotated, abandoned)
                ? found with { Session = rotated }
                : found;
        },
        cancellationToken);

    public Task<AccountSession?> TryReauthenticateAsync(
        Session reauthenticated, int securityVersion, AuditContext audit, CancellationToken cancellationToken) => database.WriteAsync(
            async (db, abandoned) =>
            {
                if (!await TakeAsVerifiedAsync(db, reauthenticated.AccountId, securityVersion, abandoned))
                {
                    return null;
                }

                // The generation stays as a refresh at the same time may leave it.
                var updated = await Live(db, reauthenticated.AccountId, audit.At)
                    .Where(session => session.Id == reauthenticated.Id)
                    .ExecuteUpdateAsync(
                        set => set
                            .SetProperty(session => session.AuthTime, reauthenticated.AuthTime)
                            .SetProperty(session => session.LastSeenAt, reauthenticated.LastSeenAt)
                            .SetProperty(session => session.ExpiresAt, reauthenticated.ExpiresAt),
                        abandoned);
                if (updated == 0)
                {
                    return null;
                }

                await AuditLog.AddAsync(db, audit.Entries, abandoned);
                return await db.FindSessionAsync(reauthenticated.Id, abandoned);
            },
            cancellationToken);

    public async Task<IReadOnlyList<Session>> ListLiveAsync(Guid accountId, DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            (db, abandoned) => Live(db, accountId, now)
                .AsNoTracking()
                .OrderByDescending(session => session.CreatedAt).ThenByDescending(session => session.Id)
                .ToListAsync(abandoned),
            cancellationToken);

    public async Task EndAsync(Guid sessionId, SessionEndReason reason, AuditContext audit, CancellationToken cancellationToken)
    {
        var ended = await database.WriteAsync(
            async (db, abandoned) =>
            {
                var accountId = await db.Sessions
                    .Where(session => session.Id == sessionId && session.EndedAt == null)
                    .Select(session => (Guid?)session.AccountId)
                    .SingleOrDefaultAsync(abandoned);
                if (accountId is null)
                {
                    return 0;
                }

                await AuditLog.AddAsync(db, audit.Entries.Select(entry => entry with { AccountId = accountId }), abandoned);
                return await SessionEnding.EndOneAsync(db, sessionId, reason, audit.At, abandoned);
            },
            cancellationToken);
        revocations.Add(sessionId);
        if (ended > 0 && reason == SessionEndReason.RefreshTokenReused)
        {
            metrics.Reuses.Add(1);
        }
    }

    public async Task<bool> TryEndAsync(
        Guid accountId, Guid sessionId, SessionEndReason reason, AuditContext audit, CancellationToken cancellationToken)
    {
        var ended = await database.WriteAsync(
            async (db, abandoned) =>
            {
                var own = Live(db, accountId, audit.At).Where(session => session.Id == sessionId);
                if (await ActingSession.IsOverAsync(db, audit, abandoned) || !await own.AnyAsync(abandoned))
                {
                    return [];
                }

                // Another may have ended it since it was looked at. Then there is nothing to tell.
                var over = await SessionEnding.EndSomeAsync(db, accountId, own, reason, audit.At, abandoned);
                if (over.Contains(sessionId))
                {
                    await AuditLog.AddAsync(db, audit.Entries, abandoned);
                }

                return over;
            },
            cancellationToken);
        ended.ForEach(revocations.Add);
        return ended.Contains(sessionId);
    }

    public async Task<Result<Done>> EndAllAsync(
        Guid accountId, Guid? except, SessionEndReason reason, AuditContext audit, CancellationToken cancellationToken)
    {
        var ended = await database.WriteAsync<Result<List<Guid>>>(
            async (db, abandoned) =>
            {
                if (await ActingSession.IsOverAsync(db, audit, abandoned))
                {
                    return AccessTokenErrors.TokenRevoked;
                }

                if (!await db.Users.AnyAsync(user => user.Id == accountId, abandoned))
                {
                    return AccountErrors.NoSuchUser;
                }

                await AuditLog.AddAsync(db, audit.Entries, abandoned);
                return await SessionEnding.EndSomeAsync(
                    db, accountId, db.Sessions.Where(session => session.AccountId == accountId && session.Id != except), reason, audit.At, abandoned);
            },
            cancellationToken);
        if (!ended.IsSuccess)
        {
            return ended.Error;
        }

        ended.Value.ForEach(revocations.Add);
        return default(Done);
    }

    // As text, since EF Core takes as long to translate an update, each time anew, as the database to carry it out.
    // A session that named its scopes keeps the text of its row: it may hold names that only nodes of a newer version know.
    private static async Task<bool> TryUpdateAsync(AppDbContext db, Session rotated, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            $"""
            UPDATE Sessions
            SET Generation = {rotated.Generation}, RotationId = {rotated.RotationId}, RotatedAt = {rotated.RotatedAt?.UtcDateTime},
                LastSeenAt = {rotated.LastSeenAt.UtcDateTime}, ExpiresAt = {rotated.ExpiresAt.UtcDateTime},
                Scope = CASE HasAllScopes WHEN 1 THEN {rotated.Scope.ToString()} ELSE Scope END
            WHERE Id = {rotated.Id} AND Generation = {rotated.Generation - 1} AND EndedAt IS NULL
            """,
            cancellationToken) == 1;

    /// <summary>Changes nothing, but takes the account's row: whoever locks it or changes its password comes before or after this, not beside it.</summary>
    /// <returns>False when somebody came before.</returns>
    private static async Task<bool> TakeAsVerifiedAsync(AppDbContext db, Guid accountId, int securityVersion, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            $"UPDATE AspNetUsers SET SecurityVersion = SecurityVersion WHERE Id = {accountId} AND SecurityVersion = {securityVersion} AND Locked = 0",
            cancellationToken) == 1;

    private static Task<int> InsertAsync(AppDbContext db, Session session, CancellationToken cancellationToken) => db.ExecuteAsync(
        $"""
        INSERT INTO Sessions (Id, AccountId, CreatedAt, LastSeenAt, ExpiresAt, Generation, RotatedAt, RotationId, EndedAt, EndReason, UserAgent, IpAddress, Scope, HasAllScopes, AuthTime, Amr)
        VALUES ({session.Id}, {session.AccountId}, {session.CreatedAt.UtcDateTime}, {session.LastSeenAt.UtcDateTime}, {session.ExpiresAt.UtcDateTime},
            {session.Generation}, {session.RotatedAt?.UtcDateTime}, {session.RotationId}, {session.EndedAt?.UtcDateTime}, {(int?)session.EndReason},
            {session.UserAgent}, {session.IpAddress}, {session.Scope.ToString()}, {session.HasAllScopes}, {session.AuthTime.UtcDateTime}, {session.Amr})
        """,
        cancellationToken);

    private static async Task<List<Guid>> EndSurplusAsync(AppDbContext db, Session next, CancellationToken cancellationToken)
    {
        var surplus = await db.FindSurplusSessionsAsync(next.AccountId, next.Id, next.CreatedAt, cancellationToken);
        return surplus.Count == 0
            ? surplus
            : await SessionEnding.EndSomeAsync(
                db, next.AccountId, db.Sessions.Where(session => surplus.Contains(session.Id)), SessionEndReason.TooManySessions, next.CreatedAt,
                cancellationToken);
    }

    private static IQueryable<Session> Live(AppDbContext db, Guid accountId, DateTimeOffset now) =>
        db.Sessions.Where(session => session.AccountId == accountId && session.EndedAt == null && session.ExpiresAt > now);
}
