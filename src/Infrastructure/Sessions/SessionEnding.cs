using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Sessions;

/// <summary>
/// The one place where sessions end: always with their revocations, in the caller's transaction. The caller puts them in this node's list once the
/// transaction is committed.
/// </summary>
internal static class SessionEnding
{
    /// <returns>How many were not over yet: one or none.</returns>
    public static Task<int> EndOneAsync(
        AppDbContext db, Guid sessionId, SessionEndReason reason, DateTimeOffset now, CancellationToken cancellationToken) => EndAsync(
            db, db.Sessions.Where(session => session.Id == sessionId),
            $"INSERT INTO Revocations (SessionId) SELECT Id FROM Sessions WHERE Id = {sessionId} AND EndedAt = {now.UtcDateTime}",
            reason, now, cancellationToken);

    /// <param name="sessions">Of that account.</param>
    /// <returns>Those that were not over yet.</returns>
    public static async Task<List<Guid>> EndSomeAsync(
        AppDbContext db, Guid accountId, IQueryable<Session> sessions, SessionEndReason reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // What ends together carries the same moment, by which it is found again.
        var ended = await EndAsync(
            db, sessions,
            $"INSERT INTO Revocations (SessionId) SELECT Id FROM Sessions WHERE AccountId = {accountId} AND EndedAt = {now.UtcDateTime}",
            reason, now, cancellationToken);
        return ended == 0 ? [] : await db.Sessions
            .Where(session => session.AccountId == accountId && session.EndedAt == now)
            .Select(session => session.Id)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Ends every session there is, whoever's. For a database that no node is serving.</summary>
    /// <returns>How many were not over yet.</returns>
    public static Task<int> EndEverythingAsync(AppDbContext db, DateTimeOffset now, CancellationToken cancellationToken) => EndAsync(
        db, db.Sessions,
        $"INSERT INTO Revocations (SessionId) SELECT Id FROM Sessions WHERE EndedAt = {now.UtcDateTime}",
        SessionEndReason.EndedByOperator, now, cancellationToken);

    private static async Task<int> EndAsync(
        AppDbContext db, IQueryable<Session> sessions, FormattableString revoke, SessionEndReason reason, DateTimeOffset now,
        CancellationToken cancellationToken)
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
}
