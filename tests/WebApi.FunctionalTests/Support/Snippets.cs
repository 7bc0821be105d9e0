using System.Text.RegularExpressions;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>
/// A block of code in a document, with the file that the comment above its fence names, such as
/// <c>samples/node/server.js</c>.
/// </summary>
internal sealed record Snippet(string File, string[] Lines);

/// <summary>
/// The code that a document shows. It is copied from files that tests compile or run, where it stands line by line,
/// moved in or out as a whole at most.
/// </summary>
internal static partial class Snippets
{
    // Commands and what they print are not code.
    private static readonly string[] OtherBlocks = ["```sh", "```text", "```http"];

    public static IEnumerable<Snippet> In(string markdown)
    {
        var lines = markdown.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                var end = Array.IndexOf(lines, "```", i + 1);
                if (!OtherBlocks.Contains(lines[i]))
                {
                    yield return new Snippet(
                        i > 0 ? NameOfFile().Match(lines[i - 1]).Groups[1].Value : "", lines[(i + 1)..end]);
                }

                i = end;
            }
        }
    }

    /// <returns>One line for each block of code that does not stand in such a file.</returns>
    /// <param name="read">Gives the text of a file of the repository.</param>
    public static IEnumerable<string> Faults(string markdown, Func<string, string> read)
    {
        foreach (var (file, lines) in In(markdown))
        {
            if (!Tested().IsMatch(file))
            {
                yield return $"No test compiles or runs '{file}', the file of the code that begins '{lines[0]}'.";
            }
            else if (!Contains(read(file).Split('\n'), lines))
            {
                yield return $"The code that begins '{lines[0]}' does not stand so in {file}.";
            }
        }
    }

    private static bool Contains(string[] text, string[] code)
    {
        var sought = Outdented(code);
        return Enumerable.Range(0, Math.Max(0, text.Length - code.Length + 1))
            .Any(start => Outdented(text[start..(start + code.Length)]).SequenceEqual(sought));
    }

    private static IEnumerable<string> Outdented(string[] lines)
    {
        var indent = lines.Where(line => line.Trim().Length > 0).Select(line => line.Length - line.TrimStart().Length)
            .DefaultIfEmpty().Min();
        return lines.Select(line => line.Trim().Length > 0 ? line[indent..].TrimEnd() : "");
    }

    [GeneratedRegex(@"^<!-- (\S+) -->$")]
    private static partial Regex NameOfFile();

    [GeneratedRegex(@"^(samples/aspnetcore/\w+\.cs|samples/node/server\.js|samples/python/server\.py|tests/WebApi\.FunctionalTests/[\w/]+\.cs)$")]
    private static partial Regex Tested();
}
