using System.Text;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Passwords;
using static CleanJwt.Domain.UnitTests.Rows;

namespace CleanJwt.Domain.UnitTests.Accounts;

/// <summary>Text is counted and judged by code points, not by UTF-16 units.</summary>
internal sealed class ReadingUnicodeText
{
    private static IEnumerable<TestCaseData> Texts =>
    [
        Row("empty", "", true, 0),
        Row("ASCII", "abc", true, 3),
        Row("surrogate pair", "a\U0001f499b", true, 3),
        Row("combining mark", "e\u0301", true, 2),
        Row("noncharacters", "\ufffe\uffff", true, 2),
        Row("lone high surrogate", "a\ud83db", false, 3),
        Row("lone low surrogate", "a\udc99b", false, 3),
        Row("half a pair at the end", "ab\ud83d", false, 3),
        Row("pair the wrong way round", "\udc99\ud83d", false, 2),
        Row("pair after a half", "\ud83d\ud83d\udc99", false, 2),
    ];

    [TestCaseSource(nameof(Texts))]
    public void LoneSurrogate_IsNotWellFormedAndCountsAsOne(string text, bool wellFormed, int length)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(UnicodeText.IsWellFormed(text), Is.EqualTo(wellFormed));
            Assert.That(UnicodeText.Length(text), Is.EqualTo(length));
        }
    }

    /// <summary>Sorting combining marks takes quadratic time. These marks would take minutes.</summary>
    [Test]
    public async Task LongRunOfCombiningMarks_IsRefusedWithoutBeingComposed()
    {
        const int Marks = 500_000;
        var text = "a" + new string('\u0315', Marks) + new string('\u0316', Marks) + "@example.com";

        var judging = Task.Run(() => (EmailAddress.TryParse(text, out _), PasswordRules.HasAllowedLength(text)));

        Assert.That(await judging.WaitAsync(TimeSpan.FromSeconds(20)), Is.EqualTo((false, false)));
    }

    [Test]
    [Category("Exhaustive")]
    public void EveryCodePoint_CanBeComposed()
    {
        var refused = Enumerable.Range(0, 0x110000)
            .Where(Rune.IsValid)
            .Where(value => Refusal($"e\u0301{new Rune(value)}") is not null)
            .Select(value => $"U+{value:X4}");
        Assert.That(refused, Is.Empty);

        static Exception? Refusal(string text)
        {
            try
            {
                UnicodeText.Compose(text);
                return null;
            }
            catch (ArgumentException refusal)
            {
                return refusal;
            }
        }
    }
}
