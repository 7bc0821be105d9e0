using CleanJwt.Domain.Results;

namespace CleanJwt.Domain.SecondFactors;

public static class PasskeyErrors
{
    public static readonly Error UnknownPasskey = new(
        "unknown-passkey", ErrorKind.Unauthenticated, "The passkey is not known",
        "No account has this passkey. It may have been removed.");

    /// <remarks>The client does not learn which of the checks of WebAuthn failed. The log says it.</remarks>
    public static readonly Error InvalidPasskey = new(
        "invalid-passkey", ErrorKind.Unauthenticated, "The passkey is not valid",
        "The answer of the passkey is not valid, or came too late. Ask for new options, and try again.");

    public static readonly Error InvalidRegistration = new(
        "invalid-flow", ErrorKind.Unauthenticated, "The registration took too long",
        "The state is unreadable, has expired or was used, or belongs to another session. Ask for new options.");

    public static readonly Error PasskeyNotFound = new(
        "passkey-not-found", ErrorKind.NotFound, "There is no such passkey", "The account has no passkey with this id.");

    public static readonly Error PasskeyAlreadyRegistered = new(
        "passkey-already-registered", ErrorKind.Conflict, "The passkey is registered",
        "This passkey is registered already.");

    public static Error TooManyPasskeys(int max) => new(
        "too-many-passkeys", ErrorKind.Conflict, "Too many passkeys",
        $"An account can have {max} passkeys. Remove one first.");
}
