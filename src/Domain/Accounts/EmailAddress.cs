using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace CleanJwt.Domain.Accounts;

/// <summary>
/// One email address, which may hold non-ASCII characters (RFC 6531). Addresses are compared in their
/// <see cref="Normalized"/> form, code point by code point. Spellings that differ only in case or in composition are
/// one address. Look-alikes are different addresses.
/// </summary>
public sealed record EmailAddress
{
    /// <summary>Counted in Unicode code points.</summary>
    public const int MinLength = 3;

    /// <inheritdoc cref="MinLength"/>
    public const int MaxLength = 254;

    // RFC 5321 allows these only inside quotes. Such addresses hardly exist, but lists of addresses and header
    // injections do.
    private const string Specials = "\"(),:;<>[\\]";

    private EmailAddress(string value) => Value = value;

    /// <summary>The address as its owner wrote it, trimmed and in NFC.</summary>
    public string Value { get; }

    /// <summary>The form that is unique among accounts and is compared byte for byte.</summary>
    public string Normalized => UnicodeText.Compose(Value.ToUpperInvariant());

    public string LocalPart => Value[..Value.IndexOf('@', StringComparison.Ordinal)];

    public override string ToString() => Value;

    /// <summary>
    /// Accepts 3 to 254 code points with one <c>@</c> that has text on both sides. Surrounding white space does not
    /// count.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out EmailAddress? address)
    {
        address = null;
        if (text is null || !UnicodeText.IsWellFormed(text))
        {
            return false;
        }

        // Composing a long run of combining marks takes quadratic time, so a text that is too long is not composed.
        var trimmed = text.Trim();
        if (trimmed.Length > UnicodeText.MaxRawLength(MaxLength))
        {
            return false;
        }

        var value = UnicodeText.Compose(trimmed);
        var at = value.IndexOf('@', StringComparison.Ordinal);
        if (UnicodeText.Length(value) is < MinLength or > MaxLength
            || at < 1 || at == value.Length - 1 || at != value.LastIndexOf('@')
            || !value.EnumerateRunes().All(IsAllowed))
        {
            return false;
        }

        address = new EmailAddress(value);
        return true;
    }

    /// <summary>
    /// Gives the form in which the beginning of an address is compared with <see cref="Normalized"/> addresses.
    /// </summary>
    /// <returns>False when no address can begin with the text.</returns>
    public static bool TryNormalizePrefix(string text, out string prefix)
    {
        var trimmed = text.Trim();
        prefix = trimmed.Length <= UnicodeText.MaxRawLength(MaxLength) && UnicodeText.IsWellFormed(trimmed)
            ? UnicodeText.Compose(UnicodeText.Compose(trimmed).ToUpperInvariant())
            : "";
        return prefix.Length > 0 && UnicodeText.Length(prefix) <= MaxLength && prefix.EnumerateRunes().All(IsAllowed);
    }

    /// <exception cref="FormatException">The text is not one email address.</exception>
    public static EmailAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException("Not an email address.");

    private static bool IsAllowed(Rune rune) =>
        !(rune.IsAscii && Specials.Contains((char)rune.Value, StringComparison.Ordinal))
        && Rune.GetUnicodeCategory(rune) is not (
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator);
}
