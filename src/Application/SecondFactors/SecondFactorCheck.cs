using CleanJwt.Application.Passkeys;
using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Codes;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.SecondFactors;

/// <summary>A second factor that a client presents: one of the three.</summary>
public readonly record struct PresentedFactor(string? Code, string? RecoveryCode, PresentedPasskey? Passkey)
{
    public bool IsNone => this is { Code: null, RecoveryCode: null, Passkey: null };

    public override string ToString() => nameof(PresentedFactor); // a record would print the code
}

/// <summary>Checks a second factor of an account whose password was right.</summary>
public sealed class SecondFactorCheck(ISecondFactorRepository factors, PasskeyCheck passkeys, TimeProvider time)
{
    /// <summary>Adds a second factor to the proof of the password.</summary>
    /// <param name="purpose">What the state of a passkey must be made for.</param>
    /// <returns>
    /// The owner with both; <see cref="SecondFactorErrors.InvalidSecondFactor"/>;
    /// <see cref="PasskeyErrors.InvalidPasskey"/>; or <see cref="SecondFactorErrors.TooManyAttempts"/> after too many
    /// wrong codes, without a look at this one. Passkeys are never paused, since nobody can guess one.
    /// </returns>
    public async Task<Result<AuthenticatedOwner>> CheckAsync(
        AccountState account, PresentedFactor presented, PasskeyPurpose purpose, CancellationToken cancellationToken)
    {
        if (presented.Passkey is { } passkey)
        {
            var proved = await passkeys.CheckAsync(passkey, purpose, account.Account.Id, cancellationToken);
            return proved.IsSuccess
                ? proved.Value with { Account = account, Proof = Proof.PasswordAndPasskey }
                : proved.Error;
        }

        var id = account.Account.Id;
        var wait = await factors.TryCountAsync(id, cancellationToken);
        if (wait > TimeSpan.Zero)
        {
            return SecondFactorErrors.TooManyAttempts(wait);
        }

        FactorUse? use = presented.Code is { } code
            ? await FindTotpAsync(id, code, cancellationToken)
            : new FactorUse.RecoveryCode(TypedCode.Normalize(presented.RecoveryCode!));
        return use is null
            ? SecondFactorErrors.InvalidSecondFactor
            : new AuthenticatedOwner(account, Proof.PasswordAndCode) { Factor = use };
    }

    /// <summary>The error for an account whose sign-in needs a second factor, with the ways to prove one.</summary>
    public async Task<Error> RequiredAsync(Guid accountId, CancellationToken cancellationToken) =>
        SecondFactorErrors.Required with { Methods = await MethodsOfAsync(accountId, cancellationToken) };

    public async Task<IReadOnlyList<string>> MethodsOfAsync(Guid accountId, CancellationToken cancellationToken) =>
        (await factors.FindStatusAsync(accountId, cancellationToken))?.Methods ?? [];

    private async Task<FactorUse?> FindTotpAsync(Guid accountId, string code, CancellationToken cancellationToken) =>
        await factors.FindTotpSecretAsync(accountId, cancellationToken) is { } secret
        && Totp.FindStep(code, secret, time.GetUtcNow()) is { } step
            ? new FactorUse.Totp(step)
            : null;
}
