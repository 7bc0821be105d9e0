using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Sessions;

/// <summary>Ends sessions and writes their revocations. No other code ends a session.</summary>
/// <remarks>
/// The caller puts the sessions into this node's revocation list after the transaction has been committed. Revocations
/// are written as late as possible in the transaction: the sooner it commits after them, the sooner the other nodes can
/// read them.
/// </remarks>
internal static class SessionEnding
{
    /// <returns>The number of sessions that were not over yet: one or none.</returns>
    public static async Task<int> EndOneAsync(
        DatabaseConnection db,
        Guid sessionId,
        SessionEndReason reason,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var ended = await EndAsync(
            db.Context.Sessions.Where(session => session.Id == sessionId), reason, now, cancellationToken);
        if (ended > 0)
        {
            await db.RevokeSessionAsync(sessionId, now, cancellationToken);
        }

        return ended;
    }

    /// <param name="sessions">Sessions of that account.</param>
    /// <returns>The ids of the sessions that were not over yet.</returns>
    public static async Task<List<Guid>> EndSomeAsync(
        DatabaseConnection db,
        Guid accountId,
        IQueryable<Session> sessions,
        SessionEndReason reason,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (await EndAsync(sessions, reason, now, cancellationToken) == 0)
        {
            return [];
        }

        // Sessions that end together carry the same moment, and are found by it.
        var ended = await db.Context.Sessions
            .Where(session => session.AccountId == accountId && session.EndedAt == now)
            .Select(session => session.Id)
            .ToListAsync(cancellationToken);
        await db.RevokeSessionsOfAccountAsync(accountId, now, cancellationToken);
        return ended;
    }

    /// <summary>Ends every session of every account, in a database that no node is serving.</summary>
    /// <returns>The number of sessions that were not over yet.</returns>
    public static async Task<int> EndEverythingAsync(
        DatabaseConnection db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = await EndAsync(db.Context.Sessions, SessionEndReason.EndedByOperator, now, cancellationToken);
        await db.RevokeAllSessionsAsync(now, cancellationToken);
        return ended;
    }

    private static Task<int> EndAsync(
        IQueryable<Session> sessions,
        SessionEndReason reason,
        DateTimeOffset now,
        CancellationToken cancellationToken) => sessions
        .Where(session => session.EndedAt == null)
        .ExecuteUpdateAsync(
            set => set.SetProperty(session => session.EndedAt, now).SetProperty(session => session.EndReason, reason),
            cancellationToken);
}
