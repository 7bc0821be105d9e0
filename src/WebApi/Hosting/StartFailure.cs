using System.Net.Sockets;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.Hosting;

/// <summary>Says in plain lines why the service can't start, where its operator can mend that.</summary>
internal static class StartFailure
{
    /// <returns>Null for anything else: that is a fault, and its stack trace is wanted.</returns>
    public static string? Describe(Exception exception) => exception switch
    {
        StartException failure => failure.Message,
        OptionsValidationException settings => string.Join(Environment.NewLine, settings.Failures),
        AggregateException several when several.InnerExceptions.All(inner => Describe(inner) is not null) =>
            string.Join(Environment.NewLine, several.InnerExceptions.Select(Describe)),

        // From Kestrel: an address that is in use, and one that this machine does not have or this process may not use.
        IOException { InnerException: AddressInUseException } address => address.Message,
        _ when DatabaseErrors.IsOutage(exception) => $"The database can't be used: {exception.Message}",
        SocketException socket => $"The service can't listen on the addresses of ASPNETCORE_URLS: {socket.Message}.",
        _ => null,
    };
}
