using CleanJwt.Domain.Audit;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Sessions;

/// <summary>The session that does something. It was live when the request came; this asks again, in the transaction of the act.</summary>
internal static class ActingSession
{
    /// <returns>False also for an act that needs no session.</returns>
    public static async Task<bool> IsOverAsync(AppDbContext db, AuditContext audit, CancellationToken cancellationToken) =>
        audit.ActorSessionId is { } by
        && !await db.Sessions.AnyAsync(session => session.Id == by && session.EndedAt == null && session.ExpiresAt > audit.At, cancellationToken);
}
