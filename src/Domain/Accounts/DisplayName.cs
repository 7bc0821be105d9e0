using System.Globalization;
using System.Text;

namespace CleanJwt.Domain.Accounts;

/// <summary>The name that an account shows: free text on one line.</summary>
public static class DisplayName
{
    /// <summary>Counted in Unicode code points, after trimming.</summary>
    public const int MaxLength = 100;

    public static bool IsValid(string? text) =>
        Normalize(text) is not { } name
        || (UnicodeText.IsWellFormed(name)
            && UnicodeText.Length(name) <= MaxLength
            && !name.EnumerateRunes().Any(IsControl));

    /// <summary>Trims the text. Empty text counts as no name.</summary>
    public static string? Normalize(string? text) => text?.Trim() is { Length: > 0 } name ? name : null;

    private static bool IsControl(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is
            UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
