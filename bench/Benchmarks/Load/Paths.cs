using System.Runtime.CompilerServices;

namespace CleanJwt.Benchmarks.Load;

/// <summary>The folders of the working copy that a run uses.</summary>
internal static class Paths
{
    public static string Bench { get; } = Path.GetFullPath(Path.Combine(FolderOfThisFile(), "..", ".."));

    /// <summary>Published services and seeded databases. They stay from run to run, and git ignores them.</summary>
    public static string Artifacts { get; } = Path.GetFullPath(Path.Combine(Bench, "..", "artifacts", "bench"));

    public static string Results { get; } = Path.Combine(Bench, "results");

    /// <summary>The program of a server that <c>run.sh</c> has published.</summary>
    public static string Dll(string project) =>
        DllIn(Path.Combine(Artifacts, "published", project), project);

    /// <summary>The program of a published server in any folder.</summary>
    public static string DllIn(string folder, string project = "WebApi") =>
        Path.GetFullPath(Path.Combine(folder, project == "WebApi" ? "CleanJwt.WebApi.dll" : $"{project}.dll"));

    private static string FolderOfThisFile([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
