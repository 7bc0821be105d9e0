using System.Text;

namespace CleanJwt.Domain.Accounts;

/// <summary>Measures text in Unicode code points, where <see cref="string"/> counts UTF-16 units.</summary>
public static class UnicodeText
{
    // string.Normalize throws on this noncharacter, which is valid text and composes with nothing.
    private const char Noncharacter = '\uFFFE';

    /// <summary>
    /// Whether the text has no lone surrogate. Text that has one can be neither normalized nor encoded.
    /// </summary>
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

    /// <summary>
    /// An upper bound for the UTF-16 units of a text that has this many code points once it is composed.
    /// </summary>
    public static int MaxRawLength(int codePoints) => 8 * codePoints;

    /// <summary>Gives the text in NFC.</summary>
    /// <remarks>The text must be well formed (<see cref="IsWellFormed"/>).</remarks>
    public static string Compose(string text) =>
        string.Join(Noncharacter, text.Split(Noncharacter).Select(part => part.Normalize(NormalizationForm.FormC)));

    /// <summary>Counts the code points. A lone surrogate counts as one.</summary>
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
