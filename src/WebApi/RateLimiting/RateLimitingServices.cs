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
        services.AddSingleton(provider =>
            new MailLimits(CountNetworks: provider.GetRequiredService<RateLimitingOptions>().Enabled));
        services.AddLimit(ClientRateLimit.Policy, options => options.PermitsPerMinute);
        services.AddLimit(ClientRateLimit.RefreshPolicy, options => options.RefreshesPerMinute);
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

    private static void AddLimit(
        this IServiceCollection services, string policy, Func<RateLimitingOptions, int> permits)
    {
        services.AddKeyedSingleton(policy, (provider, _) =>
        {
            var options = provider.GetRequiredService<RateLimitingOptions>();
            return new ClientRateLimit(permits(options), options);
        });
        services.AddOptions<RateLimiterOptions>().Configure<IServiceProvider>((options, provider) =>
            options.AddPolicy(policy, provider.GetRequiredKeyedService<ClientRateLimit>(policy)));
    }
}
