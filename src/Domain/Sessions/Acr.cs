namespace CleanJwt.Domain.Sessions;

/// <summary>
/// How strongly an owner has authenticated (RFC 9470, section 2). A demand for one is met by any that follows it. The
/// numbers are stored: never change one.
/// </summary>
public enum Acr
{
    /// <summary>The password.</summary>
    OneFactor = 1,

    /// <summary>The password, and a code of an authenticator app or a recovery code.</summary>
    TwoFactor = 2,

    /// <summary>
    /// A passkey whose authenticator has verified its user. It signs for one origin, so another site gets nothing from
    /// it.
    /// </summary>
    PhishingResistant = 3,
}

/// <summary>The names of <see cref="Acr"/> in tokens: the claim <c>acr</c>.</summary>
public static class AcrNames
{
    private const string Prefix = "urn:cleanjwt:acr:";

    private static readonly string[] Names = ["one-factor", "two-factor", "phishing-resistant"];

    private static readonly string[] Urns = [.. Names.Select(name => Prefix + name)];

    /// <summary>All names, the weakest first.</summary>
    public static IReadOnlyList<string> All => Urns;

    public static string Of(Acr acr) => Urns[(int)acr - 1];

    /// <returns><see cref="Acr.OneFactor"/> for a name that this version does not know, and for none.</returns>
    public static Acr Parse(string? name) =>
        Array.IndexOf(Urns, name) is >= 0 and var position ? (Acr)(position + 1) : Acr.OneFactor;
}
