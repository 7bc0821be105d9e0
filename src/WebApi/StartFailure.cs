using CleanJwt.Infrastructure.Settings;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi;

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

        // Thrown by the configuration binder, which names the key and the value.
        InvalidOperationException { InnerException: FormatException } conversion =>
            $"{conversion.Message} Allowed: durations as [days.]hours:minutes:seconds, switches as true or false.",
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } address => address.Message,
        _ => null,
    };
}
