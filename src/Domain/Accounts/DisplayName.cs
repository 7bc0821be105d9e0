using System.Globalization;
using System.Text;

namespace CleanJwt.Domain.Accounts;

/// <summary>How an account likes to be called: free text on one line.</summary>
public static class DisplayName
{
    /// <summary>In Unicode code points, after trimming.</summary>
    public const int MaxLength = 100;

    public static bool IsValid(string? text) =>
        Normalize(text) is not { } name
        || (UnicodeText.IsWellFormed(name) && UnicodeText.Length(name) <= MaxLength && !name.EnumerateRunes().Any(IsControl));

    /// <summary>Trimmed; empty is the same as none.</summary>
    public static string? Normalize(string? text) => text?.Trim() is { Length: > 0 } name ? name : null;

    private static bool IsControl(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
