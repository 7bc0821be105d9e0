using System.Diagnostics;
using System.Reflection.PortableExecutable;

namespace CleanJwt.Benchmarks.Load;

/// <summary>A published build of the service that runs on a data folder of its own.</summary>
/// <remarks>
/// Its accounts and tokens come from requests over HTTP, since two builds may differ in their tables.
/// </remarks>
internal sealed class Build : IAsyncDisposable
{
    private readonly string _files = Directory.CreateTempSubdirectory("cleanjwt-bench-").FullName;
    private readonly string _dll;
    private readonly int _accounts;
    private Server? _server;
    private int _next;

    private Build(string name, string dll, int accounts) => (Name, _dll, _accounts) = (name, dll, accounts);

    /// <summary>The role of the build, with its commit where known, such as <c>before (ce9b72f)</c>.</summary>
    public string Name { get; }

    public Server Server => _server ?? throw new InvalidOperationException($"{Name} is stopped.");

    /// <summary>A file with one address per line.</summary>
    public string Emails => Path.Combine(_files, "emails");

    /// <summary>A file with one access token per line, valid for an hour from the start.</summary>
    public string AccessTokens => Path.Combine(_files, "access-tokens");

    private string RefreshTokens => Path.Combine(_files, "refresh-tokens");

    private string UnusedRefreshTokens => Path.Combine(_files, "unused-refresh-tokens");

    private Dictionary<string, string?> Settings => ServiceDatabase.SettingsFor(Path.Combine(_files, "data"));

    /// <summary>Finds out why the two builds cannot be compared.</summary>
    /// <returns>Null when nothing is in the way.</returns>
    public static string? FindObstacle(string before, string present)
    {
        if (!File.Exists(before))
        {
            return $"There is no {Path.GetFileName(before)} in {Path.GetDirectoryName(before)}.";
        }

        return IsReadyToRun(before) == IsReadyToRun(present)
            ? null
            : $"{before} and {present} are not published in the same way: only one of them is ReadyToRun. "
                + "The help of bench/run.sh shows the command.";
    }

    /// <summary>Starts the build on an empty data folder, registers accounts and signs them in.</summary>
    public static async Task<Build> StartAsync(string role, string dll, int accounts, string cores)
    {
        var build = new Build(NameOf(role, dll), dll, accounts);
        Directory.CreateDirectory(Path.Combine(build._files, "data"));
        build._server = await Server.StartAsync(dll, cores, build.Settings, "/health/ready");
        await Accounts.RegisterAsync(build.Server, accounts);
        await File.WriteAllLinesAsync(build.Emails, Enumerable.Range(0, accounts).Select(Seeding.EmailOf));
        var tokens = await build.SignInAsync(accounts);
        await File.WriteAllLinesAsync(build.AccessTokens, tokens.Select(pair => pair.AccessToken));
        await File.WriteAllLinesAsync(build.UnusedRefreshTokens, tokens.Select(pair => pair.RefreshToken!));
        return build;
    }

    /// <summary>Prepares the arguments of <c>refresh.lua</c>: as many refresh tokens as there are accounts.</summary>
    /// <remarks>
    /// The script hands over the tokens that it has not used. New sign-ins replace the few that it has lost.
    /// </remarks>
    public async Task<string[]> PrepareRefreshAsync()
    {
        var tokens = await File.ReadAllLinesAsync(UnusedRefreshTokens);
        var signedIn = await SignInAsync(_accounts - tokens.Length);
        await File.WriteAllLinesAsync(RefreshTokens, [.. tokens, .. signedIn.Select(pair => pair.RefreshToken!)]);
        return [RefreshTokens, UnusedRefreshTokens];
    }

    /// <summary>Signs in one account more, for an access token that is valid for an hour from now.</summary>
    public async Task<string> GetAccessTokenAsync() => (await SignInAsync(1))[0].AccessToken;

    /// <summary>Starts the build again on its data, after <see cref="StopAsync"/>.</summary>
    public Task<Start> MeasureStartAsync(string cores, string token) =>
        Start.MeasureAsync(_dll, cores, Settings, "/api/users/me", token);

    public async Task StopAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_files, recursive: true);
    }

    private static string NameOf(string role, string dll) =>
        FileVersionInfo.GetVersionInfo(dll).ProductVersion?.Split('+') is [_, { Length: >= 7 } commit]
            ? $"{role} ({commit[..7]})"
            : role;

    private static bool IsReadyToRun(string dll)
    {
        using var reader = new PEReader(File.OpenRead(dll));
        return reader.PEHeaders.CorHeader?.ManagedNativeHeaderDirectory.Size > 0;
    }

    private Task<TokenPair[]> SignInAsync(int count)
    {
        int[] numbers = [.. Enumerable.Range(0, count).Select(_ => _next++ % _accounts)];
        return Accounts.SignInAsync(Server, "/api/auth/login", numbers);
    }
}
