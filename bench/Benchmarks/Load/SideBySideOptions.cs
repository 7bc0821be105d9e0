using System.Globalization;

namespace CleanJwt.Benchmarks.Load;

/// <summary>The arguments of <c>bench/run.sh</c>.</summary>
/// <param name="WarmUp">The default lets the runtime compile the hot code with all optimizations.</param>
/// <param name="Beside">The folder of another published build, or null.</param>
internal sealed record SideBySideOptions(
    int Rounds, TimeSpan Duration, TimeSpan WarmUp, int Accounts, string[] Parts, string? Beside)
{
    public const string Help = """
        Usage: bench/run.sh [--rounds N] [--seconds N] [--warm-up N] [--accounts N] [--parts PART,...]
               bench/run.sh --beside FOLDER [the same options]

        Measures the service beside its peers and writes a table and a chart to bench/results.
        With --beside, it measures two builds of the service in turn: the one in FOLDER and the present one.

          --rounds    the number of rounds; each round runs every case once (5)
          --seconds   the length of each run in seconds (5)
          --warm-up   the length of the warm-up of each case in seconds (30)
          --accounts  the number of accounts in the large database (1000000);
                      with --beside, in the database of each build (1000)
          --parts     the parts to measure, separated by commas (all of them)
                        without --beside: peers, flood, size, start
                        with --beside: token, me, refresh, login, start

        FOLDER is a published build of the service. To compare with an earlier commit, publish that commit:

          git worktree add /tmp/earlier COMMIT
          dotnet publish /tmp/earlier/src/WebApi --configuration Release --use-current-runtime --self-contained false \
            -p:PublishReadyToRun=true --output /tmp/earlier-published
          bench/run.sh --beside /tmp/earlier-published

        Keep these arguments: run.sh publishes the present build with the same ones.
        Each build gets an empty data folder, so their databases may differ.
        """;

    private const int BuildAccounts = 1_000;

    private static readonly string[] PeerParts = ["peers", "flood", "size", "start"];

    private static readonly string[] BuildParts = ["token", "me", "refresh", "login", "start"];

    public bool Has(string part) => Parts.Contains(part);

    /// <returns>Null when an argument is unknown or has no valid value.</returns>
    public static SideBySideOptions? Parse(string[] args)
    {
        var options = new SideBySideOptions(5, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), 0, [], null);
        foreach (var pair in args.Chunk(2))
        {
            var number = int.TryParse(pair[^1], CultureInfo.InvariantCulture, out var value) ? value : 0;
            var next = pair switch
            {
                ["--parts", var parts] => options with { Parts = parts.Split(',') },
                ["--beside", var folder] => options with { Beside = folder },
                ["--rounds", _] when number > 0 => options with { Rounds = number },
                ["--seconds", _] when number > 0 => options with { Duration = TimeSpan.FromSeconds(number) },
                ["--warm-up", _] when number > 0 => options with { WarmUp = TimeSpan.FromSeconds(number) },
                ["--accounts", _] when number > 0 => options with { Accounts = number },
                _ => null,
            };
            if (next is null)
            {
                return null;
            }

            options = next;
        }

        var (all, accounts) = options.Beside is null ? (PeerParts, 1_000_000) : (BuildParts, BuildAccounts);
        return options.Parts.All(all.Contains)
            ? options with
            {
                Parts = options.Parts is [] ? all : options.Parts,
                Accounts = options.Accounts == 0 ? accounts : options.Accounts,
            }
            : null;
    }
}
