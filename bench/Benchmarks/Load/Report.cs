using System.Text;

namespace CleanJwt.Benchmarks.Load;

/// <summary>Collects the results beside the peers and writes them as Markdown and as a chart.</summary>
internal sealed class Report
{
    private readonly StringBuilder _text = new();
    private readonly List<(WrkResult Calm, WrkResult Flooded, WrkResult Logins)> _floods = [];
    private readonly List<(Start Own, Start Bare)> _starts = [];
    private readonly List<Measurement> _measurements = [];
    private List<Measurement> _peers = [];

    /// <summary>The resident memory after the load, in MiB: the service first, then its peers.</summary>
    public List<(string Entry, double Memory)> Memory { get; set; } = [];

    /// <summary>The number of requests of all runs that got an error, or no answer.</summary>
    public long Errors => _measurements.Sum(one => one.Errors)
        + (FullLoad?.Errors ?? 0)
        + _floods.Sum(flood => flood.Calm.Errors + flood.Flooded.Errors);

    /// <summary>The result of <c>me</c> without pauses, before the floods.</summary>
    public WrkResult? FullLoad { get; set; }

    public IReadOnlyList<Refusals> Refusals { get; set; } = [];

    public void Add(string title, List<Measurement> measurements, Case baseline)
    {
        _measurements.AddRange(measurements);
        _peers = measurements;
        var against = measurements.Single(one => one.Case == baseline);
        Line($"## {title}");
        Line();
        Line("| server | request | requests/s | ratio | CPU per request | p50 | p99 | errors |");
        Line("|---|---|---:|---:|---:|---:|---:|---:|");
        foreach (var one in measurements)
        {
            Line(one.IsVoidAgainst(against)
                ? $"| {one.Case.Entry} | {one.Case.Request} | | **void** | | | | {one.Errors} |"
                : $"| {one.Case.Entry} | {one.Case.Request} | {one.PerSecond:N0} | **{one.RatioTo(against):F3}** "
                    + $"| {one.MicrosecondsOfCpu:N0} µs | {one.P50Milliseconds:F2} ms | {one.P99Milliseconds:F2} ms "
                    + "| 0 |");
        }

        Line();
    }

    public void AddSignIns(Measurement own, Measurement others)
    {
        if (!own.IsVoidAgainst(others))
        {
            Line($"Sign-ins beside those of {others.Case.Entry}: **{own.RatioTo(others):F1}** times as many "
                + $"({own.RatiosTo(others).Min():F1} to {own.RatiosTo(others).Max():F1} in the rounds).");
            Line();
        }
    }

    public void AddSizes(List<Measurement> measurements)
    {
        _measurements.AddRange(measurements);
        var half = measurements.Count / 2;
        Line($"## {measurements[half].Case.Entry} beside {measurements[0].Case.Entry}");
        Line();
        Line("| request | time per request, ratio | CPU per request, ratio | p99 | errors |");
        Line("|---|---:|---:|---:|---:|");
        for (var i = 0; i < half; i++)
        {
            var (small, large) = (measurements[i], measurements[half + i]);
            Line(small.IsVoidAgainst(large)
                ? $"| {small.Case.Request} | **void** | | | {small.Errors}, {large.Errors} |"
                : $"| {small.Case.Request} | **{1 / large.RatioTo(small):F2}** "
                    + $"| {large.MicrosecondsOfCpu / small.MicrosecondsOfCpu:F2} "
                    + $"| {small.P99Milliseconds:F2} → {large.P99Milliseconds:F2} ms | 0, 0 |");
        }

        Line();
    }

    public void AddFlood(WrkResult calm, WrkResult flooded, WrkResult logins) => _floods.Add((calm, flooded, logins));

    public void AddStart(Start own, Start bare) => _starts.Add((own, bare));

    public void Write(SideBySideOptions options)
    {
        AddFloods();
        AddRefusals();
        AddStarts();
        Directory.CreateDirectory(Paths.Results);
        var name = string.Join('-', options.Parts);
        var path = Path.Combine(Paths.Results, $"{name}.md");
        File.WriteAllText(path, Heading(options) + _text);
        Console.WriteLine(File.ReadAllText(path));
        Console.WriteLine(path);
        if (_peers.Count > 0)
        {
            var chart = Path.Combine(Paths.Results, $"{name}.svg");
            File.WriteAllText(chart, Chart.Draw(_peers));
            Console.WriteLine(chart);
        }
    }

    private static string Heading(SideBySideOptions options) => $"""
        # {DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores

        Rounds: {options.Rounds}. Seconds per run: {options.Duration.TotalSeconds:F0}.
        Figures are medians. Ratios are within a round.


        """;

    private void AddFloods()
    {
        if (_floods.Count == 0)
        {
            return;
        }

        Line("## A flood of sign-ins");
        Line();
        Line("The server and the load share both cores. 64 connections sign in.");
        Line("256 connections request `me` with pauses, at half the full load.");
        Line();
        Line("| | `me`/s | p50 | p99 | errors | sign-ins/s |");
        Line("|---|---:|---:|---:|---:|---:|");
        if (FullLoad is { } full)
        {
            Row("full load", [full], "");
        }

        var signIns = Statistics.Median(_floods.Select(flood => flood.Logins.PerSecond));
        Row("without sign-ins", [.. _floods.Select(flood => flood.Calm)], "");
        Row("with sign-ins", [.. _floods.Select(flood => flood.Flooded)], $"{signIns:N0} ");
        Line();
        var ratios = _floods.Select(flood => (double)flood.Flooded.P99 / flood.Calm.P99).ToList();
        Line(_floods.Any(flood => flood.Calm.Errors + flood.Flooded.Errors > 0)
            ? "p99 with the flood against without: **void**, because of the errors."
            : $"p99 with the flood against without: **{Statistics.Median(ratios):F1}** "
                + $"({ratios.Min():F1} to {ratios.Max():F1}).");
        Line();

        void Row(string name, List<WrkResult> results, string signIns)
        {
            double Median(Func<WrkResult, double> figure) => Statistics.Median(results.Select(figure));
            Line($"| {name} | {Median(result => result.PerSecond):N0} "
                + $"| {Median(result => result.P50 / 1e3):F2} ms | {Median(result => result.P99 / 1e3):F2} ms "
                + $"| {results.Sum(result => result.Errors)} | {signIns}|");
        }
    }

    private void AddRefusals()
    {
        if (Refusals.Count == 0)
        {
            return;
        }

        var own = MedianAndMaximum(Refusals.SelectMany(round => round.Refused));
        var bare = MedianAndMaximum(Refusals.SelectMany(round => round.Bare));
        Line($"{Refusals.Sum(round => round.Asked)} sign-ins, {Refusals[0].Asked} at once: "
            + $"{Refusals.Sum(round => round.Accepted)} accepted, "
            + $"{Refusals.Sum(round => round.Refused.Count)} answered 503 with `Retry-After`, "
            + $"after {own.Median:F0} ms (median) and {own.Maximum:F0} ms (maximum).");
        Line($"Bare Kestrel answers as many requests at once after {bare.Median:F0} and {bare.Maximum:F0} ms.");
        Line();

        static (double Median, double Maximum) MedianAndMaximum(IEnumerable<TimeSpan> times)
        {
            var milliseconds = times.Select(time => time.TotalMilliseconds).ToList();
            return milliseconds.Count == 0 ? (0, 0) : (Statistics.Median(milliseconds), milliseconds.Max());
        }
    }

    private void AddStarts()
    {
        if (_starts.Count > 0)
        {
            double Median(Func<(Start Own, Start Bare), double> figure) => Statistics.Median(_starts.Select(figure));
            var own = Median(start => start.Own.TimeToAnswer.TotalSeconds);
            var bare = Median(start => start.Bare.TimeToAnswer.TotalSeconds);
            var ratios = _starts.Select(start => start.Own.TimeToAnswer / start.Bare.TimeToAnswer).ToList();
            Line("## Start and memory");
            Line();
            Line($"First 200 of `me`: {own:F2} s after the start of the process. Bare Kestrel: {bare:F2} s. "
                + $"Ratio: **{Statistics.Median(ratios):F1}** ({ratios.Min():F1} to {ratios.Max():F1} in the rounds).");
            Line($"Resident memory when idle: {Median(start => start.Own.Memory):N0} MiB. "
                + $"Bare Kestrel: {Median(start => start.Bare.Memory):N0} MiB.");
        }

        if (Memory is [var service, .. var peers])
        {
            Line($"Resident memory after the load of the comparison: {service.Memory:N0} MiB. "
                + $"{string.Join(", ", peers.Select(peer => $"{peer.Entry}: {peer.Memory:N0} MiB"))}.");
        }
    }

    private void Line(string text = "") => _text.AppendLine(text);
}
