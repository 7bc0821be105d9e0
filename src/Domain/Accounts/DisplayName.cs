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
            && HasOnlyVisibleText(name));

    /// <summary>Trims the text. Empty text counts as no name.</summary>
    public static string? Normalize(string? text) => text?.Trim() is { Length: > 0 } name ? name : null;

    /// <returns>
    /// False when the text has a character that controls, hides or turns other text, or nothing that can be seen.
    /// </returns>
    private static bool HasOnlyVisibleText(string name)
    {
        var isVisible = false;
        Rune? previous = null;
        foreach (var rune in name.EnumerateRunes())
        {
            if (IsControl(rune) || IsBlank(rune) || (IsInvisible(rune) && !Joins(previous, rune)))
            {
                return false;
            }

            isVisible |= !Rune.IsWhiteSpace(rune) && !IsMark(rune) && !IsInvisible(rune);
            previous = rune;
        }

        return isVisible;
    }

    private static bool IsControl(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is
            UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    // Letters and symbols that have no shape: the fillers of Hangul, and the empty cell of Braille.
    private static bool IsBlank(Rune rune) => rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800;

    // The category Format, without the signs of Arabic, Syriac and Kaithi that enclose digits and can be seen.
    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format
        && rune.Value is not ((>= 0x0600 and <= 0x0605) or 0x06DD or 0x070F or 0x0890 or 0x0891 or 0x08E2
            or 0x110BD or 0x110CD);

    // Emoji and some scripts need a character that joins or separates the visible ones beside it.
    private static bool Joins(Rune? previous, Rune rune) => previous is { } before && rune.Value switch
    {
        0x200C or 0x200D or 0x180E or (>= 0x13430 and <= 0x1343F) => // joiners, Mongolian, Egyptian hieroglyphs
            Rune.IsLetterOrDigit(before) || Rune.IsSymbol(before) || IsMark(before),
        >= 0xE0020 and <= 0xE007F => // the tags that make a flag of a region, such as that of Scotland
            before.Value == 0x1F3F4 || before.Value is >= 0xE0020 and <= 0xE007E,
        _ => false,
    };

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
