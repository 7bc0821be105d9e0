using System.Net;
using System.Net.Sockets;

namespace CleanJwt.ProcessTests.Support;

/// <summary>
/// Forwards TCP connections to a server. It can be taken away, and it can hold back what the server is asked.
/// </summary>
internal sealed class DelayingProxy : IDisposable
{
    private readonly (string Host, int Port) _server;
    private readonly List<Socket> _open = [];
    private readonly Lock _lock = new();
    private TcpListener? _listener;

    public DelayingProxy(string host, int port)
    {
        _server = (host, port);
        Port = CleanJwtProcess.FreePort();
        Start();
    }

    public int Port { get; }

    /// <summary>How long each message of a client, and each connection, is held back.</summary>
    public TimeSpan Delay { get; set; }

    public void Start()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _ = AcceptAsync(_listener);
    }

    /// <summary>Refuses further connections, and breaks those that are open.</summary>
    public void Stop()
    {
        _listener?.Stop();
        lock (_lock)
        {
            _open.ForEach(socket => socket.Dispose());
            _open.Clear();
        }
    }

    public void Dispose() => Stop();

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync();
                _ = ServeAsync(client);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Stop has ended the listener.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        lock (_lock)
        {
            _open.AddRange([client, server]);
        }

        try
        {
            await Task.Delay(Delay);
            await server.ConnectAsync(_server.Host, _server.Port);
            await Task.WhenAny(ForwardAsync(client, server, () => Delay), ForwardAsync(server, client, () => default));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Stop has broken the connection, or the server has refused it.
        }
        finally
        {
            client.Dispose();
            server.Dispose();
        }
    }

    private static async Task ForwardAsync(Socket from, Socket to, Func<TimeSpan> delay)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer) is > 0 and var length)
        {
            await Task.Delay(delay());
            await to.SendAsync(buffer.AsMemory(0, length));
        }
    }
}
