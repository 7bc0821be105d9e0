namespace CleanJwt.Domain.Sessions;

/// <summary>What an owner has proved in one authentication.</summary>
/// <param name="Amr">The methods (RFC 8176), space-separated.</param>
public sealed record Proof(Acr Acr, string Amr)
{
    public static readonly Proof Password = new(Acr.OneFactor, "pwd");

    /// <summary>The password, and a code of an authenticator app or a recovery code.</summary>
    public static readonly Proof PasswordAndCode = new(Acr.TwoFactor, "pwd otp mfa");

    /// <summary>
    /// A passkey alone. The authenticator holds the key, and has verified its user by a PIN or a biometric.
    /// </summary>
    public static readonly Proof Passkey = new(Acr.PhishingResistant, "pop user mfa");

    public static readonly Proof PasswordAndPasskey = new(Acr.PhishingResistant, "pwd pop user mfa");
}
