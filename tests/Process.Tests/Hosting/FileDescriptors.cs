using System.Diagnostics;
using System.Net.Sockets;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Hosting;

/// <summary>A process that may open few files serves the connections that fit, and refuses the others.</summary>
[Platform("Linux")]
internal sealed class FileDescriptors
{
    private readonly TemporaryFolder _folder = new();

    [TearDown]
    public void Clean() => _folder.Dispose();

    [Test]
    public async Task MoreIdleConnectionsThanFit_LeaveTheServiceAlive()
    {
        await using var service = CleanJwtProcess.Launch(_folder.Path, maxOpenFiles: 1_024);
        await service.WaitUntilReadyAsync();
        var email = await service.RegisterAsync();
        var idle = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 900; i++)
            {
                idle.Add(new TcpClient("127.0.0.1", service.Client.BaseAddress!.Port));
            }

            await Task.Delay(TimeSpan.FromSeconds(1));
            Assert.That(service.HasExited, Is.False, service.Output);
        }
        finally
        {
            idle.ForEach(client => client.Dispose());
        }

        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            try
            {
                await service.LoginAsync(email);
                break;
            }
            catch (HttpRequestException) when (waited.Elapsed < TimeSpan.FromSeconds(10))
            {
                // The service has not yet noticed that the connections are closed.
            }
        }
    }

    [Test]
    public async Task TooFewFiles_StopTheStartWithOneLine()
    {
        await using var service = CleanJwtProcess.Launch(_folder.Path, maxOpenFiles: 400);
        Assert.That(await service.WaitForExitAsync(), Is.EqualTo(1), service.Output);
        Assert.That(service.Errors, Has.Length.EqualTo(1), service.Output);
        Assert.That(service.Errors[0], Does.StartWith("The process may open 400 files; needed: "));
    }
}
