using CleanJwt.Application.Ports;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Sessions;

/// <summary>The owner of an account who has just authenticated.</summary>
/// <param name="Account">The account as it was when its owner proved it.</param>
/// <param name="Proof">What the owner has proved.</param>
public sealed record AuthenticatedOwner(AccountState Account, Proof Proof)
{
    /// <summary>The second factor of the proof. Null for a password alone.</summary>
    public FactorUse? Factor { get; init; }

    /// <summary>The MFA token that the sign-in uses up. Null where there is none.</summary>
    public SpentToken? MfaToken { get; init; }

    /// <summary>The state of the passkey's options, which the proof uses up. Null where there is none.</summary>
    public SpentToken? PasskeyState { get; init; }

    /// <summary>Whether the account's sign-in asks for more than the owner has proved.</summary>
    public bool IsTooWeak => Account.NeedsSecondFactor && Proof.Acr < Acr.TwoFactor;
}
