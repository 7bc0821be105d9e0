using System.Text;

namespace CleanJwt.Benchmarks.Load;

/// <summary>Writes the results of two builds as Markdown.</summary>
/// <remarks>Each ratio divides the figure of the present build by the one of the build before.</remarks>
internal sealed class BuildReport(string before, string present)
{
    private readonly StringBuilder _text = new();
    private readonly List<(Start Before, Start Present)> _starts = [];
    private List<Measurement> _requests = [];
    private (double Before, double Present)? _memory;

    public bool HasErrors => _requests.Any(one => one.Errors > 0);

    /// <param name="requests">The baseline, then for each request the two builds.</param>
    public void AddRequests(List<Measurement> requests) => _requests = requests;

    public void AddMemoryUnderLoad(double ofBefore, double ofPresent) => _memory = (ofBefore, ofPresent);

    public void AddStart(Start ofBefore, Start ofPresent) => _starts.Add((ofBefore, ofPresent));

    public void Write(SideBySideOptions options)
    {
        Line($"# {present} beside {before}, {DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores");
        Line();
        Line($"Rounds: {options.Rounds}. Seconds per run: {options.Duration.TotalSeconds:F0}. "
            + $"Accounts: {options.Accounts:N0}.");
        Line("Figures are medians. A ratio is present / before within a round.");
        Line();
        WriteRequests();
        WriteStarts();
        Directory.CreateDirectory(Paths.Results);
        var path = Path.Combine(Paths.Results, $"builds-{string.Join('-', options.Parts)}.md");
        File.WriteAllText(path, _text.ToString().TrimEnd() + "\n");
        Console.WriteLine(_text);
        Console.WriteLine(path);
    }

    private void WriteRequests()
    {
        if (_requests.Count == 0)
        {
            return;
        }

        var bare = _requests[0];
        Line("## Requests");
        Line();
        Line("| request | requests/s, before | present | ratio | by round | CPU per request, before | present | ratio "
            + "| p99, before | present | of bare Kestrel, before | present | errors |");
        Line("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var pair in _requests.Skip(1).Chunk(2))
        {
            var (old, now) = (pair[0], pair[1]);
            if (now.IsVoidAgainst(old))
            {
                Line($"| {now.Case.Request} | | | **void** | | | | | | | | | {old.Errors}, {now.Errors} |");
                continue;
            }

            Line($"| {now.Case.Request} | {old.PerSecond:N0} | {now.PerSecond:N0} | **{now.RatioTo(old):F2}** "
                + $"| {now.RatiosTo(old).Min():F2} to {now.RatiosTo(old).Max():F2} "
                + $"| {old.MicrosecondsOfCpu:N1} µs | {now.MicrosecondsOfCpu:N1} µs "
                + $"| {now.MicrosecondsOfCpu / old.MicrosecondsOfCpu:F2} "
                + $"| {old.P99Milliseconds:F2} ms | {now.P99Milliseconds:F2} ms "
                + $"| {Format(old, bare)} | {Format(now, bare)} | 0, 0 |");
        }

        Line();
    }

    private void WriteStarts()
    {
        if (_starts.Count == 0 && _memory is null)
        {
            return;
        }

        Line("## Start and memory");
        Line();
        Line("| | before | present | ratio | by round |");
        Line("|---|---:|---:|---:|---:|");
        if (_starts.Count > 0)
        {
            Row("time to the first 200 of `me`", start => start.TimeToAnswer.TotalMilliseconds, "ms");
            Row("resident memory when idle", start => start.Memory, "MiB");
        }

        if (_memory is var (old, now))
        {
            Line($"| resident memory after the requests above | {old:N0} MiB | {now:N0} MiB | **{now / old:F2}** | |");
        }

        void Row(string name, Func<Start, double> figure, string unit)
        {
            var ratios = _starts.Select(pair => figure(pair.Present) / figure(pair.Before)).ToList();
            Line($"| {name} | {Statistics.Median(_starts.Select(pair => figure(pair.Before))):N0} {unit} "
                + $"| {Statistics.Median(_starts.Select(pair => figure(pair.Present))):N0} {unit} "
                + $"| **{Statistics.Median(ratios):F2}** | {ratios.Min():F2} to {ratios.Max():F2} |");
        }
    }

    private static string Format(Measurement one, Measurement bare) =>
        one.IsVoidAgainst(bare) ? "void" : $"{one.RatioTo(bare):F3}";

    private void Line(string text = "") => _text.AppendLine(text);
}
