using System.Text.RegularExpressions;

namespace CleanJwt.ProcessTests.Support;

/// <summary>
/// The steps of a document that builds a feature. The line above a block of code says what the reader does with it:
/// make a new file, add the block below a line of a file, or replace a line. Shell commands are run.
/// </summary>
internal static partial class Tutorial
{
    /// <returns>The steps in their order.</returns>
    /// <exception cref="FormatException">A block has no such line above it.</exception>
    public static IEnumerable<TutorialStep> StepsOf(string markdown)
    {
        var lines = markdown.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                continue;
            }

            var end = Array.IndexOf(lines, "```", i + 1);
            var block = lines[(i + 1)..end];
            yield return lines[i] == "```sh"
                ? new CommandStep(string.Join('\n', block))
                : Edit(lines[..i].Last(line => line.Length > 0), block);
            i = end;
        }
    }

    private static TutorialStep Edit(string instruction, string[] block)
    {
        if (NewFile().Match(instruction) is { Success: true } made)
        {
            return new NewFileStep(made.Groups[1].Value, block);
        }

        if (EditedFile().Match(instruction) is { Success: true } edited)
        {
            var keepsTheLine = edited.Groups["add"].Success;
            return new EditStep(edited.Groups["file"].Value, edited.Groups["line"].Value, block, keepsTheLine);
        }

        throw new FormatException($"'{instruction}' does not say where the block that begins '{block[0]}' belongs.");
    }

    [GeneratedRegex("^New file `([^`]+)`:$")]
    private static partial Regex NewFile();

    [GeneratedRegex(
        "^In `(?<file>[^`]+)`, (?:(?<add>add below)|replace) the line with `(?<line>[^`]+)`(?(add):| by:)$")]
    private static partial Regex EditedFile();
}

internal abstract record TutorialStep
{
    /// <param name="folder">The copy of the repository.</param>
    public abstract Task DoAsync(string folder);
}

internal sealed record CommandStep(string Script) : TutorialStep
{
    public override async Task DoAsync(string folder)
    {
        var start = CommandLine.StartInfo(folder, "bash", "-ec", Script);
        foreach (var name in start.Environment.Keys.ToList())
        {
            if (name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase))
            {
                start.Environment.Remove(name); // from the build that runs this test
            }
        }

        // A build server that outlives the command would keep its output open, and the test would wait for it.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        var result = await CommandLine.RunAsync(start);
        if (result.ExitCode == CommandLine.NotStarted)
        {
            Assert.Ignore("bash is not installed.");
        }

        Assert.That(result.ExitCode, Is.Zero, $"{Script}\n{result.Output}\n{result.Errors}");
    }
}

internal sealed record NewFileStep(string File, string[] Lines) : TutorialStep
{
    public override async Task DoAsync(string folder)
    {
        var path = Path.Combine(folder, File);
        Assert.That(path, Does.Not.Exist, "a new file");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await System.IO.File.WriteAllTextAsync(path, string.Join('\n', Lines) + "\n");
    }
}

/// <param name="Line">A part of one line of the file, and of no other.</param>
internal sealed record EditStep(string File, string Line, string[] Lines, bool KeepsTheLine) : TutorialStep
{
    public override async Task DoAsync(string folder)
    {
        var path = Path.Combine(folder, File);
        var text = (await System.IO.File.ReadAllTextAsync(path)).Split('\n');
        var matches = Enumerable.Range(0, text.Length)
            .Where(i => text[i].Contains(Line, StringComparison.Ordinal))
            .ToArray();
        Assert.That(matches, Has.Length.EqualTo(1), $"lines of {File} with '{Line}'");
        var line = matches[0];
        var above = KeepsTheLine ? text[..(line + 1)] : text[..line];
        await System.IO.File.WriteAllTextAsync(path, string.Join('\n', [.. above, .. Lines, .. text[(line + 1)..]]));
    }
}
