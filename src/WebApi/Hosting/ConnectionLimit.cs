using System.Globalization;
using CleanJwt.Infrastructure.Settings;

namespace CleanJwt.WebApi.Hosting;

/// <summary>
/// Limits the client connections to what the process may open. A process that has no file descriptor left can neither
/// answer nor read its database, and .NET may end it.
/// </summary>
internal static class ConnectionLimit
{
    private const string LimitsOfThisProcess = "/proc/self/limits";
    private const string OpenFiles = "Max open files";
    private const int MinConnections = 50;

    // An idle service has 340 files open, most of them assemblies. The rest is for sockets to a database server.
    private const int Reserve = 450;

    // A SQLite connection has up to three files, and each processor has two reading threads.
    private const int ReservePerProcessor = 8;

    /// <returns>The number of connections that fit. Null where the operating system names no limit.</returns>
    /// <exception cref="StartException">The process may open too few files.</exception>
    public static long? Find() => OperatingSystem.IsLinux() && File.Exists(LimitsOfThisProcess)
        ? Of(File.ReadLines(LimitsOfThisProcess), Environment.ProcessorCount)
        : null;

    /// <param name="limits">The lines of <c>/proc/self/limits</c>.</param>
    /// <inheritdoc cref="Find"/>
    internal static long? Of(IEnumerable<string> limits, int processors)
    {
        // Max open files            1024                 524288               files
        var line = limits.FirstOrDefault(line => line.StartsWith(OpenFiles, StringComparison.Ordinal));
        var soft = line?[OpenFiles.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        if (!long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var files))
        {
            return null; // "unlimited"
        }

        var reserved = Reserve + (ReservePerProcessor * processors);
        return files - reserved >= MinConnections
            ? files - reserved
            : throw new StartException(
                $"The process may open {files} files; needed: {reserved + MinConnections} or more (ulimit -n). "
                + "Each client connection is one.");
    }
}
