using CleanJwt.Application.Paging;
using CleanJwt.Domain.Accounts;

namespace CleanJwt.Application.Ports;

/// <summary>The accounts as administrators see them.</summary>
public interface IUserDirectory
{
    /// <param name="emailPrefix">
    /// A prefix that <see cref="EmailAddress.TryNormalizePrefix"/> made. Null lists all accounts.
    /// </param>
    /// <returns>The accounts that come after <paramref name="after"/>, newest first.</returns>
    Task<Page<ManagedAccount>> ListAsync(
        string? emailPrefix, int limit, PageCursor? after, CancellationToken cancellationToken);

    Task<ManagedAccount?> FindAsync(Guid id, CancellationToken cancellationToken);

    Task<ManagedAccount?> FindAsync(EmailAddress email, CancellationToken cancellationToken);
}

/// <summary>An account with the data that only administrators see.</summary>
/// <param name="Locked">Whether sign-ins are refused.</param>
public sealed record ManagedAccount(Account Account, bool Locked);
