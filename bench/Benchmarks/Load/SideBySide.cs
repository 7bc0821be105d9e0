using System.Globalization;
using static CleanJwt.Benchmarks.Load.Rounds;

namespace CleanJwt.Benchmarks.Load;

/// <summary>
/// Runs the service beside its peers. wrk on one core sends requests to one server at a time on the other core.
/// </summary>
internal sealed class SideBySide : IAsyncDisposable
{
    private const int Users = 1_000;
    private const int PeersUsers = 200; // fewer, since each costs a peer a PBKDF2 hash; no peer caches tokens
    private const int PausingConnections = 256;
    private const int FloodConnections = 64;
    private const int ConnectionsBeyondTheQueue = 400;

    private readonly SideBySideOptions _options;
    private readonly Report _report = new();
    private readonly List<Server> _servers = [];
    private readonly List<ServiceDatabase> _databases = [];

    private SideBySide(SideBySideOptions options) => _options = options;

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(SideBySideOptions options)
    {
        if (!Wrk.IsInstalled)
        {
            await Console.Error.WriteLineAsync(
                "wrk and taskset are needed: install the packages 'wrk' and 'util-linux' "
                    + "(on Debian and Ubuntu: apt-get install wrk).");
            return 1;
        }

        if (Environment.ProcessorCount < 2)
        {
            await Console.Error.WriteLineAsync("Two cores are needed: one for the server, one for the load.");
            return 1;
        }

        return options.Beside is null
            ? await ComparePeersAndSizesAsync(options)
            : await BuildComparison.RunAsync(options);
    }

    private static async Task<int> ComparePeersAndSizesAsync(SideBySideOptions options)
    {
        // A new small database takes a second. The old one would hold the sessions of all runs before.
        if (Directory.Exists(FolderOf(Users)))
        {
            Directory.Delete(FolderOf(Users), recursive: true);
        }

        await using var run = new SideBySide(options);
        if (options.Has("peers"))
        {
            await run.ComparePeersAsync();
        }

        if (options.Has("flood"))
        {
            await run.FloodAsync();
        }

        if (options.Has("size"))
        {
            await run.CompareSizesAsync();
        }

        if (options.Has("start"))
        {
            await run.StartAsync();
        }

        run._report.Write(options);
        if (run._report.Errors > 0)
        {
            await Console.Error.WriteLineAsync(
                $"{run._report.Errors} requests were answered with errors, so their runs are void.");
            return 1;
        }

        return 0;
    }

    private static string FolderOf(int accounts) =>
        Path.Combine(Paths.Artifacts, "data", accounts.ToString(CultureInfo.InvariantCulture));

    private async Task ComparePeersAsync()
    {
        Say("Starting the services");
        var database = await OpenAsync(Users);
        var own = await StartOwnAsync(Users, ServerCore);
        var bare = await StartAsync("Bare", ServerCore, [], "/me");
        var handWritten = await StartAsync("HandWritten", ServerCore, [], "/ready");
        var mapIdentityApi = await StartAsync("MapIdentityApi", ServerCore, [], "/ready");
        var sample = await database.SampleAsync(Users);
        var handWrittenTokens = await SignInAsync(handWritten);
        var mapIdentityApiTokens = await SignInAsync(mapIdentityApi);
        List<Case> cases =
        [
            Case.Get("bare Kestrel", "the same JSON, nothing else", bare, "/me", "-"),
            Case.Get("bare Kestrel", "and one prepared SQLite read", bare, "/read", "-"),
            Case.Get("CleanJwt", "`GET /api/auth/token`, no database", own, "/api/auth/token", sample.AccessTokens),
            Case.Get("CleanJwt", "`GET /api/users/me`", own, "/api/users/me", sample.AccessTokens),
            Case.Get("hand-written JwtBearer", "ES256, no database", handWritten, "/token", handWrittenTokens),
            Case.Get("hand-written JwtBearer", "ES256 and an EF Core read", handWritten, "/me", handWrittenTokens),
            Case.Get("`MapIdentityApi`", "`GET /manage/info`", mapIdentityApi, "/manage/info", mapIdentityApiTokens),
            Refresh("CleanJwt", "`POST /api/auth/refresh`", own, database, Case.ManyConnections),
            Refresh("CleanJwt", $"the same, {Case.FewConnections} connections", own, database, Case.FewConnections),
            Case.Login("CleanJwt", "`POST /api/auth/login`, Argon2id", own, "/api/auth/login", sample.Emails),
            Case.Login("hand-written JwtBearer", "sign-in, PBKDF2", handWritten, "/login", sample.Emails),
            Case.Login("`MapIdentityApi`", "`POST /login`, PBKDF2", mapIdentityApi, "/login", sample.Emails),
        ];
        var measurements = await MeasureAsync(_options, cases);
        _report.Add("Side by side", measurements, cases[0]);
        _report.AddSignIns(measurements[^3], measurements[^1]);
        _report.Memory =
        [
            ("CleanJwt", own.ResidentMemory),
            ("bare Kestrel", bare.ResidentMemory),
            ("hand-written JwtBearer", handWritten.ResidentMemory),
            ("`MapIdentityApi`", mapIdentityApi.ResidentMemory),
        ];
        await StopAsync();
    }

    /// <returns>A file with the access tokens of users of a peer.</returns>
    private static async Task<string> SignInAsync(Server peer)
    {
        var tokens = await Accounts.SignInAsync(peer, "/login", [.. Enumerable.Range(0, PeersUsers)]);
        var file = Path.Combine(Directory.CreateTempSubdirectory("cleanjwt-bench-").FullName, "tokens");
        await File.WriteAllLinesAsync(file, tokens.Select(pair => pair.AccessToken));
        return file;
    }

    private async Task CompareSizesAsync()
    {
        var cases = new List<Case>();
        foreach (var size in new[] { Users, _options.Accounts })
        {
            var database = await OpenAsync(size);
            var own = await StartOwnAsync(size, ServerCore);
            var sample = await database.SampleAsync(Users);
            var name = $"{size:N0} accounts";
            cases.Add(Case.Get(name, "`me`", own, "/api/users/me", sample.AccessTokens));
            cases.Add(Refresh(name, "`refresh`", own, database, Case.FewConnections));
            cases.Add(Case.Login(name, "`login`", own, "/api/auth/login", sample.Emails));
        }

        _report.AddSizes(await MeasureAsync(_options, cases));
        await StopAsync();
    }

    private async Task FloodAsync()
    {
        var database = await OpenAsync(Users);
        var own = await StartOwnAsync(Users, BothCores);
        var sample = await database.SampleAsync(Users);
        var me = new Uri(own.Address, "/api/users/me");
        var login = new Uri(own.Address, "/api/auth/login");
        Task<WrkResult> AskAsync(TimeSpan duration, int connections, params string[] pause) =>
            Wrk.RunAsync(BothCores, me, connections, duration, "get.lua", [sample.AccessTokens, .. pause]);
        Task<WrkResult> SignInAsync(TimeSpan duration) =>
            Wrk.RunAsync(BothCores, login, FloodConnections, duration, "login.lua", sample.Emails, Seeding.Password);

        Say("Warming up: the flood");
        await AskAsync(_options.WarmUp, Case.ManyConnections);
        await SignInAsync(_options.WarmUp / 2);
        _report.FullLoad = await AskAsync(_options.Duration, Case.ManyConnections);

        // wrk pauses for whole milliseconds. With many connections the pause is long, so the rounding does not matter.
        var milliseconds = Math.Round(PausingConnections / (_report.FullLoad.PerSecond / 2) * 1_000);
        var pause = milliseconds.ToString(CultureInfo.InvariantCulture);
        for (var round = 1; round <= _options.Rounds; round++)
        {
            Say($"Flood, round {round} of {_options.Rounds}");
            var calm = await AskAsync(_options.Duration, PausingConnections, pause);
            var flood = SignInAsync(_options.Duration + TimeSpan.FromSeconds(2));
            await Task.Delay(TimeSpan.FromSeconds(1));
            var flooded = await AskAsync(_options.Duration, PausingConnections, pause);
            _report.AddFlood(calm, flooded, await flood);
            Say($"p99 {calm.P99 / 1e3:F1} ms without, {flooded.P99 / 1e3:F1} ms with it");
        }

        var bare = await StartAsync("Bare", BothCores, [], "/me");
        _report.Refusals = await Refusals.MeasureAsync(
            login, sample.Emails, new Uri(bare.Address, "/me"), ConnectionsBeyondTheQueue, _options.Rounds);
        await StopAsync();
    }

    private async Task StartAsync()
    {
        var database = await OpenAsync(Users);
        var token = (await File.ReadAllLinesAsync((await database.SampleAsync(Users)).AccessTokens))[0];
        var settings = ServiceDatabase.SettingsFor(FolderOf(Users));
        for (var round = 1; round <= _options.Rounds; round++)
        {
            Say($"Start, round {round} of {_options.Rounds}");
            _report.AddStart(
                await Start.MeasureAsync(Paths.Dll("WebApi"), BothCores, settings, "/api/users/me", token),
                await Start.MeasureAsync(Paths.Dll("Bare"), BothCores, [], "/me"));
        }

        await StopAsync();
    }

    private static Case Refresh(
        string entry, string request, Server server, ServiceDatabase database, int connections) =>
        Case.Refresh(
            entry, request, server, connections, async () => [(await database.SampleAsync(Users)).RefreshTokens]);

    private async Task<ServiceDatabase> OpenAsync(int accounts)
    {
        var folder = FolderOf(accounts);
        await Seeding.RunAsync(folder, accounts);
        var database = await ServiceDatabase.OpenAsync(folder);
        _databases.Add(database);
        return database;
    }

    private Task<Server> StartOwnAsync(int accounts, string cores) =>
        StartAsync("WebApi", cores, ServiceDatabase.SettingsFor(FolderOf(accounts)), "/health/ready");

    private async Task<Server> StartAsync(
        string project, string cores, Dictionary<string, string?> settings, string path)
    {
        var server = await Server.StartAsync(Paths.Dll(project), cores, settings, path);
        _servers.Add(server);
        return server;
    }

    private async Task StopAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        foreach (var database in _databases)
        {
            await database.DisposeAsync();
        }

        _servers.Clear();
        _databases.Clear();
    }

    public async ValueTask DisposeAsync() => await StopAsync();
}
