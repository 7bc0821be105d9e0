using CleanJwt.Domain.Accounts;

namespace CleanJwt.Domain.Passwords;

/// <summary>
/// What a new password must be. Length is what counts (NIST SP 800-63B, 3.1.1.2), and that not many others have chosen it: there are no
/// composition rules.
/// </summary>
public static class PasswordRules
{
    /// <summary>In Unicode code points, after NFC.</summary>
    public const int MinLength = 12;

    /// <inheritdoc cref="MinLength"/>
    public const int MaxLength = 128;

    private const int ShortestTellingLocalPart = 4;

    /// <summary>The form that is hashed and compared, so that a password typed on another keyboard is the same password.</summary>
    /// <remarks>The text must be well formed (<see cref="UnicodeText.IsWellFormed"/>).</remarks>
    public static string Normalize(string password) => UnicodeText.Compose(password);

    public static bool HasAllowedLength(string password) =>
        password.Length <= UnicodeText.MaxRawLength(MaxLength) // not composed, which a long run of combining marks makes slow
        && UnicodeText.Length(Normalize(password)) is >= MinLength and <= MaxLength;

    /// <summary>Whether the password holds the part of the address before the <c>@</c>, unless that is too short to tell anything.</summary>
    public static bool Contains(string password, EmailAddress email) =>
        UnicodeText.Length(email.LocalPart) >= ShortestTellingLocalPart
        && Fold(password).Contains(Fold(email.LocalPart), StringComparison.Ordinal);

    /// <summary>Whether many people have chosen this password before, whatever its case.</summary>
    /// <remarks>The password must have the allowed length (<see cref="HasAllowedLength"/>), which bounds what this costs.</remarks>
    public static bool IsCommon(string password) => CommonPasswords.Contain(Fold(password));

    private static string Fold(string text) => Normalize(Normalize(text).ToUpperInvariant());
}
