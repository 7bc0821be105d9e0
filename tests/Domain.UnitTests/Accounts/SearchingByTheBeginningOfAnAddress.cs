using CleanJwt.Domain.Accounts;
using static CleanJwt.Domain.UnitTests.Rows;

namespace CleanJwt.Domain.UnitTests.Accounts;

/// <summary>The beginnings of addresses, in the form in which addresses are compared.</summary>
internal sealed class SearchingByTheBeginningOfAnAddress
{
    private const string LoneSurrogate = "\ud83d";

    private static IEnumerable<TestCaseData> Beginnings =>
    [
        Row("one letter", "a", "A"),
        Row("case", "Ada.l", "ADA.L"),
        Row("whole address", "ada@example.com", "ADA@EXAMPLE.COM"),
        Row("up to the @", "ada@", "ADA@"),
        Row("white space around", " \tada\r\n", "ADA"),
        Row("all that an unquoted local part may hold", "!#$%&'*+-/=?^_`{|}~", "!#$%&'*+-/=?^_`{|}~"),
        Row("wildcards, which mean themselves", "%_*?", "%_*?"),
        Row("composed", "andr\u00e9", "ANDR\u00c9"),
        Row("decomposed", "andre\u0301", "ANDR\u00c9"),
        Row("long s, whose upper case is S", "\u017f", "S"),
        Row("emoji", "\U0001f4ea", "\U0001f4ea"),
        Row("254 code points", new string('x', 254), new string('X', 254)),
    ];

    private static IEnumerable<TestCaseData> OtherTexts =>
    [
        Row("empty", ""),
        Row("white space", " \t\r\n\u3000"),
        Row("255 code points", new string('x', 255)),
        Row("1 MiB", new string('x', 1 << 20)),
        Row("many combining marks", "a" + new string('\u0301', 1 << 16)),
        Row("lone surrogate", $"ada{LoneSurrogate}"),
        Row("space inside", "ada l"),
        Row("no-break space inside", "ada\u00a0l"),
        Row("NUL", "ada\0"),
        Row("line break inside", "ada\nbcc"),
        Row("format character", "ada\u200b"),
        Row("comma", "ada,bob"),
        Row("quote", "\"ada"),
        Row("angle bracket", "Ada<ada"),
        Row("parenthesis", "ada("),
        Row("backslash", "ada\\"),
        Row("private use", "ada\ue000"),
        Row("not assigned", "ada\u0378"),
    ];

    private static IEnumerable<TestCaseData> Addresses =>
    [
        Row("ordinary", "Ada.l+tag@mail.example.co.uk"),
        Row("non-ASCII on both sides", "\u7528\u6237@\u4f8b\u3048.jp"),
        Row("composed", "andr\u00e9\u00e5@example.com"),
        Row("beyond the basic plane", "\U00010428\U0001f4ea@example.com"),
        Row("special cases of case", "\u017f\u00df\u0131\u0130\ufb01\u03c2@example.com"),
    ];

    [TestCaseSource(nameof(Beginnings))]
    public void Beginning_IsNormalizedLikeAnAddress(string text, string normalized)
    {
        Assert.That(EmailAddress.TryNormalizePrefix(text, out var prefix), Is.True);
        Assert.That(prefix, Is.EqualTo(normalized));
    }

    [TestCaseSource(nameof(OtherTexts))]
    public void OtherText_BeginsNoAddress(string text) =>
        Assert.That(EmailAddress.TryNormalizePrefix(text, out _), Is.False);

    [TestCaseSource(nameof(Addresses))]
    public void EveryBeginningOfAnAddress_FindsIt(string text)
    {
        var normalized = EmailAddress.Parse(text).Normalized;
        for (var length = 1; length <= text.Length; length++)
        {
            if (length == text.Length || !char.IsLowSurrogate(text[length]))
            {
                Assert.That(EmailAddress.TryNormalizePrefix(text[..length], out var prefix), Is.True);
                Assert.That(normalized.StartsWith(prefix, StringComparison.Ordinal), $"{prefix} of {normalized}");
            }
        }
    }

    [Test]
    [SetCulture("tr-TR")]
    public void Culture_ChangesNothing()
    {
        Assert.That(EmailAddress.TryNormalizePrefix("india", out var prefix), Is.True);
        Assert.That(prefix, Is.EqualTo("INDIA"));
    }
}
