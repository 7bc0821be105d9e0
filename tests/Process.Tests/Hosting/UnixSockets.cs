using System.Net.Sockets;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Hosting;

/// <summary>A service that listens on a Unix socket, as behind a proxy on the same machine.</summary>
[Platform("Linux")]
internal sealed class UnixSockets
{
    private readonly TemporaryFolder _folder = new();

    private string SocketPath => Path.Combine(_folder.Path, "api.sock");

    private Dictionary<string, string?> Settings => new() { ["ASPNETCORE_URLS"] = $"http://unix:{SocketPath}" };

    [TearDown]
    public void Clean() => _folder.Dispose();

    [Test]
    public async Task SocketOfAKilledService_IsTakenOverAndAnswersTheHealthCommand()
    {
        await using (var killed = CleanJwtProcess.Launch(_folder.Path, Settings))
        {
            await ShouldListenAsync(killed);
            await killed.KillAsync();
        }

        Assert.That(File.Exists(SocketPath), "the socket that the killed service has left behind");
        Assert.That((await HealthAsync()).ExitCode, Is.EqualTo(1));

        await using var service = CleanJwtProcess.Launch(_folder.Path, Settings);
        await ShouldListenAsync(service);
        var health = await HealthAsync();
        Assert.That(health.ExitCode, Is.Zero, health.Errors);
    }

    [Test]
    public async Task SocketInUse_StopsTheStartWithOneLine()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        listener.Listen();
        await using var service = CleanJwtProcess.Launch(_folder.Path, Settings);
        Assert.That(await service.WaitForExitAsync(), Is.EqualTo(1), service.Output);
        Assert.That(service.Errors, Has.Length.EqualTo(1), service.Output);
        Assert.That(service.Errors[0], Does.Contain(SocketPath).And.Contain("address already in use"));
    }

    private Task<CommandResult> HealthAsync() =>
        ServiceNode.RunAsync(_folder.Path, $"--urls=http://unix:{SocketPath}", "health");

    private static async Task ShouldListenAsync(CleanJwtProcess service) => Assert.That(
        () => service.Output, Does.Contain("Application started").After(60_000, 50), service.Output);
}
