using CleanJwt.Application.Paging;
using CleanJwt.Domain.Audit;

namespace CleanJwt.Application.Ports;

/// <summary>
/// The audit log. A change stores its own entries, in its own transaction. This port is for refused requests, which
/// change nothing, and for reading.
/// </summary>
public interface IAuditLog
{
    /// <summary>
    /// Stores the entry of a refused request, such as a wrong password. If its account is gone by then, the entry
    /// belongs to no account.
    /// </summary>
    Task AddAsync(AuditEntry entry, CancellationToken cancellationToken);

    /// <returns>The account's entries that come after <paramref name="after"/>, newest first.</returns>
    Task<Page<AuditEntry>> ListAsync(Guid accountId, int limit, PageCursor? after, CancellationToken cancellationToken);
}
