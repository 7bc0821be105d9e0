using System.Globalization;

namespace CleanJwt.Benchmarks.Load;

/// <summary>What <c>bench/run.sh</c> can be told.</summary>
internal sealed record SideBySideOptions(int Rounds, TimeSpan Duration, int Accounts, string[] Parts)
{
    public const string Help = """
        Usage: bench/run.sh [--rounds N] [--seconds N] [--accounts N] [--parts peers,flood,size,start]

          --rounds    how often each case is run, in turns with the others (5)
          --seconds   how long each run takes (5)
          --accounts  how many the large database has (1000000)
          --parts     what to measure (all): 'peers' side by side, 'flood' of sign-ins, 'size' of the database, 'start'
        """;

    private static readonly string[] AllParts = ["peers", "flood", "size", "start"];

    /// <summary>Long enough for what is called often to be compiled with all optimisations.</summary>
    public static TimeSpan WarmUp => TimeSpan.FromSeconds(30);

    public bool Has(string part) => Parts.Contains(part);

    /// <returns>Null when the arguments can't be understood.</returns>
    public static SideBySideOptions? Parse(string[] args)
    {
        var options = new SideBySideOptions(5, TimeSpan.FromSeconds(5), 1_000_000, AllParts);
        foreach (var pair in args.Chunk(2))
        {
            if (pair is ["--parts", var parts] && parts.Split(',').All(AllParts.Contains))
            {
                options = options with { Parts = parts.Split(',') };
            }
            else if (pair is [var name, var text] && int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0)
            {
                switch (name)
                {
                    case "--rounds":
                        options = options with { Rounds = number };
                        break;
                    case "--seconds":
                        options = options with { Duration = TimeSpan.FromSeconds(number) };
                        break;
                    case "--accounts":
                        options = options with { Accounts = number };
                        break;
                    default:
                        return null;
                }
            }
            else
            {
                return null;
            }
        }

        return options;
    }
}
