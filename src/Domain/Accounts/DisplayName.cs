using System.Globalization;
using System.Text;

namespace CleanJwt.Domain.Accounts;

/// <summary>The name that an account shows: free text on one line.</summary>
public static class DisplayName
{
    /// <summary>Counted in Unicode code points, after trimming.</summary>
    public const int MaxLength = 100;

    private const int LastCyrillic = 0x052F;
    private const int BlackFlag = 0x1F3F4;

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
            if (IsControl(rune)
                || IsBlank(rune)
                || (IsInvisible(rune) && !Joins(previous, rune))
                || (IsVariationSelector(rune) && !(previous is { } before && IsVisible(before)))
                || (previous is { } joiner && IsJoiner(joiner) && !IsVisible(rune)))
            {
                return false;
            }

            isVisible |= IsVisible(rune);
            previous = rune;
        }

        return isVisible && !(previous is { } last && IsJoiner(last));
    }

    private static bool IsControl(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is
            UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    // Characters without a shape that are not in the category Format: the fillers of Hangul, the empty cell of Braille,
    // and what Unicode reserves for characters that are not to be shown.
    private static bool IsBlank(Rune rune) => rune.Value is
        0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2065 or 0x2800 or 0x3164 or 0xFFA0
        or (>= 0xFFF0 and <= 0xFFF8) or (>= 0xE0080 and <= 0xE00FF) or (>= 0xE01F0 and <= 0xE0FFF);

    // The category Format, without the signs of Arabic, Syriac and Kaithi that enclose digits and can be seen.
    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format
        && rune.Value is not ((>= 0x0600 and <= 0x0605) or 0x06DD or 0x070F or 0x0890 or 0x0891 or 0x08E2
            or 0x110BD or 0x110CD);

    private static bool IsVisible(Rune rune) => !Rune.IsWhiteSpace(rune) && !IsMark(rune) && !IsInvisible(rune);

    // Choose among the shapes of the character before them. Emoji and Japanese names have them.
    private static bool IsVariationSelector(Rune rune) =>
        rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    // Emoji and some scripts need a character that joins or separates the visible ones beside it. Latin, Greek and
    // Cyrillic need none, and there it would make two names that look alike.
    private static bool Joins(Rune? previous, Rune rune) => previous is { } before && (IsJoiner(rune)
        ? before.Value > LastCyrillic && !Rune.IsWhiteSpace(before) && !IsInvisible(before)
        : IsTag(rune) && (before.Value == BlackFlag || IsTag(before)));

    private static bool IsJoiner(Rune rune) =>
        rune.Value is 0x200C or 0x200D or 0x180E or (>= 0x13430 and <= 0x1343F); // also Mongolian, Egyptian hieroglyphs

    // They make the flag of a region, such as that of Scotland.
    private static bool IsTag(Rune rune) => rune.Value is >= 0xE0020 and <= 0xE007F;

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
