namespace CleanJwt.Application.Sessions;

/// <summary>The outcome of a right password: tokens, or the demand for a second factor.</summary>
public sealed record SignIn(Tokens? Tokens, SecondFactorDemand? Demand);

/// <summary>A sign-in that waits for a second factor.</summary>
/// <param name="Status">Always <c>second-factor-required</c>.</param>
/// <param name="MfaToken">An opaque token. Send it with the second factor.</param>
/// <param name="ExpiresIn">The seconds for which the token counts.</param>
/// <param name="Methods">
/// The ways in which the account can prove a second factor: <c>totp</c>, <c>recovery-code</c>, <c>passkey</c>.
/// </param>
public sealed record SecondFactorDemand(
    string Status, string MfaToken, long ExpiresIn, IReadOnlyList<string> Methods)
{
    public override string ToString() => nameof(SecondFactorDemand); // a record would print the token
}
