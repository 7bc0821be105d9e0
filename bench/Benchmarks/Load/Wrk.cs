using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace CleanJwt.Benchmarks.Load;

/// <summary>The load generator, https://github.com/wg/wrk.</summary>
internal static class Wrk
{
    private const string Marker = "RESULT ";

    private static readonly string[] Programs = ["wrk", "taskset"];

    public static bool IsInstalled => Programs.All(name =>
        Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name))));

    /// <param name="cores">As <c>taskset</c> has them.</param>
    /// <param name="script">Of the folder <c>bench/wrk</c>.</param>
    public static async Task<WrkResult> RunAsync(
        string cores, Uri url, int connections, TimeSpan duration, string script, params string[] arguments)
    {
        var scripts = Path.Combine(Paths.Bench, "wrk");
        var start = new ProcessStartInfo(
            "taskset",
            [
                "--cpu-list", cores,
                "wrk", "--threads", "1", "--connections", connections.ToString(CultureInfo.InvariantCulture),
                "--duration", string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:F0}s"), "--timeout", "30s",
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

/// <summary>What wrk counted.</summary>
/// <param name="Microseconds">That it ran.</param>
/// <param name="P50">In microseconds, as the others.</param>
/// <param name="Status">Answers that are no 2xx or 3xx.</param>
internal sealed record WrkResult(long Requests, long Microseconds, long P50, long P99, long Max, long Connect, long Read, long Write, long Timeout, long Status)
{
    public double PerSecond => Requests * 1e6 / Microseconds;

    public long Errors => Connect + Read + Write + Timeout + Status;
}
