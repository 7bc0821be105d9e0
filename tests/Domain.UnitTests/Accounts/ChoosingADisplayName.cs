using CleanJwt.Domain.Accounts;
using static CleanJwt.Domain.UnitTests.Rows;

namespace CleanJwt.Domain.UnitTests.Accounts;

/// <summary>Free text on one line, or none at all.</summary>
internal sealed class ChoosingADisplayName
{
    private const string Heart = "\U0001f499";
    private const string FlagOfScotland =
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f";

    private static IEnumerable<TestCaseData> Names =>
    [
        Row("absent", null, null),
        Row("empty", "", null),
        Row("white space", " \t\r\n\u3000", null),
        Row("white space around", "\r\n Ada Lovelace \t", "Ada Lovelace"),
        Row("100 code points", Times("x", 100), Times("x", 100)),
        Row("100 code points between spaces", $" {Times("x", 100)} ", Times("x", 100)),
        Row("100 code points of two UTF-16 units each", Times(Heart, 100), Times(Heart, 100)),
        Row("emoji joined to a family", "\U0001f469\u200d\U0001f467", "\U0001f469\u200d\U0001f467"),
        Row(
            "emoji with a variation selector and a joiner",
            "\u2764\ufe0f\u200d\U0001f525",
            "\u2764\ufe0f\u200d\U0001f525"),
        Row("Japanese with a variant of a character", "\u845b\U000e0100", "\u845b\U000e0100"),
        Row("flag of Scotland", FlagOfScotland, FlagOfScotland),
        Row(
            "Persian with a non-joiner",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        Row("Sinhala with a joiner", "\u0dc1\u0dca\u200d\u0dbb\u0dd3", "\u0dc1\u0dca\u200d\u0dbb\u0dd3"),
        Row("sign of Arabic numbers", "\u0600\u0661", "\u0600\u0661"),
        Row("from right to left", "\u05e2\u05d3\u05d4", "\u05e2\u05d3\u05d4"),
        Row("markup", "<b>Ada</b> & \"co\"", "<b>Ada</b> & \"co\""),
        Row("noncharacter U+FFFE", "Ada\ufffe", "Ada\ufffe"),
    ];

    private static IEnumerable<TestCaseData> OtherTexts =>
    [
        Row("101 code points", Times("x", 101)),
        Row("101 code points of two UTF-16 units each", Times(Heart, 101)),
        Row("NUL", "Ada\0"),
        Row("line break", "Ada\nLovelace"),
        Row("carriage return", "Ada\rLovelace"),
        Row("tab inside", "Ada\tLovelace"),
        Row("escape", "Ada\u001b[31m"),
        Row("delete", "Ada\u007f"),
        Row("C1 control", "Ada\u009b31m"),
        Row("line separator", "Ada\u2028Lovelace"),
        Row("paragraph separator", "Ada\u2029Lovelace"),
        Row("zero-width space alone", "\u200b"),
        Row("zero-width space inside", "Ada\u200bLovelace"),
        Row("word joiner", "Ada\u2060"),
        Row("byte order mark", "\ufeffAda"),
        Row("soft hyphen", "Ada\u00adLovelace"),
        Row("right-to-left override", "Ada\u202eecalevoL"),
        Row("left-to-right embedding", "\u202aAda\u202c"),
        Row("isolate", "\u2066Ada\u2069"),
        Row("right-to-left mark", "Ada\u200f"),
        Row("joiner alone", "\u200d"),
        Row("joiner after a space", "Ada \u200dLovelace"),
        Row("joiner at the end", "\u0dc1\u0dca\u200d"),
        Row("joiner between Latin letters", "Al\u200dice"),
        Row("non-joiner between Cyrillic letters", "\u0416\u200c\u0443"),
        Row("two joiners", "\U0001f469\u200d\u200d\U0001f467"),
        Row("combining grapheme joiner", "Ada\u034f"),
        Row("unassigned and not to be shown", "\u2065"),
        Row("variation selector after a space", "Ada \ufe0fL"),
        Row("variation selector alone", "\ufe0f"),
        Row("Hangul filler", "\u3164"),
        Row("empty Braille cell", "\u2800"),
        Row("tags without a flag", "Ada\U000e0041"),
        Row("lone surrogate", "Ada\ud83d"),
    ];

    [TestCaseSource(nameof(Names))]
    public void OneLine_IsKeptTrimmed(string? text, string? name)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(DisplayName.IsValid(text), Is.True);
            Assert.That(DisplayName.Normalize(text), Is.EqualTo(name));
        }
    }

    [TestCaseSource(nameof(OtherTexts))]
    public void AnythingElse_IsRefused(string text) => Assert.That(DisplayName.IsValid(text), Is.False);

    private static string Times(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
