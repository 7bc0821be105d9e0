using System.Text;

namespace CleanJwt.Domain.Accounts;

/// <summary>Questions about text that <see cref="string"/> answers in UTF-16 units, answered in Unicode code points.</summary>
public static class UnicodeText
{
    // string.Normalize throws at this noncharacter, which is valid text and composes with nothing.
    private const char NormalizationRefuses = '\uFFFE';

    /// <summary>Whether the text has no lone surrogate. Other text can be neither normalized nor encoded.</summary>
    public static bool IsWellFormed(string text)
    {
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var consumed) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            rest = rest[consumed..];
        }

        return true;
    }

    /// <summary>More UTF-16 units than a text of so many code points has before it is composed, marks and surrogates included.</summary>
    public static int MaxRawLength(int codePoints) => 8 * codePoints;

    /// <summary>The text in NFC.</summary>
    /// <remarks>The text must be well formed (<see cref="IsWellFormed"/>).</remarks>
    public static string Compose(string text) =>
        string.Join(NormalizationRefuses, text.Split(NormalizationRefuses).Select(part => part.Normalize(NormalizationForm.FormC)));

    /// <summary>The number of code points; a lone surrogate counts as one.</summary>
    public static int Length(string text)
    {
        var length = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            length++;
        }

        return length;
    }
}
