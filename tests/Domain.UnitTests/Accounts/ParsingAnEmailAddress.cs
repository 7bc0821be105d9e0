using System.Text;
using CleanJwt.Domain.Accounts;
using static CleanJwt.Domain.UnitTests.Rows;

namespace CleanJwt.Domain.UnitTests.Accounts;

/// <summary>The texts that are one email address, and the spelling that is kept.</summary>
internal sealed class ParsingAnEmailAddress
{
    private const string LoneSurrogate = "\ud83d";
    private const string Mailbox = "\U0001f4ea";

    private static IEnumerable<TestCaseData> Addresses =>
    [
        Row("ordinary", "ada@example.com", "ada@example.com"),
        Row("three code points", "a@b", "a@b"),
        Row("254 code points", OfLength(254), OfLength(254)),
        Row("254 code points of two UTF-16 units each", Astral(254), Astral(254)),
        Row("254 code points between spaces", $"  {OfLength(254)}  ", OfLength(254)),
        Row("254 code points after composition", OfLength(253) + "e\u0301", OfLength(253) + "\u00e9"),
        Row("white space around", " \t\r\nada@example.com\u00a0\u3000\r\n", "ada@example.com"),
        Row("tag, dots and dashes", "ada.l+tag_x-y@mail.example.co.uk", "ada.l+tag_x-y@mail.example.co.uk"),
        Row(
            "all that an unquoted local part may hold",
            "!#$%&'*+-/=?^_`{|}~@example.com",
            "!#$%&'*+-/=?^_`{|}~@example.com"),
        Row("case is kept", "Ada@Example.COM", "Ada@Example.COM"),
        Row("non-ASCII on both sides", "\u7528\u6237@\u4f8b\u3048.jp", "\u7528\u6237@\u4f8b\u3048.jp"),
        Row("decomposed", "andre\u0301@example.com", "andr\u00e9@example.com"),
        Row("emoji", $"{Mailbox}@example.com", $"{Mailbox}@example.com"),
        Row("address literal without brackets", "ada@127.0.0.1", "ada@127.0.0.1"),
    ];

    private static IEnumerable<TestCaseData> OtherTexts =>
    [
        Row("null", (string?)null),
        Row("empty", ""),
        Row("white space", "   "),
        Row("two code points", "a@"),
        Row("two code points between spaces", " @b "),
        Row("255 code points", OfLength(255)),
        Row("255 code points of two UTF-16 units each", Astral(255)),
        Row("1 MiB", OfLength(1 << 20)),
        Row("no @", "example.com"),
        Row("nothing before the @", "@example.com"),
        Row("nothing after the @", "ada@"),
        Row("two @", "ada@example@com"),
        Row("two @ in a row", "ada@@example.com"),
        Row("only @", "@@@"),
        Row("two addresses", "ada@example.com,bob@example.com"),
        Row("two addresses with a semicolon", "ada@example.com;bob"),
        Row("with a display name", "Ada<ada@example.com>"),
        Row("quoted local part", "\"ada\"@example.com"),
        Row("comment", "ada(work)@example.com"),
        Row("colon", "mailto:ada@example.com"),
        Row("backslash", "ada\\x@example.com"),
        Row("address literal", "ada@[127.0.0.1]"),
        Row("space inside", "ada lovelace@example.com"),
        Row("no-break space inside", "ada\u00a0lovelace@example.com"),
        Row("tab inside", "ada\tlovelace@example.com"),
        Row("NUL inside", "ada\0@example.com"),
        Row("NUL at the end", "ada@example.com\0"),
        Row("header injection", "ada@example.com\r\nBcc: eve"),
        Row("line separator", "ada\u2028@example.com"),
        Row("paragraph separator", "ada\u2029@example.com"),
        Row("delete", "ada\u007f@example.com"),
        Row("C1 control", "ada\u009b@example.com"),
        Row("zero-width space", "ada\u200b@example.com"),
        Row("zero-width joiner", "ada\u200d@example.com"),
        Row("right-to-left override", "ada\u202e@example.com"),
        Row("soft hyphen", "ada\u00ad@example.com"),
        Row("byte order mark", "\ufeffada@example.com"),
        Row("tag character", "ada\U000e0041@example.com"),
        Row("private use", "ada\ue000@example.com"),
        Row("noncharacter U+FFFE", "ada\ufffe@example.com"),
        Row("noncharacter U+FFFF", "ada\uffff@example.com"),
        Row("lone high surrogate", $"ada{LoneSurrogate}@example.com"),
        Row("lone low surrogate", "ada\udcea@example.com"),
        Row("lone surrogate at the end", $"ada@example.com{LoneSurrogate}"),
        Row("surrogates in the wrong order", "ada\udcea\ud83d@example.com"),
    ];

    [TestCaseSource(nameof(Addresses))]
    public void OneAddress_IsKeptTrimmedAndComposed(string text, string value)
    {
        Assert.That(EmailAddress.TryParse(text, out var address), Is.True);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(address!.Value, Is.EqualTo(value));
            Assert.That(address.ToString(), Is.EqualTo(value));
            Assert.That(EmailAddress.Parse(text), Is.EqualTo(address));
        }
    }

    [TestCaseSource(nameof(OtherTexts))]
    public void AnythingElse_IsRefused(string? text)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(EmailAddress.TryParse(text, out var address), Is.False);
            Assert.That(address, Is.Null);
        }
    }

    [Test]
    public void AnythingElse_IsAFormatErrorForWhoWasSure() =>
        Assert.That(() => EmailAddress.Parse("not an address"), Throws.TypeOf<FormatException>());

    [TestCase("ada@example.com", "ada")]
    [TestCase(" a.b+c@d ", "a.b+c")]
    [TestCase("e\u0301@example.com", "\u00e9")]
    public void LocalPart_IsWhatComesBeforeTheAt(string text, string localPart) =>
        Assert.That(EmailAddress.Parse(text).LocalPart, Is.EqualTo(localPart));

    private static string OfLength(int codePoints) => "a@" + new string('b', codePoints - 2);

    private static string Astral(int codePoints) =>
        new StringBuilder("a@").Insert(2, Mailbox, codePoints - 2).ToString();
}
