using System.Text;

namespace CleanJwt.Domain.Accounts;

/// <summary>Questions about text that <see cref="string"/> answers in UTF-16 units, answered in Unicode code points.</summary>
public static class UnicodeText
{
    private const char Refused = '\ufffe';

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

    /// <summary>The text in NFC. It must be well formed.</summary>
    /// <remarks>The framework refuses to normalize U+FFFE, which is legal text that composes with nothing: what lies around it is normalized.</remarks>
    public static string Normalize(string text) =>
        string.Join(Refused, text.Split(Refused).Select(part => part.Normalize(NormalizationForm.FormC)));

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
