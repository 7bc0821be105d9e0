using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.Versioning;
using System.Text;

namespace CleanJwt.ProcessTests.Support;

/// <summary>The built service as a process of its own, on a free port of this machine.</summary>
internal sealed class CleanJwtProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private static readonly string BuiltDll = typeof(CleanJwtProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "WebApiDll").Value!;

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private CleanJwtProcess(Process process, Uri address)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = address };
        process.OutputDataReceived += (_, line) => Append(line.Data, _output);
        process.ErrorDataReceived += (_, line) => Append(line.Data, _output, _errors);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public HttpClient Client { get; }

    /// <summary>Standard output and standard error so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Standard error so far, by lines.</summary>
    public string[] Errors
    {
        get
        {
            lock (_output)
            {
                return _errors.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
            }
        }
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Starts the service with its content root in a folder and does not wait for it.</summary>
    /// <param name="settings">
    /// By their configuration keys, on top of the defaults; null takes an environment variable away.
    /// </param>
    /// <param name="address">Where it listens; on a free port when absent.</param>
    /// <param name="dll">The service. Null for the one that was built with the tests.</param>
    /// <param name="maxOpenFiles">As <c>ulimit -n</c> sets it. Null for that of the tests.</param>
    public static CleanJwtProcess Launch(
        string folder,
        Dictionary<string, string?>? settings = null,
        string environment = "Development",
        Uri? address = null,
        string? dll = null,
        int? maxOpenFiles = null)
    {
        address ??= FreeAddress();
        string[] command = ["dotnet", dll ?? BuiltDll, "--contentRoot", folder];
        if (maxOpenFiles is { } files)
        {
            command = ["bash", "-c", $"ulimit -n {files} && exec \"$@\"", "bash", .. command];
        }

        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var inherited in start.Environment.Keys.Where(
            key => key.StartsWith("ASPNETCORE_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        start.Environment["ASPNETCORE_URLS"] = address.ToString();
        start.Environment["RateLimiting__Enabled"] = "false"; // all tests come from one address
        start.Environment["Mail__Transport"] = "None"; // as in production, unless a test sets it
        foreach (var (key, value) in settings ?? [])
        {
            var variable = key.Replace(":", "__", StringComparison.Ordinal);
            start.Environment.Remove(variable);
            if (value is not null)
            {
                start.Environment[variable] = value;
            }
        }

        return new CleanJwtProcess(Process.Start(start)!, address);
    }

    /// <summary>Starts the service and waits until it is ready.</summary>
    public static async Task<CleanJwtProcess> StartAsync(
        string folder, Dictionary<string, string?>? settings = null, Uri? address = null)
    {
        var process = Launch(folder, settings, address: address);
        await process.WaitUntilReadyAsync();
        return process;
    }

    /// <summary>
    /// Starts the service as the issuer that its tokens name, so that other services find its keys there.
    /// </summary>
    public static Task<CleanJwtProcess> StartAsIssuerAsync(
        string folder, Dictionary<string, string?>? settings = null, Uri? address = null)
    {
        address ??= FreeAddress();
        return StartAsync(
            folder, new(settings ?? []) { ["Jwt:Issuer"] = address.GetLeftPart(UriPartial.Authority) }, address);
    }

    public async Task WaitUntilReadyAsync()
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < StartTimeout; await Task.Delay(20))
        {
            if (_process.HasExited)
            {
                Assert.Fail($"The service ended with {_process.ExitCode}:\n{Output}");
            }

            try
            {
                if ((await Client.GetAsync("/health/ready")).IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
        }

        Assert.Fail($"The service was not ready within {StartTimeout}:\n{Output}");
    }

    /// <summary>Waits for the service to end by itself.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var timeout = new CancellationTokenSource(StartTimeout);
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    /// <summary>Ends the process at once, as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks the process to end, as a service manager does, and waits for it.</summary>
    [UnsupportedOSPlatform("windows")]
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        return await WaitForExitAsync();
    }

    /// <returns>The address of the new account, whose password is <see cref="TestAccounts.Password"/>.</returns>
    public async Task<string> RegisterAsync()
    {
        var email = TestAccounts.UniqueEmail();
        await (await Client.PostAsJsonAsync("/api/auth/register", new { email, password = TestAccounts.Password }))
            .ShouldBeAsync(201);
        return email;
    }

    public async Task<TokenPair> LoginAsync(string email)
    {
        var response = await Client.PostAsJsonAsync("/api/auth/login", new { email, password = TestAccounts.Password });
        await response.ShouldBeAsync(200);
        return TokenPair.From(await response.JsonAsync());
    }

    public Task<HttpResponseMessage> RefreshAsync(string refreshToken) =>
        Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken });

    public Task<HttpResponseMessage> MeAsync(string accessToken) =>
        SendAsync(HttpMethod.Get, "/api/users/me", accessToken);

    public Task<HttpResponseMessage> LogoutAsync(string accessToken) =>
        SendAsync(HttpMethod.Post, "/api/auth/logout", accessToken);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        Client.Dispose();
        _process.Dispose();
    }

    public static Uri FreeAddress() => new($"http://127.0.0.1:{FreePort()}");

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string accessToken)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return await Client.SendAsync(request);
    }

    private void Append(string? line, params StringBuilder[] targets)
    {
        lock (_output)
        {
            foreach (var target in targets)
            {
                target.AppendLine(line);
            }
        }
    }
}
