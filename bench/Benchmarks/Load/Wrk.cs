using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace CleanJwt.Benchmarks.Load;

/// <summary>Runs the load generator wrk, https://github.com/wg/wrk.</summary>
internal static class Wrk
{
    private const string Marker = "RESULT ";

    private static readonly string[] Programs = ["wrk", "taskset"];

    public static bool IsInstalled => Programs.All(name => Environment.GetEnvironmentVariable("PATH")!
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, name))));

    /// <param name="cores">The processors that wrk may use, as <c>taskset --cpu-list</c> takes them.</param>
    /// <param name="script">A script of the folder <c>bench/wrk</c>.</param>
    public static async Task<WrkResult> RunAsync(
        string cores, Uri url, int connections, TimeSpan duration, string script, params string[] arguments)
    {
        var scripts = Path.Combine(Paths.Bench, "wrk");
        var start = new ProcessStartInfo(
            "taskset",
            [
                "--cpu-list", cores,
                "wrk", "--threads", "1", "--connections", connections.ToString(CultureInfo.InvariantCulture),
                "--duration", $"{duration.TotalSeconds:F0}s", "--timeout", "30s",
                "--script", Path.Combine(scripts, script), url.ToString(), "--", .. arguments,
            ])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["WRK_SCRIPTS"] = scripts;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var line = output.Split('\n').FirstOrDefault(line => line.StartsWith(Marker, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"wrk failed: {output}");
        return JsonSerializer.Deserialize<WrkResult>(line[Marker.Length..], JsonSerializerOptions.Web)!;
    }
}

/// <summary>The counts of one run of wrk.</summary>
/// <param name="Microseconds">The length of the run.</param>
/// <param name="P50">The median latency in microseconds. The other latencies are in microseconds too.</param>
/// <param name="Connect">The number of connections that failed.</param>
/// <param name="Read">The number of failed reads from a connection.</param>
/// <param name="Write">The number of failed writes to a connection.</param>
/// <param name="Timeout">The number of requests without an answer in time.</param>
/// <param name="Status">The number of answers that are neither 2xx nor 3xx.</param>
internal sealed record WrkResult(
    long Requests,
    long Microseconds,
    long P50,
    long P99,
    long Max,
    long Connect,
    long Read,
    long Write,
    long Timeout,
    long Status)
{
    public double PerSecond => Requests * 1e6 / Microseconds;

    public long Errors => Connect + Read + Write + Timeout + Status;
}
