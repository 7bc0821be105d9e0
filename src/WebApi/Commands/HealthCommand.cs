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
        var url = LocalUrl(configuration);
        try
        {
            // The certificate names the public host, but the request goes to this machine.
            using var handler = new HttpClientHandler
            {
                ServerCertificateCustomValidationCallback =
                    HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
            };
            using var client = new HttpClient(handler) { Timeout = Timeout };
            using var response = await client.GetAsync(url);
            if (response.IsSuccessStatusCode)
            {
                return Alive;
            }

            await Console.Error.WriteLineAsync($"{url} answered {(int)response.StatusCode}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{url} did not answer: {exception.Message}");
        }

        return NotAlive;
    }

    private static Uri LocalUrl(IConfiguration configuration)
    {
        var address = ListenAddresses.First(configuration);
        var host = address.Host is "+" or "*" or "0.0.0.0" or "[::]" or "localhost" ? "127.0.0.1" : address.Host;
        return new Uri($"{address.Scheme}://{host}:{address.Port}/health/live");
    }
}
