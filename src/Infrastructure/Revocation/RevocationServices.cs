using CleanJwt.Application.Ports;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;
using CleanJwt.Infrastructure.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Revocation;

/// <summary>Registers this node's list of revoked sessions, and the poller that keeps it up to date.</summary>
internal static class RevocationServices
{
    public static void AddRevocation(this IServiceCollection services)
    {
        services.AddSettings<RevocationOptions>(RevocationOptions.SectionName);
        services.AddSingleton<IValidateOptions<RevocationOptions>, RevocationOptionsRule>();
        services.AddSingleton<RevocationMetrics>();
        services.AddSingleton(provider => new RevocationList(
            TimeProvider.System,
            provider.GetRequiredService<RevocationOptions>(),
            provider.GetRequiredService<RevocationMetrics>()));
        services.AddSingleton<IRevocationList>(provider => provider.GetRequiredService<RevocationList>());
        services.AddSingleton<IRevocationSource>(provider => new RevocationSource(
            provider.GetRequiredService<IPollingConnections>().OpenForPolling,
            provider.GetRequiredService<RevocationSql>(),
            provider.GetRequiredService<RevocationOptions>()));
        services.AddSingleton<RevocationPoller>();
        services.AddHealthChecks().AddCheck<RevocationHealth>("revocation");
    }
}
