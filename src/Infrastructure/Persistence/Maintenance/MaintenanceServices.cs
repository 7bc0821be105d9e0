using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Infrastructure.Persistence.Maintenance;

/// <summary>Registers the deletion of rows that are no longer needed.</summary>
internal static class MaintenanceServices
{
    public static void AddMaintenance(this IServiceCollection services)
    {
        services.AddSingleton<CleanUp>();
        services.AddHostedService(provider => provider.GetRequiredService<CleanUp>());
    }
}
