using System.Runtime.CompilerServices;

namespace CleanJwt.Benchmarks.Load;

/// <summary>Where things lie in the working copy.</summary>
internal static class Paths
{
    public static string Bench { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    /// <summary>Published services and seeded databases, kept from run to run, and ignored by git.</summary>
    public static string Artifacts { get; } = Path.GetFullPath(Path.Combine(Bench, "..", "artifacts", "bench"));

    public static string Results { get; } = Path.Combine(Bench, "results");

    /// <summary>Of a service that <c>run.sh</c> has published.</summary>
    public static string Dll(string project) =>
        Path.Combine(Artifacts, "published", project, project == "WebApi" ? "CleanJwt.WebApi.dll" : $"{project}.dll");

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
