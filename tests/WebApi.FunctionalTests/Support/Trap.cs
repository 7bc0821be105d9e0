using System.Net;
using System.Net.Sockets;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>An address of this machine that nobody has a reason to connect to, and that knows when somebody does.</summary>
internal sealed class Trap : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    // The system completes connections by itself, and lets them wait until they are accepted, which they never are.
    public Trap() => _listener.Start();

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public bool IsSprung => _listener.Pending();

    public void Dispose() => _listener.Dispose();
}
