using CleanJwt.Domain.Accounts;
using static CleanJwt.Domain.UnitTests.Rows;

namespace CleanJwt.Domain.UnitTests.Accounts;

/// <summary>Free text on one line, or none at all.</summary>
internal sealed class ChoosingADisplayName
{
    private const string Heart = "\U0001f499";

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
