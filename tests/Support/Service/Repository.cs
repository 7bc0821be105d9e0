namespace CleanJwt;

/// <summary>The files that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(string path) => Path.Combine(Root, path);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CleanJwt.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException(
                "No folder above the tests holds CleanJwt.sln.");
        }

        return folder.FullName;
    }
}
