using System.Globalization;
using System.Text;

namespace CleanJwt.Domain.Codes;

/// <summary>The form of the codes that people type: those of mails, and recovery codes.</summary>
/// <remarks>
/// An attacker may try five codes for each of any number of addresses. So a code that replaces a password has 50 bits.
/// A confirmation gives no access to an existing account, and its code has 8 digits.
/// </remarks>
public static class TypedCode
{
    // Crockford's base32 has no I, L, O and U: https://www.crockford.com/base32.html
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private const int DigitCount = 8;
    private const int LetterCount = 10;
    private const int BitsPerLetter = 5;

    /// <returns>Eight digits.</returns>
    /// <param name="random">At least 64 random bits. The digits are evenly distributed but for a part in 10^11.</param>
    public static string Digits(ulong random) =>
        (random % 100_000_000).ToString(CultureInfo.InvariantCulture).PadLeft(DigitCount, '0');

    /// <returns>Ten characters of Crockford's base32.</returns>
    /// <param name="random">The lowest 50 bits count.</param>
    public static string Letters(ulong random) => string.Create(LetterCount, random, static (letters, bits) =>
    {
        for (var i = 0; i < letters.Length; i++)
        {
            letters[i] = Alphabet[(int)(bits >> (BitsPerLetter * i)) & (Alphabet.Length - 1)];
        }
    });

    /// <summary>Gives the code as a person reads it best: two halves with a dash between.</summary>
    public static string Format(string code) => $"{code[..(code.Length / 2)]}-{code[(code.Length / 2)..]}";

    /// <summary>
    /// Gives a typed code in the form that is compared. White space, dashes and case do not count, and letters that
    /// look like a digit are that digit.
    /// </summary>
    public static string Normalize(string typed)
    {
        var code = new StringBuilder(typed.Length);
        foreach (var rune in typed.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune)
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.DashPunctuation or UnicodeCategory.Format)
            {
                continue;
            }

            code.Append(Rune.ToUpperInvariant(rune).Value switch
            {
                'O' => "0",
                'I' or 'L' => "1",
                _ => Rune.ToUpperInvariant(rune).ToString(),
            });
        }

        return code.ToString();
    }
}
