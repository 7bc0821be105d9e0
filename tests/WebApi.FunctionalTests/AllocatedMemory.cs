using System.Net.Sockets;
using System.Text;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>
/// What a request whose token has been seen before allocates, from the socket and back. Nearly all of it is the framework's: its pipeline, authentication, authorization and MVC
/// take most of this without an action that does anything. A verification of the signature, or a model of EF Core's, would be far above.
/// </summary>
[NonParallelizable] // all that the process allocates is counted
internal sealed class AllocatedMemory
{
    private const int Requests = 1_000;

    private readonly byte[] _buffer = new byte[4 * 1024];

    [TestCase("/api/users/me", 16 * 1024)]
    [TestCase("/api/auth/token", 10 * 1024)]
    public async Task RememberedToken_CostsLittleMemory(string route, int maxBytes)
    {
        await using var app = new CleanJwtApp();
        var address = app.StartOnKestrel();
        var tokens = await app.LoginAsync();
        var request = Encoding.ASCII.GetBytes($"GET {route} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {tokens.AccessToken}\r\n\r\n");
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 10_000 };
        socket.Connect(address.Host, address.Port);
        Assert.That(CountOfGood(socket, request), Is.EqualTo(Requests), "until everything is compiled that will be");
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var good = CountOfGood(socket, request);
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / Requests;
        Assert.That(good, Is.EqualTo(Requests));
        await TestContext.Out.WriteLineAsync($"{each} bytes a request");
        Assert.That(each, Is.InRange(100, maxBytes)); // less would mean that nothing was counted
    }

    // By hand, since a client that allocates would be counted too.
    private int CountOfGood(Socket socket, byte[] request)
    {
        var good = 0;
        for (var i = 0; i < Requests; i++)
        {
            socket.Send(request);
            var received = 0;
            do
            {
                received += socket.Receive(_buffer, received, _buffer.Length - received, SocketFlags.None);
            }
            while (!_buffer.AsSpan(0, received).EndsWith("\r\n0\r\n\r\n"u8)); // the last chunk (RFC 9112, section 7.1)

            good += _buffer.AsSpan().StartsWith("HTTP/1.1 200"u8) ? 1 : 0;
        }

        return good;
    }
}
