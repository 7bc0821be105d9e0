using CleanJwt.Application.Callers;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Passwords;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Ports;

/// <summary>Stores the accounts and verifies their passwords.</summary>
public interface IUserRepository
{
    /// <summary>Creates an account.</summary>
    /// <returns>
    /// The account, or <see cref="AccountErrors.EmailTaken"/> when another account has the same normalized address.
    /// </returns>
    /// <remarks>
    /// The caller has checked the password against <see cref="PasswordRules"/>. Once this has returned, a crash loses
    /// nothing.
    /// </remarks>
    Task<Result<Account>> AddAsync(
        NewAccount account, string password, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>
    /// Finds the account with this address and verifies its password. An unknown address costs the same work as a wrong
    /// password. Wrong passwords count for the address, from this network and from all networks
    /// (<see cref="AttemptLimit"/>).
    /// </summary>
    /// <returns>
    /// The outcome; <see cref="AccountErrors.TooManyAttempts"/> after too many wrong passwords, without checking the
    /// password; or <c>service-unavailable</c> when the hashing queue is full, without checking or counting the
    /// password.
    /// </returns>
    /// <remarks>
    /// It finds a locked account too. The caller tells only a client with the right password about the lock.
    /// </remarks>
    Task<Result<PasswordCheck>> VerifyPasswordAsync(
        EmailAddress email, ClientNetwork from, string password, CancellationToken cancellationToken);

    /// <summary>
    /// Verifies the password of an account whose session the caller has. Wrong passwords count for the account, from
    /// all networks together.
    /// </summary>
    Task<Result<PasswordCheck>> VerifyPasswordAsync(
        Guid accountId, string password, CancellationToken cancellationToken);

    /// <summary>Waits for a slot and hashes a password.</summary>
    /// <returns>The hash, or <c>service-unavailable</c> when the hashing queue is full.</returns>
    Task<Result<string>> HashPasswordAsync(string password, CancellationToken cancellationToken);

    /// <summary>
    /// Creates an account whose address was proved, with its first session, and uses up the flow that proved it.
    /// </summary>
    /// <param name="passwordHash">A hash that <see cref="HashPasswordAsync"/> made.</param>
    /// <returns>
    /// The account, <see cref="MailErrors.InvalidCode"/> when the flow was used up before, or
    /// <see cref="AccountErrors.EmailTaken"/>.
    /// </returns>
    Task<Result<Account>> AddConfirmedAsync(
        NewAccount account,
        string passwordHash,
        SpentToken flow,
        Session session,
        AuditContext audit,
        CancellationToken cancellationToken);

    /// <returns>Null when the account is gone.</returns>
    Task<Account?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <returns>Null when no account has this id.</returns>
    Task<AccountState?> FindStateAsync(Guid id, CancellationToken cancellationToken);

    /// <returns>Null when no account has this address.</returns>
    Task<AccountState?> FindStateAsync(EmailAddress email, CancellationToken cancellationToken);

    /// <summary>
    /// Changes the display name if the account has one of the expected versions. Of parallel changes to one version,
    /// one succeeds.
    /// </summary>
    /// <param name="expectedVersions">Null allows any version.</param>
    /// <returns>
    /// The changed account, <see cref="AccountErrors.StaleVersion"/>, <see cref="AccountErrors.UserNotFound"/>, or
    /// <see cref="AccessTokenErrors.TokenRevoked"/> when the caller's session is over by then.
    /// </returns>
    Task<Result<Account>> UpdateProfileAsync(
        Guid id,
        string? displayName,
        IReadOnlyCollection<int>? expectedVersions,
        AuditContext audit,
        CancellationToken cancellationToken);
}

/// <summary>An account to create.</summary>
/// <param name="DisplayName">The normalized name (<see cref="Domain.Accounts.DisplayName"/>).</param>
/// <param name="Roles">Known roles only.</param>
public sealed record NewAccount(Guid Id, EmailAddress Email, string? DisplayName, IReadOnlyCollection<string> Roles)
{
    /// <summary>Whether the owner has proved that the address is theirs.</summary>
    public bool EmailConfirmed { get; init; }
}

/// <summary>The outcome of a password check.</summary>
/// <param name="AccountId">
/// The account that was checked. Null for an address without an account. The client must not learn it.
/// </param>
/// <param name="Verified">The account. Null when the password was wrong.</param>
public sealed record PasswordCheck(Guid? AccountId, AccountState? Verified);

/// <summary>An account with the state that its clients must not know.</summary>
/// <param name="SecurityVersion">
/// Grows with each lock, role change, password change, change of second factors and deletion. A session starts, and a
/// mailed code is right, only if the version is still the same.
/// </param>
/// <param name="NeedsSecondFactor">Whether a sign-in asks for a second factor.</param>
public sealed record AccountState(
    Account Account, int SecurityVersion, bool Locked, bool NeedsSecondFactor = false);
