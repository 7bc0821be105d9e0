using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;

namespace CleanJwt.Application.Abstractions;

/// <summary>The accounts and their passwords.</summary>
public interface IUserRepository
{
    /// <summary>Makes an account. Its address must be free in its normalized form, or the answer is <see cref="AccountErrors.EmailTaken"/>.</summary>
    /// <remarks>The caller has checked the password against <see cref="PasswordRules"/>. Once this has answered, a crash loses nothing.</remarks>
    Task<Result<Account>> AddAsync(EmailAddress email, string password, string? displayName, CancellationToken cancellationToken);

    /// <summary>
    /// Finds the account whose owner proves the password, or answers <see cref="AccountErrors.InvalidCredentials"/>. An unknown address costs
    /// the same work as a wrong password. A full hashing queue answers <c>service-unavailable</c>: then nothing was checked.
    /// </summary>
    /// <remarks>A locked account is found too: only its owner may learn of the lock, and this is where they are told apart.</remarks>
    Task<Result<VerifiedAccount>> VerifyPasswordAsync(EmailAddress email, string password, CancellationToken cancellationToken);

    /// <returns>Null when the account is gone.</returns>
    Task<Account?> FindAsync(Guid id, CancellationToken cancellationToken);
}

/// <summary>An account as it was when its password was verified.</summary>
/// <param name="SecurityVersion">
/// Grows with a lock, a role change, a password change and a deletion. A session is started only if it is still the same.
/// </param>
public sealed record VerifiedAccount(Account Account, int SecurityVersion, bool Locked);
