using CleanJwt.Application.Paging;
using CleanJwt.Domain.Accounts;

namespace CleanJwt.Application.Ports;

/// <summary>The accounts as administrators see them.</summary>
public interface IUserDirectory
{
    /// <param name="emailPrefix">As <see cref="EmailAddress.TryNormalizePrefix"/> gives it; null for all.</param>
    /// <returns>The newest first, from below <paramref name="after"/>.</returns>
    Task<Page<ManagedAccount>> ListAsync(string? emailPrefix, int limit, PageCursor? after, CancellationToken cancellationToken);

    Task<ManagedAccount?> FindAsync(Guid id, CancellationToken cancellationToken);

    Task<ManagedAccount?> FindAsync(EmailAddress email, CancellationToken cancellationToken);
}

/// <param name="Locked">Whether sign-ins are refused.</param>
public sealed record ManagedAccount(Account Account, bool Locked);
