using CleanJwt.WebApi.Http;

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

        // These lines show the query string, where a client may have put a token by mistake.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);

        // At level Trace, these lines show the arguments of actions. The arguments under /oauth are tokens.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Mvc.Infrastructure.ControllerActionInvoker", LogLevel.Warning);
    }
}
