using CleanJwt.Domain.Results;

namespace CleanJwt.Domain.SecondFactors;

public static class SecondFactorErrors
{
    /// <remarks>The error of a proof that is too weak: for the account's sign-in, or for a route (RFC 9470).</remarks>
    public static readonly Error Required = new(
        "second-factor-required", ErrorKind.Unauthenticated, "A second factor is needed",
        "The password alone is not enough. Prove a second factor at '/api/auth/reauthenticate'.");

    /// <remarks>A wrong code, a code that was used before, and a code of an account without one share one error.</remarks>
    public static readonly Error InvalidSecondFactor = new(
        "invalid-second-factor", ErrorKind.Unauthenticated, "The code is not valid",
        "The code is wrong, has expired or was used before.");

    public static readonly Error InvalidMfaToken = new(
        "invalid-mfa-token", ErrorKind.Unauthenticated, "The sign-in took too long",
        "The MFA token is unreadable, has expired or was used, or the account has changed. Sign in again.");

    /// <remarks>The answer is the same for right and wrong codes. The code is not looked at.</remarks>
    public static Error TooManyAttempts(TimeSpan retryAfter) => new(
        "too-many-attempts", ErrorKind.TooManyRequests, "Too many wrong codes",
        "Too many wrong codes were tried. Wait before you try again, or use a passkey.")
    {
        RetryAfter = retryAfter,
    };

    public static readonly Error TotpAlreadySetUp = new(
        "totp-already-set-up", ErrorKind.Conflict, "An authenticator app is set up",
        "This account has an authenticator app. Remove it before you set up another one.");

    public static readonly Error InvalidSetup = new(
        "invalid-flow", ErrorKind.Unauthenticated, "The setup took too long",
        "The setup token is unreadable, has expired or was used. Begin again.");

    public static readonly Error NoSecondFactor = new(
        "no-second-factor", ErrorKind.Conflict, "There is no second factor",
        "Set up an authenticator app or a passkey first.");

    public static readonly Error SecondFactorInUse = new(
        "second-factor-in-use", ErrorKind.Conflict, "The authenticator app needs the second factor",
        "A sign-in asks for a second factor as long as an authenticator app is set up. Remove the app first.");
}
