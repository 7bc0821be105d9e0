using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CleanJwt.WebApi.Health;

/// <summary>Writes a health report as JSON with the name and the status of each check.</summary>
internal static class HealthWriter
{
    public static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new
        {
            Status = Name(report.Status),
            Checks = report.Entries.ToDictionary(
                entry => entry.Key, entry => new { Status = Name(entry.Value.Status), entry.Value.Description }),
        },
        context.RequestAborted);

    private static string Name(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}
