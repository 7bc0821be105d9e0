using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Mail;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;
using CleanJwt.Infrastructure.Revocation;
using CleanJwt.Infrastructure.SecondFactors;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Sessions;

internal sealed class SessionRepository(
    IDatabase database,
    RevocationList revocations,
    ProofUses proofs,
    OutboxWriter outbox,
    RevocationMetrics metrics) : ISessionRepository
{
    public async Task<Result<StartedSession?>> TryStartAsync(
        Session session, ProofUse use, AuditContext audit, CancellationToken cancellationToken)
    {
        IReadOnlyList<MailRequest> mails = [];
        Result<UsedProof> used = UsedProof.Nothing;
        var ended = await database.WriteAsync<List<Guid>?>(
            async (db, abandoned) =>
            {
                if (!await db.TryLockRowAsync(session.AccountId, use.SecurityVersion, abandoned))
                {
                    return null;
                }

                used = await proofs.UseUpAsync(db, session.AccountId, use, audit.At, abandoned);
                if (!used.IsSuccess || used.Value.WasUsedBefore)
                {
                    return [];
                }

                // Few accounts reach the limit. Counting needs no sorting, for which SQLite would allocate some twenty
                // pages.
                var count = await db.InsertSessionAndCountAsync(session, audit.Entries, abandoned);
                mails = audit.Mails.Count > 0 && await IsUnusualAsync(db, session, abandoned) ? audit.Mails : [];
                await outbox.AddAsync(db, mails, abandoned);
                return count > Session.MaxLivePerAccount ? await EndSurplusAsync(db, session, abandoned) : [];
            },
            cancellationToken);
        ended?.ForEach(revocations.Add);
        outbox.Wake(mails);
        if (ended is null)
        {
            return Result.Of<StartedSession?>(null);
        }

        return used.IsSuccess ? Started(used.Value, use) : used.Error;
    }

    public Task<AccountSession?> FindAsync(Guid sessionId, CancellationToken cancellationToken) =>
        database.ReadAsync((db, abandoned) => db.FindSessionAsync(sessionId, abandoned), cancellationToken);

    public Task<SessionState?> FindStateAsync(
        Guid accountId, Guid sessionId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(
            (db, abandoned) => db.FindSessionStateAsync(accountId, sessionId, now, abandoned), cancellationToken);

    // A second execution finds this request's own rotation id in the session.
    public Task<AccountSession?> RotateAsync(
        Guid sessionId, Func<AccountSession, Session?> next, CancellationToken cancellationToken) =>
        database.WriteOneAsync(
            async (db, abandoned) =>
            {
                var found = await db.FindSessionAsync(sessionId, abandoned);
                return found is not null
                    && next(found) is { } rotated
                    && await db.TryRotateSessionAsync(rotated, abandoned)
                    ? found with { Session = rotated }
                    : found;
            },
            cancellationToken);

    public async Task<Result<ReauthenticatedSession?>> TryReauthenticateAsync(
        Session reauthenticated, ProofUse use, AuditContext audit, CancellationToken cancellationToken)
    {
        Result<UsedProof> used = UsedProof.Nothing;
        var stored = await database.WriteAsync(
            async (db, abandoned) =>
            {
                var live = Live(db.Context, reauthenticated.AccountId, audit.At)
                    .Where(session => session.Id == reauthenticated.Id);
                if (!await db.TryLockRowAsync(reauthenticated.AccountId, use.SecurityVersion, abandoned)
                    || (use.Factor is not null && !await live.AnyAsync(abandoned)))
                {
                    return null;
                }

                used = await proofs.UseUpAsync(db, reauthenticated.AccountId, use, audit.At, abandoned);
                if (!used.IsSuccess || used.Value.WasUsedBefore)
                {
                    return used.IsSuccess ? await db.FindSessionAsync(reauthenticated.Id, abandoned) : null;
                }

                // The generation is not written: a refresh at the same time may have changed it.
                var updated = await live.ExecuteUpdateAsync(
                        set => set
                            .SetProperty(session => session.AuthTime, reauthenticated.AuthTime)
                            .SetProperty(session => session.Acr, reauthenticated.Acr)
                            .SetProperty(session => session.Amr, reauthenticated.Amr)
                            .SetProperty(session => session.LastSeenAt, reauthenticated.LastSeenAt)
                            .SetProperty(session => session.ExpiresAt, reauthenticated.ExpiresAt),
                        abandoned);
                if (updated == 0)
                {
                    return null;
                }

                await db.InsertAuditEntriesAsync(audit.Entries, abandoned);
                return await db.FindSessionAsync(reauthenticated.Id, abandoned);
            },
            cancellationToken);
        if (!used.IsSuccess)
        {
            return used.Error;
        }

        return stored is var (session, account)
            ? new ReauthenticatedSession(session, account, Started(used.Value, use).RecoveryCodesLeft)
            : Result.Of<ReauthenticatedSession?>(null);
    }

    public async Task<IReadOnlyList<Session>> ListLiveAsync(
        Guid accountId, DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            (db, abandoned) => Live(db.Context, accountId, now)
                .AsNoTracking()
                .OrderByDescending(session => session.CreatedAt).ThenByDescending(session => session.Id)
                .ToListAsync(abandoned),
            cancellationToken);

    public async Task EndAsync(
        Guid sessionId, SessionEndReason reason, AuditContext audit, CancellationToken cancellationToken)
    {
        var ended = await database.WriteAsync(
            async (db, abandoned) =>
            {
                var accountId = await db.Context.Sessions
                    .Where(session => session.Id == sessionId && session.EndedAt == null)
                    .Select(session => (Guid?)session.AccountId)
                    .SingleOrDefaultAsync(abandoned);
                if (accountId is null)
                {
                    return 0;
                }

                await db.InsertAuditEntriesAsync(
                    audit.Entries.Select(entry => entry with { AccountId = accountId }), abandoned);
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
        Guid accountId,
        Guid sessionId,
        SessionEndReason reason,
        AuditContext audit,
        CancellationToken cancellationToken)
    {
        var ended = await database.WriteAsync(
            async (db, abandoned) =>
            {
                var own = Live(db.Context, accountId, audit.At).Where(session => session.Id == sessionId);
                if (await ActingSession.IsOverAsync(db.Context, audit, abandoned) || !await own.AnyAsync(abandoned))
                {
                    return [];
                }

                // Another request may have ended the session since. Then there is nothing to record.
                var over = await SessionEnding.EndSomeAsync(db, accountId, own, reason, audit.At, abandoned);
                if (over.Contains(sessionId))
                {
                    await db.InsertAuditEntriesAsync(audit.Entries, abandoned);
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
                if (await ActingSession.IsOverAsync(db.Context, audit, abandoned))
                {
                    return AccessTokenErrors.TokenRevoked;
                }

                if (!await db.Context.Users.AnyAsync(user => user.Id == accountId, abandoned))
                {
                    return AccountErrors.NoSuchUser;
                }

                await db.InsertAuditEntriesAsync(audit.Entries, abandoned);
                var sessions = db.Context.Sessions.Where(
                    session => session.AccountId == accountId && session.Id != except);
                return await SessionEnding.EndSomeAsync(db, accountId, sessions, reason, audit.At, abandoned);
            },
            cancellationToken);
        if (!ended.IsSuccess)
        {
            return ended.Error;
        }

        ended.Value.ForEach(revocations.Add);
        return default(Done);
    }

    private StartedSession Started(UsedProof used, ProofUse use)
    {
        if (used.StoredMails)
        {
            outbox.Wake(use.MailsIfFewCodesAreLeft);
        }

        return new StartedSession(used.RecoveryCodesLeft);
    }

    // Most sign-ins come from where an earlier one came from, and the first statement finds it.
    private static async Task<bool> IsUnusualAsync(
        DatabaseConnection db, Session session, CancellationToken cancellationToken) =>
        !await db.AnySessionLikeAsync(session, cancellationToken)
        && new SignInDevice(session.UserAgent, session.IpAddress).IsUnusual(
            await db.ListOtherDevicesAsync(session, cancellationToken));

    /// <summary>
    /// Ends the sessions that an account has beyond the limit, apart from its newest: those that were seen longest ago.
    /// </summary>
    private static async Task<List<Guid>> EndSurplusAsync(
        DatabaseConnection db, Session newest, CancellationToken cancellationToken)
    {
        var surplus = await Live(db.Context, newest.AccountId, newest.CreatedAt)
            .Where(session => session.Id != newest.Id)
            .OrderByDescending(session => session.LastSeenAt).ThenByDescending(session => session.Id)
            .Skip(Session.MaxLivePerAccount - 1)
            .Select(session => session.Id)
            .ToListAsync(cancellationToken);
        return surplus.Count == 0
            ? surplus
            : await SessionEnding.EndSomeAsync(
                db,
                newest.AccountId,
                db.Context.Sessions.Where(session => surplus.Contains(session.Id)),
                SessionEndReason.TooManySessions,
                newest.CreatedAt,
                cancellationToken);
    }

    private static IQueryable<Session> Live(AppDbContext db, Guid accountId, DateTimeOffset now) =>
        db.Sessions.Where(
            session => session.AccountId == accountId && session.EndedAt == null && session.ExpiresAt > now);
}
