using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt;

internal static class ClientAddress
{
    /// <summary>Names the address of its own that a request comes from.</summary>
    public const string Header = "X-Test-Address";

    /// <summary>
    /// Requests come from an address, which those of the test host do not: this one, or the one that they name
    /// themselves.
    /// </summary>
    public static void AddClientAddress(this IServiceCollection services, string address) =>
        services.AddSingleton<IStartupFilter>(new Filter(address));

    private sealed class Filter(string address) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, following) =>
            {
                var own = context.Request.Headers[Header];
                context.Connection.RemoteIpAddress = IPAddress.Parse(own.Count == 0 ? address : own.ToString());
                return following(context);
            });
            next(app);
        };
    }
}
