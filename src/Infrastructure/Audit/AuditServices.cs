using CleanJwt.Application.Ports;
using CleanJwt.Infrastructure.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Infrastructure.Audit;

/// <summary>Registers the audit log and its settings.</summary>
internal static class AuditServices
{
    public static void AddAudit(this IServiceCollection services)
    {
        services.AddSettings<AuditOptions>(AuditOptions.SectionName);
        services.AddSingleton<IAuditLog, AuditLog>();
    }
}
