namespace CleanJwt.Benchmarks.Load;

/// <summary>Runs each case once per round.</summary>
/// <remarks>In this way other work on the machine affects all cases alike.</remarks>
internal static class Rounds
{
    public const string ServerCore = "0";
    public const string LoadCore = "1";
    public const string BothCores = "0,1";

    /// <param name="alternate">Whether every second round runs the cases in reverse order.</param>
    public static async Task<List<Measurement>> MeasureAsync(
        SideBySideOptions options, List<Case> cases, bool alternate = false)
    {
        foreach (var one in cases)
        {
            Say($"Warming up: {one.Entry}, {one.Request}");
            await RunAsync(one, options.WarmUp);
        }

        var measurements = cases.Select(one => new Measurement(one)).ToList();
        for (var round = 1; round <= options.Rounds; round++)
        {
            var turns = alternate && round % 2 == 0 ? Enumerable.Reverse(measurements) : measurements;
            foreach (var one in turns)
            {
                var before = one.Case.Server.CpuTime;
                var result = await RunAsync(one.Case, options.Duration);
                one.Add(result, one.Case.Server.CpuTime - before);
                Say($"Round {round} of {options.Rounds}: {one.Case.Entry}, {one.Case.Request}: "
                    + $"{result.PerSecond:N0}/s, p99 {result.P99 / 1e3:F1} ms, {result.Errors} errors");
            }
        }

        return measurements;
    }

    public static void Say(string text) => Console.WriteLine($"{DateTime.Now:HH:mm:ss} {text}");

    private static async Task<WrkResult> RunAsync(Case one, TimeSpan duration) => await Wrk.RunAsync(
        LoadCore,
        new Uri(one.Server.Address, one.Path),
        one.Connections,
        duration,
        one.Script,
        await one.PrepareArguments());
}
