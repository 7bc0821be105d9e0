using CleanJwt.Domain.Accounts;
using static CleanJwt.Domain.UnitTests.Rows;

namespace CleanJwt.Domain.UnitTests.Accounts;

/// <summary>
/// The spellings that belong to one account: those that NFC and upper-casing make the same, code point by code point.
/// </summary>
internal sealed class ComparingEmailAddresses
{
    private static IEnumerable<TestCaseData> Spellings =>
    [
        Row("case", "ada@example.com", "ADA@Example.Com"),
        Row("white space around", "ada@example.com", "\tada@example.com \r\n"),
        Row("composition", "andr\u00e9@example.com", "andre\u0301@example.com"),
        Row("composition and case", "andr\u00e9@example.com", "ANDRE\u0301@EXAMPLE.COM"),
        Row("case beyond ASCII", "\u00e5\u0436@example.com", "\u00c5\u0416@example.com"),
        Row("case beyond the basic plane", "\U00010428@example.com", "\U00010400@example.com"),
        Row("order of combining marks", "a\u0323\u0307@example.com", "a\u0307\u0323@example.com"),
        Row("Hangul syllable and its jamo", "\uac00@example.com", "\u1100\u1161@example.com"),
        Row("both lower-case sigmas", "\u03c3@example.com", "\u03c2@example.com"),
        Row("Kelvin sign, canonically a K", "k@example.com", "\u212a@example.com"),
        Row("Angstrom sign, canonically a letter", "\u00e5@example.com", "\u212b@example.com"),
        Row("long s, whose upper case is S", "s@example.com", "\u017f@example.com"),
        Row("long s with a mark, which composes only in upper case", "\u0161@example.com", "\u017f\u030c@example.com"),
    ];

    private static IEnumerable<TestCaseData> LookAlikes =>
    [
        Row("Cyrillic a", "ada@example.com", "\u0430da@example.com"),
        Row("Greek omicron", "bob@example.com", "b\u03bfb@example.com"),
        Row("full-width a", "ada@example.com", "\uff41da@example.com"),
        Row("full-width stop", "ada@example.com", "ada@example\uff0ecom"),
        Row("mathematical bold a", "ada@example.com", "\U0001d41ada@example.com"),
        Row("ligature", "fi@example.com", "\ufb01@example.com"),
        Row("superscript", "a2@example.com", "a\u00b2@example.com"),
        Row("sharp s", "strasse@example.com", "stra\u00dfe@example.com"),
        Row("dotless i", "i@example.com", "\u0131@example.com"),
        Row("I with a dot", "i@example.com", "\u0130@example.com"),
        Row("accent", "andre@example.com", "andr\u00e9@example.com"),
        Row("variation selector", "a\u2764@example.com", "a\u2764\ufe0f@example.com"),
        Row("tag", "ada@example.com", "ada+x@example.com"),
        Row("dot", "adal@example.com", "ada.l@example.com"),
    ];

    [TestCaseSource(nameof(Spellings))]
    public void AnotherSpelling_IsTheSameAccount(string one, string other) =>
        Assert.That(Normalized(one), Is.EqualTo(Normalized(other)));

    [TestCaseSource(nameof(LookAlikes))]
    public void LookAlike_IsAnotherAccount(string one, string other) =>
        Assert.That(Normalized(one), Is.Not.EqualTo(Normalized(other)));

    [TestCaseSource(nameof(Spellings))]
    public void NormalizedForm_IsItsOwn(string one, string other)
    {
        var normalized = Normalized(other);
        Assert.That(Normalized(normalized), Is.EqualTo(normalized), $"As a spelling of {one}");
    }

    [Test]
    [SetCulture("tr-TR")]
    public void Culture_ChangesNothing() =>
        Assert.That(Normalized("india@example.com"), Is.EqualTo("INDIA@EXAMPLE.COM"));

    private static string Normalized(string text) => EmailAddress.Parse(text).Normalized;
}
