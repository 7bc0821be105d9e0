using CleanJwt.Application.Abstractions;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Configurations;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Sessions;

internal sealed class SessionRepository(AppDbContext db, IRevocationList revocations) : ISessionRepository
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

        db.Sessions.Add(session with
        {
            UserAgent = Truncate(session.UserAgent, SessionConfiguration.UserAgentLength),
            IpAddress = Truncate(session.IpAddress, SessionConfiguration.IpAddressLength),
        });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
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

    public async Task EndAsync(Guid sessionId, SessionEndReason reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await db.Sessions
            .Where(session => session.Id == sessionId && session.EndedAt == null)
            .ExecuteUpdateAsync(
                set => set.SetProperty(session => session.EndedAt, now).SetProperty(session => session.EndReason, reason),
                cancellationToken);
        revocations.Add(sessionId);
    }

    private static string? Truncate(string? text, int length) => text?.Length > length ? text[..length] : text;
}
