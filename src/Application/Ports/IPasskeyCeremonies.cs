using System.Text.Json;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;

namespace CleanJwt.Application.Ports;

/// <summary>
/// Makes the options that a browser passes to its authenticators, and judges their answers (WebAuthn, section 7). What
/// the answer must fit travels in a sealed state, so nothing is stored.
/// </summary>
public interface IPasskeyCeremonies
{
    /// <summary>The id of the relying party: the domain that passkeys belong to.</summary>
    string RelyingPartyId { get; }

    /// <summary>The text whose bytes are the user handle of an account (WebAuthn, section 5.4.3).</summary>
    string UserHandleOf(Guid accountId);

    /// <summary>Begins the registration of a passkey.</summary>
    /// <param name="known">The account's passkeys. Their authenticators make no second one.</param>
    Task<PasskeyOptions> BeginRegistrationAsync(PasskeyOwner owner, IReadOnlyList<Passkey> known, PasskeyPurpose purpose);

    /// <summary>Judges the answer to a registration.</summary>
    /// <returns>
    /// The parts of a new passkey; <see cref="PasskeyErrors.InvalidRegistration"/> for a state that does not count
    /// here; or a validation error of the field <c>credential</c>.
    /// </returns>
    Task<Result<RegisteredCredential>> RegisterAsync(PresentedPasskey presented, PasskeyPurpose purpose);

    /// <summary>Begins a proof by a passkey.</summary>
    /// <param name="allowed">The passkeys that may answer. Null allows every passkey that the authenticator has.</param>
    Task<PasskeyOptions> BeginProofAsync(
        PasskeyOwner? owner, IReadOnlyList<Passkey>? allowed, PasskeyPurpose purpose);

    /// <summary>Reads which passkey has answered.</summary>
    /// <returns>
    /// The credential id and the use of the state, or <see cref="PasskeyErrors.InvalidPasskey"/> for a state that does
    /// not count here and for an answer without an id.
    /// </returns>
    Result<PasskeyAnswer> Read(PresentedPasskey presented, PasskeyPurpose purpose);

    /// <summary>Judges the answer of a passkey.</summary>
    /// <param name="passkey">The passkey with the credential id of the answer, and its account.</param>
    Task<PasskeyVerdict> JudgeAsync(PresentedPasskey presented, PasskeyPurpose purpose, AccountPasskey passkey);
}

/// <summary>What the state of a ceremony counts for. A state of another purpose is worth nothing.</summary>
/// <param name="Kind">The kind of act.</param>
/// <param name="Subject">The session or the MFA token that the act belongs to. Empty for a sign-in.</param>
public readonly record struct PasskeyPurpose(PasskeyPurposeKind Kind, Guid Subject)
{
    public static readonly PasskeyPurpose SignIn = new(PasskeyPurposeKind.SignIn, Guid.Empty);

    public static PasskeyPurpose SecondFactor(PendingSignIn signIn) =>
        new(PasskeyPurposeKind.SecondFactor, signIn.Id);

    public static PasskeyPurpose StepUp(Guid sessionId) => new(PasskeyPurposeKind.StepUp, sessionId);

    public static PasskeyPurpose Registration(Guid sessionId) => new(PasskeyPurposeKind.Registration, sessionId);
}

/// <inheritdoc cref="PasskeyPurpose"/>
public enum PasskeyPurposeKind
{
    SignIn,
    SecondFactor,
    StepUp,
    Registration,
}

/// <summary>The account as authenticators show it.</summary>
public sealed record PasskeyOwner(Guid AccountId, string Email, string? DisplayName);

/// <summary>The answer of an authenticator, and the state of the options that it answers.</summary>
/// <param name="State">The <c>state</c> of the options, unchanged.</param>
/// <param name="Credential">What <c>PublicKeyCredential.toJSON()</c> gives.</param>
public sealed record PresentedPasskey(string State, JsonElement Credential)
{
    public override string ToString() => nameof(PresentedPasskey); // a record would print the state
}

/// <summary>What a browser needs to ask an authenticator.</summary>
/// <param name="State">An opaque text. Send it back with the answer.</param>
/// <param name="Options">
/// The JSON form of WebAuthn, for <c>PublicKeyCredential.parseCreationOptionsFromJSON</c> or
/// <c>parseRequestOptionsFromJSON</c>.
/// </param>
/// <param name="ExpiresIn">The seconds for which the answer counts.</param>
public sealed record PasskeyOptions(string State, JsonElement Options, long ExpiresIn)
{
    public override string ToString() => nameof(PasskeyOptions); // a record would print the state
}

/// <summary>The parts of a new passkey that its authenticator decides.</summary>
/// <param name="State">The use of the state.</param>
public sealed record RegisteredCredential(
    byte[] CredentialId,
    byte[] PublicKey,
    long SignCount,
    IReadOnlyList<string> Transports,
    bool IsSynced,
    bool IsBackedUp,
    SpentToken State);

/// <summary>The passkey that has answered, before its answer is judged.</summary>
/// <param name="State">The use of the state.</param>
public sealed record PasskeyAnswer(byte[] CredentialId, SpentToken State);

/// <summary>The outcome for the answer of a passkey.</summary>
/// <param name="Use">What the sign-in uses up. Null when the answer is not valid.</param>
/// <param name="WentBack">
/// Whether the answer is not valid because its counter is not higher than that of the last one. A copy of the passkey
/// may be in use.
/// </param>
public sealed record PasskeyVerdict(FactorUse.Passkey? Use, bool WentBack = false);
