using System.Globalization;

namespace CleanJwt.Benchmarks.Load;

/// <summary>
/// Runs the service beside its peers: one server at a time is asked, on one core, by wrk on another, in rounds that take turns, so that what else the
/// machine does meets all of them alike.
/// </summary>
internal sealed class SideBySide : IAsyncDisposable
{
    private const string ServerCore = "0";
    private const string LoadCore = "1";
    private const string BothCores = "0,1";
    private const int Users = 1_000;
    private const int PeersUsers = 200; // each costs them a PBKDF2 hash, and none keeps anything of a token
    private const int Connections = 32;
    private const int FewConnections = 8;
    private const int PausingConnections = 256;
    private const int FloodConnections = 64;

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
            Console.Error.WriteLine("wrk and taskset are needed: install the packages 'wrk' and 'util-linux' (on Debian and Ubuntu: apt-get install wrk).");
            return 1;
        }

        if (Environment.ProcessorCount < 2)
        {
            Console.Error.WriteLine("Two cores are needed: one for the server, one for the load.");
            return 1;
        }

        // The small database is made anew, which takes a second: else each run would find the sessions of all before it.
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
            await Console.Error.WriteLineAsync($"{run._report.Errors} requests were answered with errors, so the runs that they were of are void.");
            return 1;
        }

        return 0;
    }

    private static string FolderOf(int accounts) => Path.Combine(Paths.Artifacts, "data", accounts.ToString(CultureInfo.InvariantCulture));

    private async Task ComparePeersAsync()
    {
        Say("Starting the services");
        var database = await OpenAsync(Users);
        var own = await StartOwnAsync(Users, ServerCore);
        var bare = await StartAsync("Bare", ServerCore, [], "/me");
        var handWritten = await StartAsync("HandWritten", ServerCore, [], "/ready");
        var mapIdentityApi = await StartAsync("MapIdentityApi", ServerCore, [], "/ready");
        var sample = await database.SampleAsync(Users);
        var handWrittenTokens = await Peers.SignInAsync(handWritten, "/login", PeersUsers);
        var mapIdentityApiTokens = await Peers.SignInAsync(mapIdentityApi, "/login", PeersUsers);
        List<Case> cases =
        [
            Get("bare Kestrel", "the same JSON, nothing else", bare, "/me", "-"),
            Get("bare Kestrel", "and one prepared SQLite read", bare, "/read", "-"),
            Get("CleanJwt", "`GET /api/auth/token`, no database", own, "/api/auth/token", sample.AccessTokens),
            Get("CleanJwt", "`GET /api/users/me`", own, "/api/users/me", sample.AccessTokens),
            Get("hand-written JwtBearer", "ES256, no database", handWritten, "/token", handWrittenTokens),
            Get("hand-written JwtBearer", "ES256 and an EF Core read", handWritten, "/me", handWrittenTokens),
            Get("`MapIdentityApi`", "`GET /manage/info`", mapIdentityApi, "/manage/info", mapIdentityApiTokens),
            Refresh("CleanJwt", "`POST /api/auth/refresh`", own, database, Connections),
            Refresh("CleanJwt", $"the same, {FewConnections} connections", own, database, FewConnections),
            Login("CleanJwt", "`POST /api/auth/login`, Argon2id", own, "/api/auth/login", sample.Emails),
            Login("hand-written JwtBearer", "sign-in, PBKDF2", handWritten, "/login", sample.Emails),
            Login("`MapIdentityApi`", "`POST /login`, PBKDF2", mapIdentityApi, "/login", sample.Emails),
        ];
        var measured = await MeasureAsync(cases);
        _report.Add("Side by side", measured, cases[0]);
        _report.AddSignIns(measured[^3], measured[^1]);
        _report.Memory = [("CleanJwt", own.ResidentMemory), ("bare Kestrel", bare.ResidentMemory), ("hand-written JwtBearer", handWritten.ResidentMemory), ("`MapIdentityApi`", mapIdentityApi.ResidentMemory)];
        await StopAsync();
    }

    private async Task CompareSizesAsync()
    {
        var cases = new List<Case>();
        foreach (var size in new[] { Users, _options.Accounts })
        {
            var database = await OpenAsync(size);
            var own = await StartOwnAsync(size, ServerCore);
            var sample = await database.SampleAsync(Users);
            var name = string.Create(CultureInfo.InvariantCulture, $"{size:N0} accounts");
            cases.Add(Get(name, "`me`", own, "/api/users/me", sample.AccessTokens));
            cases.Add(Refresh(name, "`refresh`", own, database, FewConnections));
            cases.Add(Login(name, "`login`", own, "/api/auth/login", sample.Emails));
        }

        _report.AddSizes(await MeasureAsync(cases));
        await StopAsync();
    }

    private async Task FloodAsync()
    {
        var database = await OpenAsync(Users);
        var own = await StartOwnAsync(Users, BothCores);
        var sample = await database.SampleAsync(Users);
        var me = new Uri(own.Address, "/api/users/me");
        var login = new Uri(own.Address, "/api/auth/login");
        Task<WrkResult> Ask(TimeSpan duration, int connections, params string[] pause) =>
            Wrk.RunAsync(BothCores, me, connections, duration, "get.lua", [sample.AccessTokens, .. pause]);
        Task<WrkResult> Flood(TimeSpan duration) =>
            Wrk.RunAsync(BothCores, login, FloodConnections, duration, "login.lua", sample.Emails, Seeding.Password);

        Say("Warming up: the flood");
        await Ask(SideBySideOptions.WarmUp, Connections);
        await Flood(SideBySideOptions.WarmUp / 2);
        _report.FullLoad = await Ask(_options.Duration, Connections);

        // wrk pauses for whole milliseconds: with many connections a pause is long enough for that not to matter.
        var pause = Math.Round(PausingConnections / (_report.FullLoad.PerSecond / 2) * 1_000).ToString(CultureInfo.InvariantCulture);
        for (var round = 1; round <= _options.Rounds; round++)
        {
            Say($"Flood, round {round} of {_options.Rounds}");
            var calm = await Ask(_options.Duration, PausingConnections, pause);
            var flood = Flood(_options.Duration + TimeSpan.FromSeconds(2));
            await Task.Delay(TimeSpan.FromSeconds(1));
            var flooded = await Ask(_options.Duration, PausingConnections, pause);
            _report.AddFlood(calm, flooded, await flood);
            Say(string.Create(CultureInfo.InvariantCulture, $"p99 {calm.P99 / 1e3:F1} ms without, {flooded.P99 / 1e3:F1} ms with it"));
        }

        // More than the queue has places for: what is turned away.
        var bare = await StartAsync("Bare", BothCores, [], "/me");
        _report.Refusals = await Peers.CountRefusalsAsync(login, sample.Emails, new Uri(bare.Address, "/me"), connections: 400, _options.Rounds);
        await StopAsync();
    }

    private async Task StartAsync()
    {
        var database = await OpenAsync(Users);
        var token = (await File.ReadAllLinesAsync((await database.SampleAsync(Users)).AccessTokens))[0];
        for (var round = 1; round <= _options.Rounds; round++)
        {
            Say($"Start, round {round} of {_options.Rounds}");
            _report.AddStart(
                await MeasureStartAsync("WebApi", ServiceDatabase.SettingsFor(FolderOf(Users)), "/api/users/me", token),
                await MeasureStartAsync("Bare", [], "/me"));
        }

        await StopAsync();
    }

    private static async Task<Start> MeasureStartAsync(string project, Dictionary<string, string?> settings, string path, string? token = null)
    {
        await using var server = await Server.StartAsync(Paths.Dll(project), BothCores, settings, path, token);
        await Task.Delay(TimeSpan.FromSeconds(2));
        return new Start(server.TimeToAnswer, server.ResidentMemory);
    }

    private async Task<List<Measured>> MeasureAsync(List<Case> cases)
    {
        foreach (var one in cases)
        {
            Say($"Warming up: {one.Who}, {one.What}");
            await RunAsync(one, SideBySideOptions.WarmUp);
        }

        var measured = cases.Select(one => new Measured(one)).ToList();
        for (var round = 1; round <= _options.Rounds; round++)
        {
            foreach (var one in measured)
            {
                var before = one.Case.Server.CpuTime;
                var result = await RunAsync(one.Case, _options.Duration);
                one.Add(result, one.Case.Server.CpuTime - before);
                Say(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Round {round} of {_options.Rounds}: {one.Case.Who}, {one.Case.What}: {result.PerSecond:N0}/s, {result.PerSecond / measured[0].Results[^1].PerSecond:F3}, p99 {result.P99 / 1e3:F1} ms, {result.Errors} errors"));
            }
        }

        return measured;
    }

    private static async Task<WrkResult> RunAsync(Case one, TimeSpan duration) =>
        await Wrk.RunAsync(LoadCore, new Uri(one.Server.Address, one.Path), one.Connections, duration, one.Script, await one.Arguments());

    private static Case Get(string who, string what, Server server, string path, string tokens) =>
        new(who, what, server, path, Connections, "get.lua", () => Task.FromResult<string[]>([tokens]));

    private static Case Refresh(string who, string what, Server server, ServiceDatabase database, int connections) =>
        new(who, what, server, "/api/auth/refresh", connections, "refresh.lua", async () => [(await database.SampleAsync(Users)).RefreshTokens]);

    private static Case Login(string who, string what, Server server, string path, string emails) =>
        new(who, what, server, path, FewConnections, "login.lua", () => Task.FromResult<string[]>([emails, Seeding.Password]));

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

    private async Task<Server> StartAsync(string name, string cores, Dictionary<string, string?> settings, string path)
    {
        var server = await Server.StartAsync(Paths.Dll(name), cores, settings, path);
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

    private static void Say(string text) => Console.WriteLine($"{DateTime.Now:HH:mm:ss} {text}");

    public async ValueTask DisposeAsync() => await StopAsync();
}
