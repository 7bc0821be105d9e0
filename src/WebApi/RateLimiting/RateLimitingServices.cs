using CleanJwt.Application.Mail;
using CleanJwt.Infrastructure.Settings;
using Microsoft.AspNetCore.RateLimiting;

namespace CleanJwt.WebApi.RateLimiting;

/// <summary>Registers and uses the limit of requests by one client.</summary>
internal static class RateLimitingServices
{
    public static void AddClientRateLimit(this IServiceCollection services)
    {
        services.AddSettings<RateLimitingOptions>(RateLimitingOptions.SectionName);
        services.AddSingleton<ClientRateLimit>();
        services.AddSingleton(provider =>
            new MailLimits(CountNetworks: provider.GetRequiredService<RateLimitingOptions>().Enabled));
        services.AddOptions<RateLimiterOptions>().Configure<ClientRateLimit>((options, limit) =>
            options.AddPolicy(ClientRateLimit.Policy, limit));
        services.AddRateLimiter();
    }

    /// <summary>Limits clients unless <c>RateLimiting:Enabled</c> is false.</summary>
    public static void UseClientRateLimit(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetRequiredService<RateLimitingOptions>().Enabled)
        {
            app.UseRateLimiter();
        }
    }
}
