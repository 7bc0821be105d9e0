using CleanJwt.Application.Callers;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Passwords;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Ports;

/// <summary>The accounts and their passwords.</summary>
public interface IUserRepository
{
    /// <summary>Makes an account. Its address must be free in its normalized form, or the answer is <see cref="AccountErrors.EmailTaken"/>.</summary>
    /// <remarks>The caller has checked the password against <see cref="PasswordRules"/>. Once this has answered, a crash loses nothing.</remarks>
    Task<Result<Account>> AddAsync(NewAccount account, string password, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>
    /// Finds the account whose owner proves the password. An unknown address costs the same work as a wrong password. Wrong passwords are counted, for the
    /// address from this network and from anywhere (<see cref="AttemptLimit"/>): when there are too many the answer is
    /// <see cref="AccountErrors.TooManyAttempts"/>, and no password is looked at. A full hashing queue answers <c>service-unavailable</c>: then nothing was
    /// checked or counted.
    /// </summary>
    /// <remarks>A locked account is found too: only its owner may learn of the lock, and this is where they are told apart.</remarks>
    Task<Result<PasswordCheck>> VerifyPasswordAsync(EmailAddress email, ClientNetwork from, string password, CancellationToken cancellationToken);

    /// <summary>As the other, for somebody who has a session of the account already. Wrong passwords count for the account, wherever they come from.</summary>
    Task<Result<PasswordCheck>> VerifyPasswordAsync(Guid accountId, string password, CancellationToken cancellationToken);

    /// <returns>Null when the account is gone.</returns>
    Task<Account?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Changes the display name, if the account is at one of the versions expected. Of several at once with the same, one succeeds.</summary>
    /// <param name="expectedVersions">Any will do, when null.</param>
    /// <returns>
    /// The account as it is then, <see cref="AccountErrors.StaleVersion"/>, <see cref="AccountErrors.UserNotFound"/>, or
    /// <see cref="AccessTokenErrors.TokenRevoked"/> when the session that does it is over by then.
    /// </returns>
    Task<Result<Account>> UpdateProfileAsync(
        Guid id, string? displayName, IReadOnlyCollection<int>? expectedVersions, AuditContext audit, CancellationToken cancellationToken);
}

/// <param name="DisplayName">Normalized (<see cref="Domain.Accounts.DisplayName"/>).</param>
/// <param name="Roles">Known ones.</param>
public sealed record NewAccount(Guid Id, EmailAddress Email, string? DisplayName, IReadOnlyCollection<string> Roles);

/// <summary>What came of proving a password.</summary>
/// <param name="AccountId">Whose it would have been; null for an address without an account. Not for the one who asks to know.</param>
/// <param name="Verified">Null when the password was not that of the account.</param>
public sealed record PasswordCheck(Guid? AccountId, VerifiedAccount? Verified);

/// <summary>An account as it was when its password was verified.</summary>
/// <param name="SecurityVersion">
/// Grows with a lock, a role change, a password change and a deletion. A session is started only if it is still the same.
/// </param>
public sealed record VerifiedAccount(Account Account, int SecurityVersion, bool Locked);
