using CleanJwt.Application.Paging;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Audit;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Audit;

internal sealed class AuditLog(IDatabase database) : IAuditLog
{
    public Task AddAsync(AuditEntry entry, CancellationToken cancellationToken) =>
        database.WriteOneAsync(
            (db, abandoned) => db.InsertDetachedAuditEntryAsync(entry, abandoned), cancellationToken);

    public async Task<Page<AuditEntry>> ListAsync(
        Guid accountId, int limit, PageCursor? after, CancellationToken cancellationToken)
    {
        var found = await database.ReadAsync(
            (db, abandoned) =>
            {
                var entries = db.Context.AuditEntries.AsNoTracking().Where(entry => entry.AccountId == accountId);
                if (after is not null)
                {
                    // The first condition uses the index, the second one is exact.
                    entries = entries.Where(
                        entry => entry.At <= after.At && (entry.At < after.At || entry.Id.CompareTo(after.Id) < 0));
                }

                return entries
                    .OrderByDescending(entry => entry.At).ThenByDescending(entry => entry.Id)
                    .Take(limit + 1)
                    .ToListAsync(abandoned);
            },
            cancellationToken);
        return Page<AuditEntry>.Of(found, limit, entry => new PageCursor(entry.At, entry.Id));
    }
}
