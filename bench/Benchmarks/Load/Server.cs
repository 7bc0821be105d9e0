using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace CleanJwt.Benchmarks.Load;

/// <summary>A published web application that runs as a process.</summary>
internal sealed class Server : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private Server(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>The time from the start of the process until its first answer 200.</summary>
    public TimeSpan TimeToAnswer { get; private init; }

    /// <summary>The processor time that all threads have used so far.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The resident memory in MiB.</summary>
    public double ResidentMemory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1024.0 / 1024.0;
        }
    }

    /// <param name="dll">The program of a published web application.</param>
    /// <param name="cores">The processors that it may use, as <c>taskset --cpu-list</c> takes them.</param>
    /// <param name="settings">Settings by their configuration keys, and other environment variables.</param>
    /// <param name="path">A path that answers 200 as soon as the application serves requests.</param>
    /// <param name="bearerToken">The token that this path needs, or null.</param>
    /// <exception cref="InvalidOperationException">The path did not answer 200 within a minute.</exception>
    public static async Task<Server> StartAsync(
        string dll, string cores, Dictionary<string, string?> settings, string path, string? bearerToken = null)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo("taskset", ["--cpu-list", cores, "dotnet", dll])
        {
            WorkingDirectory = Path.GetDirectoryName(dll)!,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_URLS"] = address.ToString();
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        var output = new List<string?>();
        var watch = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => output.Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var client = new HttpClient { BaseAddress = address };
        client.DefaultRequestHeaders.Authorization = bearerToken is null ? null : new("Bearer", bearerToken);
        while (!await AnswersAsync(client, path))
        {
            if (process.HasExited || watch.Elapsed > StartTimeout)
            {
                process.Kill(entireProcessTree: true);
                throw new InvalidOperationException(
                    $"{dll} does not answer {path}:{Environment.NewLine}{string.Join(Environment.NewLine, output)}");
            }

            await Task.Delay(5);
        }

        return new Server(process, address) { TimeToAnswer = watch.Elapsed };
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<bool> AnswersAsync(HttpClient client, string path)
    {
        try
        {
            using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
            return response.StatusCode is HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
