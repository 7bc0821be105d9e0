using System.Net.Sockets;
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
        foreach (var address in All(configuration).Where(address => address.IsUnixPipe))
        {
            RemoveAbandonedSocket(address.UnixPipePath);
        }

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

    private static IEnumerable<BindingAddress> All(IConfiguration configuration)
    {
        var addresses = configuration[Urls]
            ?? EndpointsOf(configuration).FirstOrDefault(url => url is not null)
            ?? PortsOf(configuration)
            ?? Default;
        return addresses.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(BindingAddress.Parse);
    }

    // A process that was killed leaves its socket behind, and no other process can listen on it. A socket on which a
    // process listens accepts a connection.
    private static void RemoveAbandonedSocket(string path)
    {
        if (!File.Exists(path) || (File.GetAttributes(path) & FileAttributes.Directory) != 0)
        {
            return;
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            if (new FileInfo(path).Length == 0) // a socket has no content; any other file is the operator's
            {
                File.Delete(path);
            }
        }
        catch (SocketException)
        {
            // The server says why it can't listen.
        }
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
