using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Ports;

/// <summary>Stores the passkeys of accounts.</summary>
/// <remarks>
/// All changes share these errors: <see cref="AccessTokenErrors.TokenRevoked"/> when the caller's session is over by
/// then, and <see cref="AccountErrors.NoSuchUser"/> for an account that is gone.
/// </remarks>
public interface IPasskeyRepository
{
    /// <returns>The passkeys of an account, the newest first.</returns>
    Task<IReadOnlyList<Passkey>> ListAsync(Guid accountId, CancellationToken cancellationToken);

    /// <returns>Null when no account has a passkey with this credential id.</returns>
    Task<AccountPasskey?> FindAsync(byte[] credentialId, CancellationToken cancellationToken);

    /// <summary>Adds a passkey, and uses up the state of its registration.</summary>
    /// <param name="max">The most passkeys that an account may have.</param>
    /// <returns>
    /// <see cref="PasskeyErrors.PasskeyAlreadyRegistered"/> where any account has it,
    /// <see cref="PasskeyErrors.TooManyPasskeys"/>, or <see cref="PasskeyErrors.InvalidRegistration"/> when the state
    /// was used before.
    /// </returns>
    Task<Result<Done>> AddAsync(
        Passkey passkey, int max, SpentToken state, AuditContext audit, CancellationToken cancellationToken);

    /// <returns>The passkey with its new name, or <see cref="PasskeyErrors.PasskeyNotFound"/>.</returns>
    Task<Result<Passkey>> RenameAsync(
        Guid accountId, Guid id, string name, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>
    /// Removes a passkey and ends the sessions that it began, but for that of the caller. If it was the last second
    /// factor of the account, a sign-in needs none any more, and the recovery codes go too.
    /// </summary>
    /// <returns><see cref="PasskeyErrors.PasskeyNotFound"/> where the account has no such passkey.</returns>
    Task<Result<Done>> RemoveAsync(Guid accountId, Guid id, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>Records that a passkey's counter went back, which a copy of the passkey would do.</summary>
    Task ReportCopyAsync(AuditContext audit, CancellationToken cancellationToken);
}

/// <summary>A passkey of an account (WebAuthn).</summary>
public sealed record Passkey
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>The id that the authenticator chose: 16 to 1,023 bytes.</summary>
    public required byte[] CredentialId { get; init; }

    /// <summary>The public key in the form of COSE (RFC 9052).</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>The counter of the last answer. Zero for a passkey that does not count.</summary>
    public required long SignCount { get; init; }

    /// <summary>The name that its owner sees.</summary>
    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null until a sign-in has used it.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>How a browser reaches the authenticator: values of <c>AuthenticatorTransport</c>.</summary>
    public required IReadOnlyList<string> Transports { get; init; }

    /// <summary>Whether its key can be stored in more than one place, such as all devices of a person.</summary>
    public required bool IsSynced { get; init; }

    /// <summary>Whether its key is stored in more than one place now.</summary>
    public required bool IsBackedUp { get; init; }

    /// <summary>The relying party that the authenticator made it for.</summary>
    public required string RelyingPartyId { get; init; }
}

/// <summary>A passkey and its account, read at the same moment.</summary>
public sealed record AccountPasskey(Passkey Passkey, AccountState Account);
