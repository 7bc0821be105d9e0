using System.Globalization;

namespace CleanJwt.ProcessTests.Support;

/// <summary>
/// A copy of a folder with a Node package, with all that it depends on installed. Where Node is not installed or the
/// packages can't be had, the test is skipped.
/// </summary>
internal sealed class NodePackage : IDisposable
{
    // npm's names for a registry that can't be reached; any other failure is the package's.
    private static readonly string[] NetworkErrors =
        ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ENETUNREACH", "EHOSTUNREACH", "ETIMEDOUT",
            "ERR_SOCKET_TIMEOUT", "ENOTCACHED"];

    private readonly TemporaryFolder _copy = new();

    private NodePackage(string folder, params string[] files)
    {
        foreach (var file in files)
        {
            File.Copy(Path.Combine(folder, file), Path.Combine(_copy.Path, file));
        }
    }

    public string Folder => _copy.Path;

    /// <param name="folder">Within the repository.</param>
    /// <param name="program">The one file that the package consists of.</param>
    public static async Task<NodePackage> InstallAsync(string folder, string program)
    {
        var version = await CommandLine.RunAsync(Repository.Root, "node", "--version");
        if (version.ExitCode != 0
            || int.Parse(version.Output.TrimStart('v').Split('.')[0], CultureInfo.InvariantCulture) < 20)
        {
            Assert.Ignore("Node 20 or newer is not installed.");
        }

        var package = new NodePackage(Repository.PathOf(folder), "package.json", "package-lock.json", program);
        var install = await CommandLine.RunAsync(
            package.Folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
            "--fetch-retries=1");
        if (install.ExitCode != 0)
        {
            package.Dispose();
            if (install.ExitCode is CommandLine.NotStarted or CommandLine.TimedOut
                || NetworkErrors.Any(install.Errors.Contains))
            {
                Assert.Ignore(install.ExitCode is CommandLine.NotStarted ? "npm is not installed."
                    : "The npm registry can't be reached.");
            }

            Assert.Fail($"npm ci ended with {install.ExitCode}:\n{install.Errors}");
        }

        return package;
    }

    public void Dispose() => _copy.Dispose();
}
