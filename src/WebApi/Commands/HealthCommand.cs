using System.Net.Sockets;
using CleanJwt.WebApi.Hosting;

namespace CleanJwt.WebApi.Commands;

/// <summary>
/// Asks the service that listens on this machine whether it is alive. Containers run this command as their health
/// check.
/// </summary>
/// <remarks>
/// The command does not ask whether the service is ready. A node that waits for its database recovers by itself, so
/// its container must not be restarted. A node does not listen before it has been ready once.
/// </remarks>
internal static class HealthCommand
{
    private const int Alive = 0;
    private const int NotAlive = 1;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(IConfiguration configuration)
    {
        var address = ListenAddresses.First(configuration);
        var url = LocalUrl(address);
        try
        {
            using var handler = CreateHandler(address);
            using var client = new HttpClient(handler) { Timeout = Timeout };
            using var response = await client.GetAsync(url);
            if (response.IsSuccessStatusCode)
            {
                return Alive;
            }

            await Console.Error.WriteLineAsync($"{address} answered {(int)response.StatusCode}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{address} did not answer: {exception.Message}");
        }

        return NotAlive;
    }

    private static SocketsHttpHandler CreateHandler(BindingAddress address)
    {
        var handler = new SocketsHttpHandler();

        // The certificate names the public host, but the request goes to this machine.
#pragma warning disable CA5359 // the answer is only whether the service answers
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        if (address.IsUnixPipe)
        {
            handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(address.UnixPipePath, cancellationToken);
        }

        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(string socketPath, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Uri LocalUrl(BindingAddress address)
    {
        if (address.IsUnixPipe)
        {
            return new Uri($"{address.Scheme}://localhost/health/live");
        }

        var host = address.Host is "+" or "*" or "0.0.0.0" or "[::]" or "localhost" ? "127.0.0.1" : address.Host;
        return new Uri($"{address.Scheme}://{host}:{address.Port}/health/live");
    }
}
