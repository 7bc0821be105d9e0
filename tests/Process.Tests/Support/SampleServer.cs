using System.Diagnostics;
using System.Text;

namespace CleanJwt.ProcessTests.Support;

/// <summary>A running sample: another service, which trusts the tokens of this one.</summary>
internal sealed class SampleServer : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SampleServer(Process process, Uri address)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = address };
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) =>
            _listening.TrySetException(new InvalidOperationException($"The sample ended with {process.ExitCode}."));
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public HttpClient Client { get; }

    public static async Task<SampleServer> StartAsync(ProcessStartInfo start, Uri address)
    {
        var server = new SampleServer(Process.Start(start)!, address);
        try
        {
            await server._listening.Task.WaitAsync(StartTimeout);
            return server;
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidOperationException)
        {
            await server.DisposeAsync();
            Assert.Fail($"{exception.Message}\n{server.Output}");
            throw;
        }
    }

    public Task<HttpResponseMessage> ReadAsync(string? accessToken) =>
        SendAsync(HttpMethod.Get, "/notes", Bearer(accessToken));

    public Task<HttpResponseMessage> WriteAsync(string? accessToken) =>
        SendAsync(HttpMethod.Post, "/notes", Bearer(accessToken));

    public Task<HttpResponseMessage> DeleteAsync(string? accessToken) =>
        SendAsync(HttpMethod.Delete, "/notes", Bearer(accessToken));

    /// <param name="authorization">The header as it is sent; none when null.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string route, string? authorization)
    {
        using var request = new HttpRequestMessage(method, route);
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return await Client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        Client.Dispose();
        _process.Dispose();
    }

    private static string? Bearer(string? accessToken) => accessToken is null ? null : $"Bearer {accessToken}";

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

        if (line?.StartsWith("Listening on ", StringComparison.Ordinal) is true)
        {
            _listening.TrySetResult();
        }
    }
}
