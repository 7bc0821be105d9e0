using CleanJwt.Application.Administration;
using CleanJwt.Application.Audit;
using CleanJwt.Application.Paging;
using FluentValidation.Results;

namespace CleanJwt.Application.UnitTests.Paging;

/// <summary>Where a page ends, and the text that asks for the next one.</summary>
internal sealed class ReadingAListByPages
{
    private static readonly Guid Id = Guid.Parse("0195a1b2-0000-7000-8000-00000000000a");

    private static IEnumerable<TestCaseData> Times =>
    [
        Row("now", DateTimeOffset.UtcNow),
        Row("to the tick", new DateTimeOffset(639_000_000_000_000_001, TimeSpan.Zero)),
        Row("in another zone", new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(-9))),
        Row("first", DateTimeOffset.MinValue),
        Row("last", DateTimeOffset.MaxValue),
    ];

    private static IEnumerable<TestCaseData> OtherTexts =>
    [
        Row("empty", ""),
        Row("nonsense", "nonsense"),
        Row("dot", "."),
        Row("no id", "8de5f0c3a1b2c3d."),
        Row("no time", $".{Id:N}"),
        Row("only an id", $"{Id:N}"),
        Row("id with dashes", $"8de5f0c3a1b2c3d.{Id:D}"),
        Row("id in braces", $"8de5f0c3a1b2c3d.{Id:B}"),
        Row("id too short", $"8de5f0c3a1b2c3d.{Id.ToString("N")[1..]}"),
        Row("id too long", $"8de5f0c3a1b2c3d.{Id:N}0"),
        Row("three parts", $"8de5f0c3a1b2c3d.{Id:N}."),
        Row("not hexadecimal", $"8dg5f0c3a1b2c3d.{Id:N}"),
        Row("negative", $"-1.{Id:N}"),
        Row("negative as hexadecimal", $"ffffffffffffffff.{Id:N}"),
        Row("with 0x", $"0x1.{Id:N}"),
        Row("after the last time", $"{DateTimeOffset.MaxValue.UtcTicks + 1:x}.{Id:N}"),
        Row("too long for a number", $"{new string('1', 17)}.{Id:N}"),
        Row("of 1 MiB", $"{new string('1', 1 << 20)}.{Id:N}"),
        Row("dots alone", new string('.', 1 << 16)),
        Row("white space around", $" 1.{Id:N} "),
        Row("other digits", $"\u0661.{Id:N}"),
    ];

    private static IEnumerable<TestCaseData> Limits =>
    [
        Row("none", null, true), Row("least", 1, true), Row("most", 100, true),
        Row("zero", 0, false), Row("negative", -1, false), Row("too many", 101, false), Row(
            "far too many", int.MaxValue, false),
    ];

    [TestCaseSource(nameof(Times))]
    public void Place_ComesBackAsItWas(DateTimeOffset at)
    {
        var place = new PageCursor(at, Id);
        Assert.That(PageCursor.TryParse(place.ToString(), out var again), Is.True);
        Assert.That(again, Is.EqualTo(place));
        Assert.That(place.ToString(), Does.Match("^[0-9a-f.]+$"), "it needs no encoding in a query");
    }

    [TestCaseSource(nameof(OtherTexts))]
    public void OtherText_IsNoPlace(string text)
    {
        Assert.That(PageCursor.TryParse(text, out var place), Is.False);
        Assert.That(place, Is.Null);
        Assert.That(
            Validate(after: text),
            Is.All.EqualTo("After: Must be the 'next' of an earlier answer.").And.Exactly(2).Items);
    }

    [TestCaseSource(nameof(Limits))]
    public void Limit_IsOneToAHundred(int? limit, bool good) =>
        Assert.That(
            Validate(limit),
            good ? Is.Empty : Is.All.EqualTo("Limit: Must be between 1 and 100.").And.Exactly(2).Items);

    [TestCase(0, 0, false)]
    [TestCase(2, 2, false)]
    [TestCase(3, 3, false)]
    [TestCase(4, 3, true)]
    public void Page_EndsAtTheLimitAndKnowsWhetherThereIsMore(int found, int shown, bool more)
    {
        var page = Page<int>.Of(
            [.. Enumerable.Range(1, found)], 3, item => new PageCursor(DateTimeOffset.UnixEpoch.AddSeconds(item), Id));
        Assert.That(page.Items, Is.EqualTo(Enumerable.Range(1, shown)));
        Assert.That(page.Next, Is.EqualTo(more ? new PageCursor(DateTimeOffset.UnixEpoch.AddSeconds(3), Id) : null));
    }

    /// <summary>The answers that both lists give for these parameters.</summary>
    private static IEnumerable<string> Validate(int? limit = null, string? after = null)
    {
        ValidationResult[] results =
        [
            new ListUsersValidator().Validate(new ListUsersQuery(Email: null, limit, after)),
            new ListAuditEntriesValidator().Validate(new ListAuditEntriesQuery($"{Id}", limit, after)),
        ];
        return results.SelectMany(result => result.Errors).Select(
            failure => $"{failure.PropertyName}: {failure.ErrorMessage}");
    }

    private static TestCaseData Row(string name, params object?[] values) =>
        new TestCaseData(values).SetArgDisplayNames(name);
}
