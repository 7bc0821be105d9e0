using CleanJwt.Domain.Accounts;

namespace CleanJwt.Domain.Passwords;

/// <summary>
/// The rules for a new password: its length (NIST SP 800-63B, section 3.1.1.2), and that it is not commonly used. There
/// are no composition rules.
/// </summary>
public static class PasswordRules
{
    /// <summary>Counted in Unicode code points, after NFC.</summary>
    public const int MinLength = 12;

    /// <inheritdoc cref="MinLength"/>
    public const int MaxLength = 128;

    private const int MinComparedLocalPart = 4;

    /// <summary>
    /// Gives the form that is hashed and compared. A password typed on another keyboard has the same form.
    /// </summary>
    /// <remarks>The text must be well formed (<see cref="UnicodeText.IsWellFormed"/>).</remarks>
    public static string Normalize(string password) => UnicodeText.Compose(password);

    public static bool HasAllowedLength(string password) =>
        password.Length <= UnicodeText.MaxRawLength(MaxLength) // NFC of a long run of combining marks is slow
        && UnicodeText.Length(Normalize(password)) is >= MinLength and <= MaxLength;

    /// <summary>
    /// Whether the password contains the part of the address before the <c>@</c>. Parts of fewer than 4 code points are
    /// ignored.
    /// </summary>
    public static bool Contains(string password, EmailAddress email) =>
        UnicodeText.Length(email.LocalPart) >= MinComparedLocalPart
        && Fold(password).Contains(Fold(email.LocalPart), StringComparison.Ordinal);

    /// <summary>Whether the password is commonly used, whatever its case.</summary>
    /// <remarks>The caller has checked the length (<see cref="HasAllowedLength"/>), which bounds the cost.</remarks>
    public static bool IsCommon(string password) => CommonPasswords.Contains(Fold(password));

    private static string Fold(string text) => Normalize(Normalize(text).ToUpperInvariant());
}
