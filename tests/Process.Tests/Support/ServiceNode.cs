using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;

namespace CleanJwt.ProcessTests.Support;

/// <summary>
/// One of several real processes that share a folder, and so a database and keys. It can be paused, killed and started
/// again at its address.
/// </summary>
internal sealed class ServiceNode : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private static readonly string Dll = typeof(ServiceNode).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "WebApiDll").Value!;

    private readonly string _folder;
    private readonly Dictionary<string, string?> _settings;
    private readonly StringBuilder _output = new();
    private Process _process;

    private ServiceNode(string folder, Dictionary<string, string?> settings)
    {
        (_folder, _settings) = (folder, settings);
        Client = new HttpClient { BaseAddress = FreeAddress(), Timeout = TimeSpan.FromSeconds(30) };
        _process = Launch();
    }

    public HttpClient Client { get; }

    public static string DatabasePathIn(string folder) => Path.Combine(folder, "data", "cleanjwt.db");

    /// <summary>Starts a node and waits until it is ready.</summary>
    /// <param name="settings">By their configuration keys, on top of the defaults.</param>
    public static async Task<ServiceNode> StartAsync(string folder, Dictionary<string, string?>? settings = null)
    {
        var node = new ServiceNode(folder, settings ?? []);
        await node.WaitUntilReadyAsync();
        return node;
    }

    /// <inheritdoc cref="StartAsync(string, Dictionary{string, string?}?)"/>
    public static Task<ServiceNode> StartAsync(TestDatabase database, Dictionary<string, string?>? settings = null) =>
        StartAsync(database.Folder, new([.. database.Settings, .. settings ?? []]));

    /// <summary>Runs one command of the program over a folder, as an operator does.</summary>
    public static Task<CommandResult> RunAsync(string folder, params string[] command) =>
        RunWithInputAsync(folder, input: "", command);

    /// <summary>As <see cref="RunAsync"/>, with something on standard input.</summary>
    public static async Task<CommandResult> RunWithInputAsync(string folder, string input, params string[] command)
    {
        var start = StartInfo(folder, command, []);
        start.RedirectStandardInput = true;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(StartTimeout);
        var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        var errors = process.StandardError.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);
        return new CommandResult(process.ExitCode, await output, await errors);
    }

    /// <summary>Starts the program again after it ended, at the same address.</summary>
    public async Task RestartAsync()
    {
        _process.Dispose();
        _process = Launch();
        await WaitUntilReadyAsync();
    }

    /// <summary>Lets the process stand still, as a debugger or a busy host does.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    public Task ResumeAsync() => SignalAsync("CONT");

    /// <summary>Ends the process at once, as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends the process as its operator does, and lets it finish.</summary>
    public async Task StopAsync()
    {
        await SignalAsync("TERM");
        using var timeout = new CancellationTokenSource(StartTimeout);
        await _process.WaitForExitAsync(timeout.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        Client.Dispose();
        _process.Dispose();
    }

    /// <summary>
    /// Runs one command of the program at a terminal, whose lines are typed one after the other, each at its question.
    /// </summary>
    /// <returns>All that the terminal has shown, or null where the tool that makes one is missing.</returns>
    public static async Task<string?> RunAtTerminalAsync(
        string folder, string[] command, params (string Question, string Answer)[] dialog)
    {
        if (!File.Exists("/usr/bin/script"))
        {
            return null;
        }

        var start = StartInfo(folder, [], []);
        start.FileName = "/usr/bin/script";
        start.ArgumentList.Clear();
        foreach (var argument in new[] { "--quiet", "--return", "--command",
            $"dotnet '{Dll}' {string.Join(' ', command)} --contentRoot '{folder}'", "/dev/null" })
        {
            start.ArgumentList.Add(argument);
        }

        start.RedirectStandardInput = true;
        using var process = Process.Start(start)!;
        var shown = new StringBuilder();
        var buffer = new char[1024];
        using var timeout = new CancellationTokenSource(StartTimeout);
        foreach (var (question, answer) in dialog)
        {
            while (!shown.ToString().Contains(question, StringComparison.Ordinal))
            {
                var read = await process.StandardOutput.ReadAsync(buffer, timeout.Token);
                Assert.That(read, Is.Positive, () => $"'{question}' was not asked:\n{shown}");
                shown.Append(buffer, 0, read);
            }

            await Task.Delay(200, timeout.Token); // as a person reads before typing
            await process.StandardInput.WriteAsync(answer + "\r");
            await process.StandardInput.FlushAsync(timeout.Token);
        }

        shown.Append(await process.StandardOutput.ReadToEndAsync(timeout.Token));
        await process.WaitForExitAsync(timeout.Token);
        return shown.ToString();
    }

    /// <param name="settings">Also variables of other programs, which have no colon.</param>
    public static ProcessStartInfo StartInfo(string folder, string[] command, Dictionary<string, string?> settings)
    {
        var start = new ProcessStartInfo("dotnet", [Dll, .. command, "--contentRoot", folder])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["RateLimiting__Enabled"] = "false";
        start.Environment["Mail__Transport"] = "None"; // as in production, unless a test sets it
        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return start;
    }

    private static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }

    private Process Launch()
    {
        var start = StartInfo(_folder, [], _settings);
        start.Environment["ASPNETCORE_URLS"] = Client.BaseAddress!.ToString();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task WaitUntilReadyAsync()
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < StartTimeout; await Task.Delay(20))
        {
            Assert.That(_process.HasExited, Is.False, () => $"The service ended:\n{Output}");
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

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.That(kill.ExitCode, Is.Zero, $"kill -{signal}");
    }

    private string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    private void Append(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}

/// <summary>What a command of the program answered.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors);
