using CleanJwt.Infrastructure.Settings;

namespace CleanJwt.WebApi.Hosting;

/// <summary>The addresses that the service listens on, by the settings that ASP.NET Core reads.</summary>
internal static class ListenAddresses
{
    private const string Default = "http://localhost:5080";
    private const string Urls = "urls"; // ASPNETCORE_URLS
    private const string HttpPorts = "http_ports"; // ASPNETCORE_HTTP_PORTS
    private const string Endpoints = "Kestrel:Endpoints";

    /// <summary>Uses the default address unless the operator has set another one.</summary>
    /// <exception cref="StartException"><c>ASPNETCORE_URLS</c> holds something that is not an address.</exception>
    public static void UseListenAddresses(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        Check(configuration[Urls]);

        // The default can't be in appsettings.json, where it would win over ASPNETCORE_URLS.
        if (configuration[Urls] is null
            && configuration[HttpPorts] is null
            && !configuration.GetSection(Endpoints).Exists())
        {
            builder.WebHost.UseUrls(Default);
        }
    }

    /// <summary>The first address that the service listens on.</summary>
    public static BindingAddress First(IConfiguration configuration) => All(configuration).First();

    /// <summary>
    /// Removes the Unix sockets that a killed process has left behind, because no other process can listen on them.
    /// </summary>
    /// <exception cref="StartException">A socket can't be removed.</exception>
    public static void RemoveAbandonedSockets(IConfiguration configuration)
    {
        foreach (var path in All(configuration).Where(one => one.IsUnixPipe).Select(one => one.UnixPipePath))
        {
            try
            {
                if (UnixSocket.IsAbandoned(path))
                {
                    File.Delete(path);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new StartException($"The abandoned socket '{path}' can't be removed: {exception.Message}");
            }
        }
    }

    private static IEnumerable<BindingAddress> All(IConfiguration configuration)
    {
        var endpoints = string.Join(';', EndpointsOf(configuration).OfType<string>());
        var addresses = configuration[Urls]
            ?? (endpoints.Length > 0 ? endpoints : null)
            ?? PortsOf(configuration)
            ?? Default;
        return addresses.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(BindingAddress.Parse);
    }

    private static IEnumerable<string?> EndpointsOf(IConfiguration configuration) =>
        configuration.GetSection(Endpoints).GetChildren().Select(endpoint => endpoint["Url"]);

    private static string? PortsOf(IConfiguration configuration) =>
        configuration[HttpPorts] is { } ports
            ? string.Join(';', ports.Split(';').Select(port => $"http://+:{port}"))
            : null;

    // Kestrel refuses the same addresses, but with a stack trace and without the name of the setting.
    private static void Check(string? urls)
    {
        try
        {
            foreach (var url in urls?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [])
            {
                BindingAddress.Parse(url);
            }
        }
        catch (FormatException)
        {
            throw new StartException(
                $"ASPNETCORE_URLS is '{urls}'; allowed: http and https addresses such as {Default}, separated by ';'.");
        }
    }
}
