using System.Globalization;
using System.Text;

namespace CleanJwt.Benchmarks.Load;

/// <summary>Gathers what was measured, and writes it as Markdown and as a chart.</summary>
internal sealed class Report
{
    private readonly StringBuilder _text = new();
    private readonly List<(WrkResult Calm, WrkResult Flooded, WrkResult Logins)> _floods = [];
    private readonly List<(Start Own, Start Bare)> _starts = [];
    private readonly List<Measured> _measured = [];
    private List<Measured> _peers = [];

    /// <summary>Of the service, the first, and its peers after the load, in MiB.</summary>
    public List<(string Who, double Memory)> Memory { get; set; } = [];

    /// <summary>Answers that were none, of all runs.</summary>
    public long Errors => _measured.Sum(one => one.Errors) + (FullLoad?.Errors ?? 0) + _floods.Sum(flood => flood.Calm.Errors + flood.Flooded.Errors);

    /// <summary>Of <c>me</c> without pauses, before the floods.</summary>
    public WrkResult? FullLoad { get; set; }

    public IReadOnlyList<Refusals> Refusals { get; set; } = [];

    public void Add(string title, List<Measured> measured, Case baseline)
    {
        _measured.AddRange(measured);
        _peers = measured;
        var against = measured.Single(one => one.Case == baseline);
        Line($"## {title}");
        Line();
        Line("| who | what | requests/s | ratio | CPU per request | p50 | p99 | errors |");
        Line("|---|---|---:|---:|---:|---:|---:|---:|");
        foreach (var one in measured)
        {
            Line(one.IsVoidBeside(against)
                ? $"| {one.Case.Who} | {one.Case.What} | | **void** | | | | {one.Errors} |"
                : $"| {one.Case.Who} | {one.Case.What} | {one.PerSecond:N0} | **{one.RatioTo(against):F3}** | {one.MicrosecondsOfCpu:N0} µs | {one.P50Milliseconds:F2} ms | {one.P99Milliseconds:F2} ms | 0 |");
        }

        Line();
    }

    public void AddSignIns(Measured own, Measured others)
    {
        if (!own.IsVoidBeside(others))
        {
            Line($"Sign-ins beside those of {others.Case.Who}: **{own.RatioTo(others):F1}** times as many ({own.RatiosTo(others).Min():F1} to {own.RatiosTo(others).Max():F1} in the rounds).");
            Line();
        }
    }

    public void AddSizes(List<Measured> measured)
    {
        _measured.AddRange(measured);
        var half = measured.Count / 2;
        Line($"## {measured[half].Case.Who} beside {measured[0].Case.Who}");
        Line();
        Line("| what | time a request, ratio | CPU per request, ratio | p99 | errors |");
        Line("|---|---:|---:|---:|---:|");
        for (var i = 0; i < half; i++)
        {
            var (small, large) = (measured[i], measured[half + i]);
            Line(small.IsVoidBeside(large)
                ? $"| {small.Case.What} | **void** | | | {small.Errors}, {large.Errors} |"
                : $"| {small.Case.What} | **{1 / large.RatioTo(small):F2}** | {large.MicrosecondsOfCpu / small.MicrosecondsOfCpu:F2} | {small.P99Milliseconds:F2} → {large.P99Milliseconds:F2} ms | 0, 0 |");
        }

        Line();
    }

    public void AddFlood(WrkResult calm, WrkResult flooded, WrkResult logins) => _floods.Add((calm, flooded, logins));

    public void AddStart(Start own, Start bare) => _starts.Add((own, bare));

    public void Write(SideBySideOptions options)
    {
        AddFloods();
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

    private static string Heading(SideBySideOptions options) => string.Create(CultureInfo.InvariantCulture, $"""
        # {DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores

        {options.Rounds} rounds that take turns, {options.Duration.TotalSeconds:F0} s a run; medians. Ratios are within a round.


        """);

    private void AddFloods()
    {
        if (_floods.Count == 0)
        {
            return;
        }

        Line("## A flood of sign-ins");
        Line();
        Line("The server and the load on both cores; `me` over 256 connections that pause, so that it is half of what can be borne; 64 connections that sign in.");
        Line();
        Line("| | `me`/s | p50 | p99 | errors | sign-ins/s |");
        Line("|---|---:|---:|---:|---:|---:|");
        if (FullLoad is { } full)
        {
            Line($"| what can be borne | {full.PerSecond:N0} | {full.P50 / 1e3:F2} ms | {full.P99 / 1e3:F2} ms | {full.Errors} | |");
        }

        Row("without", flood => flood.Calm, null);
        Row("with", flood => flood.Flooded, flood => flood.Logins);
        Line();
        var ratios = _floods.Select(flood => (double)flood.Flooded.P99 / flood.Calm.P99).ToList();
        Line(_floods.Any(flood => flood.Calm.Errors + flood.Flooded.Errors > 0)
            ? $"p99 with the flood against without: **void**, for the errors."
            : $"p99 with the flood against without: **{Statistics.Median(ratios):F1}** ({ratios.Min():F1} to {ratios.Max():F1}).");
        if (Refusals.Count > 0)
        {
            static (double Median, double Longest) Of(IEnumerable<TimeSpan> times)
            {
                var milliseconds = times.Select(time => time.TotalMilliseconds).ToList();
                return milliseconds.Count == 0 ? (0, 0) : (Statistics.Median(milliseconds), milliseconds.Max());
            }

            var own = Of(Refusals.SelectMany(round => round.Refused));
            var bare = Of(Refusals.SelectMany(round => round.Bare));
            Line();
            Line($"{Refusals.Sum(round => round.Asked)} sign-ins, {Refusals[0].Asked} at once: {Refusals.Sum(round => round.Accepted)} accepted, {Refusals.Sum(round => round.Refused.Count)} answered 503 with `Retry-After`, after {own.Median:F0} ms (median) and {own.Longest:F0} ms (the longest); bare Kestrel answers as many at once after {bare.Median:F0} and {bare.Longest:F0} ms.");
        }

        Line();

        void Row(
            string name, Func<(WrkResult Calm, WrkResult Flooded, WrkResult Logins), WrkResult> of,
            Func<(WrkResult Calm, WrkResult Flooded, WrkResult Logins), WrkResult>? logins)
        {
            double Median(Func<WrkResult, double> figure) => Statistics.Median(_floods.Select(flood => figure(of(flood))));
            var signIns = logins is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{Statistics.Median(_floods.Select(flood => logins(flood).PerSecond)):N0}");
            Line($"| {name} | {Median(result => result.PerSecond):N0} | {Median(result => result.P50 / 1e3):F2} ms | {Median(result => result.P99 / 1e3):F2} ms | {_floods.Sum(flood => of(flood).Errors)} | {signIns} |");
        }
    }

    private void AddStarts()
    {
        if (_starts.Count > 0)
        {
            Line("## Start and memory");
            Line();
            double Median(Func<(Start Own, Start Bare), double> figure) => Statistics.Median(_starts.Select(figure));
            var ratios = _starts.Select(start => start.Own.TimeToAnswer / start.Bare.TimeToAnswer).ToList();
            Line($"First 200 of `me` {Median(start => start.Own.TimeToAnswer.TotalSeconds):F2} s after the start of the process, bare Kestrel's after {Median(start => start.Bare.TimeToAnswer.TotalSeconds):F2} s: **{Statistics.Median(ratios):F1}** times ({ratios.Min():F1} to {ratios.Max():F1} in the rounds).");
            Line($"Resident when idle {Median(start => start.Own.Memory):N0} MiB, bare Kestrel {Median(start => start.Bare.Memory):N0}.");
        }

        if (Memory is [var own, .. var peers])
        {
            Line($"{own.Memory:N0} MiB resident after the load of the comparison; {string.Join(", ", peers.Select(peer => FormattableString.Invariant($"{peer.Who} {peer.Memory:N0}")))}.");
        }
    }

    private void Line(FormattableString text) => _text.AppendLine(text.ToString(CultureInfo.InvariantCulture));

    private void Line(string text = "") => _text.AppendLine(text);
}
