using System.Net.Sockets;
using System.Text;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace CleanJwt.WebApi.FunctionalTests.FastPath;

/// <summary>
/// The memory that a request with a cached token allocates, from the socket and back. Where each request of a
/// connection has another token, as behind a proxy, the text of the header comes on top; a client that sends its token
/// again has it read but once. Under load a request allocates less, since more of it need not wait.
/// </summary>
[NonParallelizable] // all that the process allocates is counted
[Category("Load")]
internal sealed class AllocatedMemory
{
    private const int Requests = 1_000;
    private const int WarmUps = 20;

    private readonly byte[] _buffer = new byte[4 * 1024];

    [TestCase("/api/users/me", 1, 7 * 1024 + 512)]
    [TestCase("/api/users/me", 2, 7 * 1024 + 512)]
    [TestCase("/api/auth/token", 1, 4 * 1024)]
    [TestCase("/api/auth/token", 2, 4 * 1024)]
    public async Task RememberedToken_CostsLittleMemory(string route, int tokens, int maxBytes)
    {
        await using var app = new CleanJwtApp(
            new() { ["Jwt:Issuer"] = "https://auth.example.com" }, configure: Plain, environment: "Production");
        var address = app.StartOnKestrel();
        var requests = new List<byte[]>();
        for (var i = 0; i < tokens; i++)
        {
            var token = (await app.LoginAsync()).AccessToken;
            requests.Add(Encoding.ASCII.GetBytes(
                $"GET {route} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"));
        }

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 10_000 };
        socket.Connect(address.Host, address.Port);
        for (var i = 0; i < WarmUps; i++) // until everything is compiled that will be
        {
            Assert.That(CountOfGood(socket, requests), Is.EqualTo(Requests));
        }

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var good = CountOfGood(socket, requests);
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / Requests;
        Assert.That(good, Is.EqualTo(Requests));
        await TestContext.Out.WriteLineAsync($"{each} bytes a request");
        var header = tokens == 1 ? 0 : sizeof(char) * requests[0].Length;
        Assert.That(each, Is.InRange(100, maxBytes + header)); // less would mean that nothing was counted
    }

    // What watches the service in other tests would be counted too.
    private static void Plain(IServiceCollection services) =>
        services.RemoveAll<IConnectionObserver>().RemoveAll<ILoggerProvider>().AddLogging(
            logging => logging.AddConsole());

    // By hand, since a client that allocates would be counted too.
    private int CountOfGood(Socket socket, List<byte[]> requests)
    {
        var good = 0;
        for (var i = 0; i < Requests; i++)
        {
            socket.Send(requests[i % requests.Count]);
            var received = 0;
            do
            {
                var read = socket.Receive(_buffer, received, _buffer.Length - received, SocketFlags.None);
                received += read > 0 ? read : throw new EndOfStreamException("The service has closed the connection.");
            }
            while (!_buffer.AsSpan(0, received).EndsWith("\r\n0\r\n\r\n"u8)); // the last chunk (RFC 9112, section 7.1)

            good += _buffer.AsSpan().StartsWith("HTTP/1.1 200"u8) ? 1 : 0;
        }

        return good;
    }
}
