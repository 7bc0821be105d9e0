using CleanJwt.Domain.Audit;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Sessions;

/// <summary>Checks again, in the transaction of a change, that the session which makes the change is live.</summary>
internal static class ActingSession
{
    /// <returns>False also for a change that needs no session.</returns>
    public static async Task<bool> IsOverAsync(
        AppDbContext db, AuditContext audit, CancellationToken cancellationToken) =>
        audit.ActorSessionId is { } actor
        && !await db.Sessions.AnyAsync(
            session =>
                session.Id == actor && session.EndedAt == null && session.ExpiresAt > audit.At, cancellationToken);
}
