using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Ports;

/// <summary>
/// Stores the authenticator apps and the recovery codes of accounts. A sign-in uses a factor up in its own transaction
/// (<see cref="ISessionRepository.TryStartAsync"/>).
/// </summary>
/// <remarks>
/// Every change ends the sign-ins that wait for a second factor. Where a change makes a sign-in ask for more or for
/// less, it also ends the other sessions of the account. All changes share these errors:
/// <see cref="AccessTokenErrors.TokenRevoked"/> when the caller's session is over by then, and
/// <see cref="AccountErrors.NoSuchUser"/> for an account that is gone.
/// </remarks>
public interface ISecondFactorRepository
{
    /// <returns>Null when the account is gone.</returns>
    Task<SecondFactorStatus?> FindStatusAsync(Guid accountId, CancellationToken cancellationToken);

    /// <returns>
    /// The secret of the account's authenticator app. Null when there is none, or when its key is lost.
    /// </returns>
    Task<byte[]?> FindTotpSecretAsync(Guid accountId, CancellationToken cancellationToken);

    /// <summary>
    /// Counts a try of a code, before the code is looked at. A sign-in by any second factor forgets the tries, and so
    /// does a change of the password.
    /// </summary>
    /// <returns>Zero when the code may be looked at. Otherwise the time until one may be.</returns>
    Task<TimeSpan> TryCountAsync(Guid accountId, CancellationToken cancellationToken);

    /// <summary>Stores an authenticator app. From then on a sign-in asks for a second factor.</summary>
    /// <param name="step">The step of the code that proved the app. This code counts as used.</param>
    /// <param name="recoveryCodes">Stored if the account has none.</param>
    /// <returns>
    /// Whether the codes were stored, <see cref="SecondFactorErrors.TotpAlreadySetUp"/>, or
    /// <see cref="SecondFactorErrors.InvalidSetup"/> when the setup token was used before.
    /// </returns>
    Task<Result<bool>> AddTotpAsync(
        TotpSetup setup,
        long step,
        IReadOnlyCollection<string> recoveryCodes,
        AuditContext audit,
        CancellationToken cancellationToken);

    /// <summary>
    /// Removes the authenticator app. If the account has no passkey, its sign-in needs no second factor any more, and
    /// the recovery codes go too.
    /// </summary>
    Task<Result<Done>> RemoveTotpAsync(Guid accountId, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>Replaces the recovery codes. No session ends.</summary>
    /// <returns><see cref="SecondFactorErrors.NoSecondFactor"/> for an account without one.</returns>
    Task<Result<Done>> ReplaceRecoveryCodesAsync(
        Guid accountId,
        IReadOnlyCollection<string> recoveryCodes,
        AuditContext audit,
        CancellationToken cancellationToken);

    /// <summary>Turns the second factor on or off for an account that has only passkeys.</summary>
    /// <returns>
    /// The new status, <see cref="SecondFactorErrors.NoSecondFactor"/> or
    /// <see cref="SecondFactorErrors.SecondFactorInUse"/>.
    /// </returns>
    Task<Result<SecondFactorStatus>> SetRequiredAsync(
        Guid accountId, bool required, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>Removes all second factors of an account, its passkeys too, and ends all its sessions.</summary>
    Task<Result<Done>> ResetAsync(
        Guid accountId, SessionEndReason reason, AuditContext audit, CancellationToken cancellationToken);
}

/// <summary>The second factors of an account.</summary>
/// <param name="IsRequired">Whether a sign-in asks for a second factor.</param>
/// <param name="Passkeys">The number of passkeys.</param>
public sealed record SecondFactorStatus(
    bool IsRequired, TotpStatus? Totp, RecoveryCodesStatus? RecoveryCodes, int Passkeys)
{
    /// <summary>Whether the account has an authenticator app or a passkey. Recovery codes alone are none.</summary>
    public bool HasFactor => Totp is not null || Passkeys > 0;

    /// <summary>
    /// The ways in which the account can prove a second factor: <c>totp</c>, <c>recovery-code</c>, <c>passkey</c>.
    /// </summary>
    public IReadOnlyList<string> Methods =>
    [
        .. Totp is null ? [] : new[] { "totp" },
        .. RecoveryCodes is null ? [] : new[] { "recovery-code" },
        .. Passkeys == 0 ? [] : new[] { "passkey" },
    ];
}

/// <param name="LastUsedAt">Null until a sign-in has used it.</param>
public sealed record TotpStatus(DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

/// <param name="Left">The number of codes that were not used yet, at least one.</param>
public sealed record RecoveryCodesStatus(int Left, DateTimeOffset CreatedAt);

/// <summary>An authenticator app that is being set up. Nothing is stored before its first code was right.</summary>
/// <param name="Id">A random id, to use the setup once.</param>
/// <param name="Secret"><see cref="Totp.SecretSize"/> random bytes.</param>
public sealed record TotpSetup(Guid Id, Guid AccountId, byte[] Secret, DateTimeOffset ExpiresAt)
{
    public override string ToString() => nameof(TotpSetup); // a record would print the secret
}

/// <summary>A second factor that was right, as far as can be told before the transaction that uses it up.</summary>
public abstract record FactorUse
{
    private FactorUse()
    {
    }

    /// <summary>A code of an authenticator app. No code of this step or an earlier one counts afterwards.</summary>
    public sealed record Totp(long Step) : FactorUse;

    /// <summary>A recovery code, which is deleted.</summary>
    /// <param name="Code">In its normalized form.</param>
    public sealed record RecoveryCode(string Code) : FactorUse
    {
        public override string ToString() => nameof(RecoveryCode); // a record would print the code
    }

    /// <summary>A passkey.</summary>
    /// <param name="SignCount">
    /// The new value of its counter. It must be higher than the stored one, or both zero: synced passkeys do not count.
    /// </param>
    /// <param name="IsBackedUp">Whether its key is stored in more than one place now.</param>
    public sealed record Passkey(Guid Id, long SignCount, bool IsBackedUp) : FactorUse;
}
