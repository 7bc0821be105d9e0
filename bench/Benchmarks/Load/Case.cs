namespace CleanJwt.Benchmarks.Load;

/// <summary>One kind of request to one server.</summary>
/// <param name="Entry">The name of the server in the report.</param>
/// <param name="Request">The name of the request in the report.</param>
/// <param name="Script">A script of the folder <c>bench/wrk</c>.</param>
/// <param name="PrepareArguments">
/// Makes the arguments of the script. It is called before each run, since a run uses some of them up.
/// </param>
internal sealed record Case(
    string Entry,
    string Request,
    Server Server,
    string Path,
    int Connections,
    string Script,
    Func<Task<string[]>> PrepareArguments)
{
    public const int ManyConnections = 32;
    public const int FewConnections = 8;

    /// <param name="tokens">A file with one access token per line, or <c>-</c> for none.</param>
    public static Case Get(string entry, string request, Server server, string path, string tokens) =>
        new(entry, request, server, path, ManyConnections, "get.lua", () => Task.FromResult<string[]>([tokens]));

    /// <param name="prepareTokens">Makes a file with one refresh token per line, and the other arguments.</param>
    public static Case Refresh(
        string entry, string request, Server server, int connections, Func<Task<string[]>> prepareTokens) =>
        new(entry, request, server, "/api/auth/refresh", connections, "refresh.lua", prepareTokens);

    /// <param name="emails">A file with one address per line.</param>
    public static Case Login(string entry, string request, Server server, string path, string emails) =>
        new(entry, request, server, path, FewConnections, "login.lua",
            () => Task.FromResult<string[]>([emails, Seeding.Password]));
}

/// <summary>The results of all rounds of one case.</summary>
internal sealed class Measurement(Case of)
{
    private TimeSpan _cpu;

    public Case Case => of;

    public List<WrkResult> Results { get; } = [];

    public double PerSecond => Statistics.Median(Results.Select(result => result.PerSecond));

    /// <summary>Microseconds of processor time of the server per request.</summary>
    public double MicrosecondsOfCpu => _cpu.TotalMicroseconds / Results.Sum(result => result.Requests);

    public double P50Milliseconds => Statistics.Median(Results.Select(result => result.P50 / 1e3));

    public double P99Milliseconds => Statistics.Median(Results.Select(result => result.P99 / 1e3));

    public long Errors => Results.Sum(result => result.Errors);

    /// <summary>Says whether a ratio of the two rates is void, because a rate also counts errors.</summary>
    public bool IsVoidAgainst(Measurement other) => Errors + other.Errors > 0;

    public void Add(WrkResult result, TimeSpan cpu)
    {
        Results.Add(result);
        _cpu += cpu;
    }

    /// <summary>The median of <see cref="RatiosTo"/>.</summary>
    public double RatioTo(Measurement other) => Statistics.Median(RatiosTo(other));

    /// <summary>One ratio of the rates per round.</summary>
    public IEnumerable<double> RatiosTo(Measurement other) =>
        Results.Zip(other.Results, (own, others) => own.PerSecond / others.PerSecond);
}

internal static class Statistics
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
