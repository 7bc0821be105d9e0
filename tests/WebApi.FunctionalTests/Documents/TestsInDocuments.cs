using System.Text.RegularExpressions;

namespace CleanJwt.WebApi.FunctionalTests.Documents;

/// <summary>The tables of docs/security.md name tests that exist, or say why there is none.</summary>
internal sealed partial class TestsInDocuments
{
    private static readonly string[] Document = File.ReadAllLines(Repository.PathOf("docs/security.md"));
    private static readonly Lazy<ILookup<string, string>> Fixtures = new(ReadFixtures);

    private static Requirement[] Requirements =>
    [
        .. Document.Select(line => Row().Match(line)).Where(row => row.Success)
            .Select(
                row => new Requirement(row.Groups[1].Value, row.Groups[2].Value.Trim(), row.Groups[3].Value.Trim())),
    ];

    [Test]
    public void Requirements_AreReadFromEveryTable()
    {
        var rows = Document.SkipWhile(line => line != "## OWASP ASVS 5.0")
            .Where(line => line.StartsWith('|') && !line.StartsWith("|-", StringComparison.Ordinal)
                && !line.StartsWith("| section |", StringComparison.Ordinal));
        Assert.That(Requirements, Has.Length.EqualTo(rows.Count()).And.Length.GreaterThan(80));
        Assert.That(Requirements.Select(requirement => requirement.Section), Is.Unique);
    }

    [TestCaseSource(nameof(Requirements))]
    public void Requirement_IsShownByTestsThatExist(Requirement requirement)
    {
        var names = Name().Matches(requirement.ShownBy);
        Assert.That(
            names.Where(name => !Exists(name.Groups[1].Value, name.Groups[2].Value)).Select(name => name.Value),
            Is.Empty);
        Assert.That(Name().Replace(requirement.ShownBy, "").Trim(), Is.Empty, "no name of a test");
    }

    [TestCaseSource(nameof(Requirements))]
    public void Requirement_WithoutATest_SaysWhyThereIsNone(Requirement requirement) =>
        Assert.That(requirement.ShownBy.Length > 0
            || Reason().IsMatch(requirement.Here), Is.True, $"{requirement} is said to be met, and no test shows it.");

    [Test]
    public void NamesOfNoTest_AreSeen()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Exists("RefusedSignIn", ""), Is.True);
            Assert.That(Exists("RefusedSignIn", "EmptyFields_AreNamed"), Is.True);
            Assert.That(Exists("ChoosingAPassword", "Length_CountsComposedCodePoints"), Is.True, "of another project");
            Assert.That(Exists("RefusedSignInx", ""), Is.False);
            Assert.That(Exists("RefusedSignIn", "EmptyFields"), Is.False);
            Assert.That(Exists("RefusedSignIn", "Length_CountsComposedCodePoints"), Is.False, "of another fixture");
            Assert.That(Exists("CleanJwtApp", ""), Is.False, "no fixture");
            Assert.That(Exists("TestsInDocuments", "Exists"), Is.False, "no test");
        }
    }

    private static bool Exists(string fixture, string test) =>
        Fixtures.Value.Contains(fixture) && (test.Length == 0 || Fixtures.Value[fixture].Contains(test));

    /// <returns>
    /// The names of the tests of all projects by those of their fixtures, each of which is a file. Two projects may
    /// have one of the same name.
    /// </returns>
    private static ILookup<string, string> ReadFixtures() =>
        Directory.EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Test().Matches(File.ReadAllText(file))
                .Select(test => (Fixture: Path.GetFileNameWithoutExtension(file), Test: test.Groups[1].Value)))
            .ToLookup(test => test.Fixture, test => test.Test);

    [GeneratedRegex(@"^\| (\d+\.\d+\.\d+) \|[^|]+\|([^|]*)\|([^|]*)\|$")]
    private static partial Regex Row();

    [GeneratedRegex(@"`(\w+)(?:\.(\w+))?`")]
    private static partial Regex Name();

    [GeneratedRegex(@"^\*\*(Not met|Partly|Operator|No part)\*\*")]
    private static partial Regex Reason();

    // Among the attributes above a test may be others than those that make it one.
    [GeneratedRegex(@"^    \[Test(?:Case|CaseSource)?\b.*\n(?:    \[.*\n)*    public (?:async )?(?:Task|void)(?:<\w+>)? (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Test();

    internal sealed record Requirement(string Section, string Here, string ShownBy)
    {
        public override string ToString() => Section;
    }
}
