using System.Net.Sockets;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.Hosting;

/// <summary>Explains in plain lines why the service can't start, when its operator can fix the cause.</summary>
internal static class StartFailure
{
    /// <returns>One line for each cause. Null for a bug, whose stack trace must be shown.</returns>
    public static string? Describe(Exception exception) => exception switch
    {
        StartException failure => failure.Message,
        OptionsValidationException settings => string.Join(Environment.NewLine, settings.Failures),
        AggregateException several when several.InnerExceptions.All(inner => Describe(inner) is not null) =>
            // Two rules that need the same invalid settings describe them alike.
            string.Join(Environment.NewLine, several.InnerExceptions.Select(Describe).Distinct()),

        DirectoryNotFoundException folder => folder.Message, // of --contentRoot

        // Kestrel throws the first for an address in use. It throws SocketException for an address that this machine
        // does not have or that the process may not use.
        IOException { InnerException: AddressInUseException } address => address.Message,
        _ when DatabaseErrors.IsOutage(exception) => $"The database can't be used: {exception.Message}",
        SocketException socket =>
            $"The service can't listen on the addresses of ASPNETCORE_URLS: {socket.Message}.",
        _ => null,
    };
}
