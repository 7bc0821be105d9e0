using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Sessions;

/// <summary>
/// The one place where sessions end: always with their revocations, which come as late in the caller's transaction as they can: the less time, the less waits
/// for them. The caller puts the sessions in this node's list once the transaction is committed.
/// </summary>
internal static class SessionEnding
{
    /// <returns>How many were not over yet: one or none.</returns>
    public static async Task<int> EndOneAsync(
        AppDbContext db, Guid sessionId, SessionEndReason reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = await EndAsync(db.Sessions.Where(session => session.Id == sessionId), reason, now, cancellationToken);
        if (ended > 0)
        {
            await db.ExecuteAsync(
                $"INSERT INTO Revocations (SessionId) SELECT Id FROM Sessions WHERE Id = {sessionId} AND EndedAt = {now.UtcDateTime}", cancellationToken);
        }

        return ended;
    }

    /// <param name="sessions">Of that account.</param>
    /// <returns>Those that were not over yet.</returns>
    public static async Task<List<Guid>> EndSomeAsync(
        AppDbContext db, Guid accountId, IQueryable<Session> sessions, SessionEndReason reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await EndAsync(sessions, reason, now, cancellationToken) == 0)
        {
            return [];
        }

        // What ends together carries the same moment, by which it is found again.
        var ended = await db.Sessions
            .Where(session => session.AccountId == accountId && session.EndedAt == now)
            .Select(session => session.Id)
            .ToListAsync(cancellationToken);
        await db.ExecuteAsync(
            $"INSERT INTO Revocations (SessionId) SELECT Id FROM Sessions WHERE AccountId = {accountId} AND EndedAt = {now.UtcDateTime}", cancellationToken);
        return ended;
    }

    /// <summary>Ends every session there is, whoever's. For a database that no node is serving.</summary>
    /// <returns>How many were not over yet.</returns>
    public static async Task<int> EndEverythingAsync(AppDbContext db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = await EndAsync(db.Sessions, SessionEndReason.EndedByOperator, now, cancellationToken);
        await db.ExecuteAsync(
            $"INSERT INTO Revocations (SessionId) SELECT Id FROM Sessions WHERE EndedAt = {now.UtcDateTime}", cancellationToken);
        return ended;
    }

    private static Task<int> EndAsync(IQueryable<Session> sessions, SessionEndReason reason, DateTimeOffset now, CancellationToken cancellationToken) =>
        sessions
            .Where(session => session.EndedAt == null)
            .ExecuteUpdateAsync(
                set => set.SetProperty(session => session.EndedAt, now).SetProperty(session => session.EndReason, reason),
                cancellationToken);
}
