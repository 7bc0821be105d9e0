namespace CleanJwt.Benchmarks.Load;

/// <summary>One kind of request to one server.</summary>
/// <param name="Arguments">Of the script, made anew for each run: some are used up.</param>
internal sealed record Case(string Who, string What, Server Server, string Path, int Connections, string Script, Func<Task<string[]>> Arguments);

/// <param name="TimeToAnswer">From the start of the process until its first good answer.</param>
/// <param name="Memory">In MiB, resident two seconds later.</param>
internal sealed record Start(TimeSpan TimeToAnswer, double Memory);

/// <summary>What the rounds of a case came to.</summary>
internal sealed class Measured(Case what)
{
    private TimeSpan _cpu;

    public Case Case => what;

    public List<WrkResult> Results { get; } = [];

    public double PerSecond => Statistics.Median(Results.Select(result => result.PerSecond));

    public double MicrosecondsOfCpu => _cpu.TotalMicroseconds / Results.Sum(result => result.Requests);

    public double P50Milliseconds => Statistics.Median(Results.Select(result => result.P50 / 1e3));

    public double P99Milliseconds => Statistics.Median(Results.Select(result => result.P99 / 1e3));

    public long Errors => Results.Sum(result => result.Errors);

    /// <summary>An answer of an error counts as one, so that a rate with errors says nothing.</summary>
    public bool IsVoidBeside(Measured other) => Errors + other.Errors > 0;

    public void Add(WrkResult result, TimeSpan cpu)
    {
        Results.Add(result);
        _cpu += cpu;
    }

    /// <summary>The median over the rounds, each against what the other did in the same round.</summary>
    public double RatioTo(Measured other) => Statistics.Median(RatiosTo(other));

    /// <summary>Round by round.</summary>
    public IEnumerable<double> RatiosTo(Measured other) => Results.Zip(other.Results, (own, others) => own.PerSecond / others.PerSecond);
}

internal static class Statistics
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
