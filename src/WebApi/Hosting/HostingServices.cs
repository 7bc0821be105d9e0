using CleanJwt.WebApi.Http;
using Microsoft.Extensions.Logging.Console;

namespace CleanJwt.WebApi.Hosting;

/// <summary>Configures the host: its services, its log and its server.</summary>
internal static class HostingServices
{
    public static void AddHosting(this WebApplicationBuilder builder)
    {
        builder.Host.UseDefaultServiceProvider(options =>
            (options.ValidateScopes, options.ValidateOnBuild) = (true, true));
        builder.AddLog();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = ConnectionLimit.Find();

            // Larger than RequestBody.MaxSize: the server reads the rest of a refused body, so that the client reads
            // the answer. Kestrel counts the framing of chunks too.
            kestrel.Limits.MaxRequestBodySize = 64 * RequestBody.MaxSize;
        });
        builder.UseListenAddresses();
    }

    private static void AddLog(this WebApplicationBuilder builder)
    {
        // Each log provider takes time on every request, even when the request logs nothing.
        builder.Logging.ClearProviders().AddConsole();

        // Without a name the console ignores the options of its formatters.
        builder.Services.Configure<ConsoleLoggerOptions>(options =>
            options.FormatterName ??= ConsoleFormatterNames.Simple);

        builder.Services.Configure<SimpleConsoleFormatterOptions>(options =>
            UseUtc(options, "yyyy-MM-dd'T'HH:mm:ss.fff'Z' "));
        builder.Services.Configure<JsonConsoleFormatterOptions>(options =>
            UseUtc(options, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
        builder.Services.Configure<ConsoleFormatterOptions>(options => // systemd
            UseUtc(options, "yyyy-MM-dd'T'HH:mm:ss.fff'Z' "));

        // These lines show the query string, where a client may have put a token by mistake.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);

        // At level Trace, these lines show the arguments of actions. The arguments under /oauth are tokens.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Mvc.Infrastructure.ControllerActionInvoker", LogLevel.Warning);
    }

    // An operator's own format, with its own time zone, stays.
    private static void UseUtc(ConsoleFormatterOptions options, string format)
    {
        if (options.TimestampFormat is null)
        {
            (options.UseUtcTimestamp, options.TimestampFormat) = (true, format);
        }
    }
}
