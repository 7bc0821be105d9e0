using CleanJwt.Application.Paging;
using CleanJwt.Domain.Audit;

namespace CleanJwt.Application.Ports;

/// <summary>The trail of what happened. What succeeds is written by the step that does it; this is for the rest, and for reading.</summary>
public interface IAuditLog
{
    /// <summary>Notes what changed nothing, such as a wrong password. An account that is gone meanwhile is not named.</summary>
    Task AddAsync(AuditEntry entry, CancellationToken cancellationToken);

    /// <returns>An account's entries, the newest first, from below <paramref name="after"/>.</returns>
    Task<Page<AuditEntry>> ListAsync(Guid accountId, int limit, PageCursor? after, CancellationToken cancellationToken);
}
