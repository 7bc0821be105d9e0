namespace CleanJwt.Application.Ports;

/// <summary>Writes and reads the sealed tokens of second factors. The service does not store them.</summary>
public interface ISecondFactorTokens
{
    string Write(PendingSignIn signIn);

    string Write(TotpSetup setup);

    /// <returns>Null for a text that is no MFA token of this service, or that has expired.</returns>
    PendingSignIn? ReadSignIn(string text);

    /// <returns>Null for a text that is no setup token of this service, or that has expired.</returns>
    TotpSetup? ReadSetup(string text);
}

/// <summary>A sign-in whose password was right, and that waits for a second factor: the content of an MFA token.</summary>
/// <param name="Id">A random id, to use the token once.</param>
/// <param name="SecurityVersion">
/// The account's version when the password was right. A new password, a lock or a change of factors makes the token
/// worthless.
/// </param>
/// <param name="Scope">The scopes that the sign-in asked for. Null asks for all.</param>
public sealed record PendingSignIn(
    Guid Id, Guid AccountId, int SecurityVersion, string? Scope, DateTimeOffset ExpiresAt);
