using CleanJwt.Application.Paging;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Audit;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Audit;

internal sealed class AuditLog(IDatabase database) : IAuditLog
{
    // One statement, and the same whether the account is known, unknown or gone: neither its time nor a foreign key must tell.
    public Task AddAsync(AuditEntry entry, CancellationToken cancellationToken) => database.WriteOneAsync(
        (db, abandoned) => db.ExecuteAsync(
            $"""
            INSERT INTO AuditEntries (Id, At, AccountId, Action, Outcome, SessionId, IpAddress, UserAgent)
            SELECT {entry.Id}, {entry.At.UtcDateTime}, (SELECT Id FROM AspNetUsers WHERE Id = {entry.AccountId}), {entry.Action},
                {(int)entry.Outcome}, {entry.SessionId}, {entry.IpAddress}, {entry.UserAgent}
            WHERE NOT EXISTS (SELECT 1 FROM AuditEntries WHERE Id = {entry.Id})
            """,
            abandoned),
        cancellationToken);

    /// <summary>Adds entries in the caller's transaction. Their accounts must be there.</summary>
    public static async Task AddAsync(AppDbContext db, IEnumerable<AuditEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var entry in entries)
        {
            await db.ExecuteAsync(
                $"""
                INSERT INTO AuditEntries (Id, At, AccountId, OtherAccountId, Action, Outcome, SessionId, IpAddress, UserAgent)
                VALUES ({entry.Id}, {entry.At.UtcDateTime}, {entry.AccountId}, {entry.OtherAccountId}, {entry.Action}, {(int)entry.Outcome},
                    {entry.SessionId}, {entry.IpAddress}, {entry.UserAgent})
                """,
                cancellationToken);
        }
    }

    public async Task<Page<AuditEntry>> ListAsync(Guid accountId, int limit, PageCursor? after, CancellationToken cancellationToken)
    {
        var found = await database.ReadAsync(
            (db, abandoned) =>
            {
                var trail = db.AuditEntries.AsNoTracking().Where(entry => entry.AccountId == accountId);
                if (after is not null)
                {
                    // The first condition is for the index, the second to be exact.
                    trail = trail.Where(entry => entry.At <= after.At && (entry.At < after.At || entry.Id.CompareTo(after.Id) < 0));
                }

                return trail.OrderByDescending(entry => entry.At).ThenByDescending(entry => entry.Id).Take(limit + 1).ToListAsync(abandoned);
            },
            cancellationToken);
        return Page<AuditEntry>.Of(found, limit, entry => new PageCursor(entry.At, entry.Id));
    }
}
