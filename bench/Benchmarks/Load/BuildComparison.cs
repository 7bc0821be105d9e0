namespace CleanJwt.Benchmarks.Load;

/// <summary>Runs two builds of the service in the same rounds, each on an empty data folder of its own.</summary>
internal static class BuildComparison
{
    private const string Baseline = "bare Kestrel";

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(SideBySideOptions options)
    {
        var (beforeDll, presentDll) = (Paths.DllIn(options.Beside!), Paths.Dll("WebApi"));
        if (Build.FindObstacle(beforeDll, presentDll) is { } obstacle)
        {
            await Console.Error.WriteLineAsync(obstacle);
            return 1;
        }

        Rounds.Say($"Registering and signing in {options.Accounts} accounts at each build");
        await using var before = await Build.StartAsync("before", beforeDll, options.Accounts, Rounds.ServerCore);
        await using var present = await Build.StartAsync("present", presentDll, options.Accounts, Rounds.ServerCore);
        var report = new BuildReport(before.Name, present.Name);
        if (options.Parts.Any(part => part != "start"))
        {
            await using var bare = await Server.StartAsync(Paths.Dll("Bare"), Rounds.ServerCore, [], "/me");
            List<Case> cases =
            [
                Case.Get(Baseline, "the same JSON as `me`", bare, "/me", "-"),
                .. CasesOf(options, before).Zip(CasesOf(options, present), (one, other) => new[] { one, other })
                    .SelectMany(pair => pair),
            ];
            report.AddRequests(await Rounds.MeasureAsync(options, cases, alternate: true));
            report.AddMemoryUnderLoad(before.Server.ResidentMemory, present.Server.ResidentMemory);
        }

        if (options.Has("start"))
        {
            await MeasureStartsAsync(options, report, before, present);
        }

        report.Write(options);
        return report.HasErrors ? 1 : 0;
    }

    private static IEnumerable<Case> CasesOf(SideBySideOptions options, Build build)
    {
        if (options.Has("token"))
        {
            yield return Case.Get(
                build.Name, "`GET /api/auth/token`", build.Server, "/api/auth/token", build.AccessTokens);
        }

        if (options.Has("me"))
        {
            yield return Case.Get(
                build.Name, "`GET /api/users/me`", build.Server, "/api/users/me", build.AccessTokens);
        }

        if (options.Has("refresh"))
        {
            foreach (var connections in new[] { Case.ManyConnections, Case.FewConnections })
            {
                yield return Case.Refresh(
                    build.Name,
                    $"`POST /api/auth/refresh`, {connections} connections",
                    build.Server,
                    connections,
                    build.PrepareRefreshAsync);
            }
        }

        if (options.Has("login"))
        {
            yield return Case.Login(
                build.Name, "`POST /api/auth/login`", build.Server, "/api/auth/login", build.Emails);
        }
    }

    private static async Task MeasureStartsAsync(
        SideBySideOptions options, BuildReport report, Build before, Build present)
    {
        var (beforeToken, presentToken) = (await before.GetAccessTokenAsync(), await present.GetAccessTokenAsync());
        await before.StopAsync();
        await present.StopAsync();
        for (var round = 1; round <= options.Rounds; round++)
        {
            Rounds.Say($"Start, round {round} of {options.Rounds}");
            if (round % 2 == 0)
            {
                var start = await present.MeasureStartAsync(Rounds.BothCores, presentToken);
                report.AddStart(await before.MeasureStartAsync(Rounds.BothCores, beforeToken), start);
            }
            else
            {
                var start = await before.MeasureStartAsync(Rounds.BothCores, beforeToken);
                report.AddStart(start, await present.MeasureStartAsync(Rounds.BothCores, presentToken));
            }
        }
    }
}
