using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Documents;

/// <summary>The code that the documents show is code that was compiled or run.</summary>
internal sealed class CodeInDocuments
{
    private const string TestedFile = "tests/WebApi.FunctionalTests/X.cs";
    private const string Text = "{\n    if (x)\n    {\n        F();\n    }\n}\n";

    [TestCase("docs/protecting-endpoints.md")]
    public void Code_StandsSoInATestedFile(string document)
    {
        var markdown = Read(document);
        Assert.That(Snippets.Faults(markdown, Read), Is.Empty);
        Assert.That(
            Snippets.In(markdown).Select(snippet => snippet.File),
            Is.SupersetOf(
                new[] { "samples/aspnetcore/Program.cs", "samples/node/server.js", "samples/python/server.py" }));
    }

    [TestCase("if (x)\n{\n    F();\n}", TestName = "{m}(moved out)")]
    [TestCase("        if (x)\n        {\n            F();\n        }", TestName = "{m}(moved in)")]
    [TestCase("F();", TestName = "{m}(one line)")]
    public void CodeOfTheFile_IsFound(string code) => Assert.That(Faults($"<!-- {TestedFile} -->", code), Is.Empty);

    [TestCase("if (x)\n{\n    G();\n}", TestName = "{m}(changed)")]
    [TestCase("if (x)\n{\nF();\n}", TestName = "{m}(indented otherwise)")]
    [TestCase("if (x)\n{\n}", TestName = "{m}(a line left out)")]
    [TestCase("F()", TestName = "{m}(part of a line)")]
    public void OtherCode_IsSeen(string code) =>
        Assert.That(
            Faults($"<!-- {TestedFile} -->", code).Single(),
            Does.EndWith("does not stand so in tests/WebApi.FunctionalTests/X.cs."));

    [TestCase("", TestName = "{m}(none)")]
    [TestCase("<!-- docs/X.cs -->", TestName = "{m}(of another folder)")]
    [TestCase("<!-- tests/WebApi.FunctionalTests/../../docs/X.cs -->", TestName = "{m}(out of the folder)")]
    [TestCase("<!-- tests/WebApi.FunctionalTests/X.cs -->\n", TestName = "{m}(a line too far above)")]
    public void FileThatIsNotTested_IsSeen(string above) =>
        Assert.That(Faults(above, "F();").Single(), Does.StartWith("No test compiles or runs"));

    [Test]
    public void Commands_AreNoCode() =>
        Assert.That(Snippets.In("```sh\ndotnet run\n```\n```text\nF();\n```\n"), Is.Empty);

    private static IEnumerable<string> Faults(string above, string code) =>
        Snippets.Faults($"# X\n\n{above}\n```csharp\n{code}\n```\n\nMore.\n", _ => Text);

    private static string Read(string path) => File.ReadAllText(Repository.PathOf(path));
}
