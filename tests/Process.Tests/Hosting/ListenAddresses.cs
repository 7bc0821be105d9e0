using System.Net;
using System.Net.Sockets;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Hosting;

/// <summary>Where the service listens.</summary>
internal sealed class ListenAddresses
{
    [Test]
    public async Task AspNetCoreUrls_AreListenedOn()
    {
        using var folder = new TemporaryFolder();
        var (one, other) = (
            $"http://127.0.0.1:{CleanJwtProcess.FreePort()}", $"http://127.0.0.1:{CleanJwtProcess.FreePort()}");
        await using var service = CleanJwtProcess.Launch(folder.Path, new() { ["ASPNETCORE_URLS"] = $"{one};{other}" });
        await OutputAsync(service, "Application started");

        using var client = new HttpClient();
        await (await client.GetAsync(new Uri($"{one}/health/ready"))).ShouldBeAsync(200);
        await (await client.GetAsync(new Uri($"{other}/health/ready"))).ShouldBeAsync(200);
    }

    [Test]
    public async Task WithoutASetting_ItIsPort5080OfThisMachine()
    {
        using var folder = new TemporaryFolder();
        await using var service = CleanJwtProcess.Launch(folder.Path, new() { ["ASPNETCORE_URLS"] = null });

        // Where something else has that port already, the refusal names it just as well.
        await OutputAsync(
            service,
            "Now listening on: http://localhost:5080",
            "Failed to bind to address http://127.0.0.1:5080: address already in use.");
    }

    [Test]
    public async Task AddressInUse_StopsTheStartWithOneLine()
    {
        using var folder = new TemporaryFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        await using var service = CleanJwtProcess.Launch(folder.Path, new() { ["ASPNETCORE_URLS"] = address });

        Assert.That(await service.WaitForExitAsync(), Is.EqualTo(1), service.Output);
        Assert.That(
            service.Errors,
            Is.EqualTo([$"Failed to bind to address {address}: address already in use."]),
            service.Output);
    }

    private static async Task OutputAsync(CleanJwtProcess service, params string[] anyOf)
    {
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(
            60); await Task.Delay(20))
        {
            if (anyOf.Any(text => service.Output.Contains(text, StringComparison.Ordinal)))
            {
                return;
            }
        }

        Assert.Fail($"None of '{string.Join("', '", anyOf)}' in:\n{service.Output}");
    }
}
