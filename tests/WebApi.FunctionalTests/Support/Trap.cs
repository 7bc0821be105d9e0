using System.Net;
using System.Net.Sockets;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>An address of this machine without a service. It records each connection.</summary>
internal sealed class Trap : IDisposable
{
    // Not the address that services of tests get their ports of: one port after the other is free there, taken, and
    // asked whether it answers.
    private static readonly IPAddress Own = OperatingSystem.IsMacOS() ? IPAddress.Loopback : IPAddress.Parse(
        "127.0.0.2"); // macOS has the first alone

    private readonly TcpListener _listener = new(Own, 0);

    // The system completes connections by itself, and lets them wait until they are accepted, which they never are.
    public Trap() => _listener.Start();

    public Uri Address => new($"http://{Own}:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public bool IsSprung => _listener.Pending();

    public void Dispose() => _listener.Dispose();
}
