using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>Whether the database answers.</summary>
internal sealed class DatabaseHealth(IDatabase database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Reads a table: a connection alone can be had from a pool, or be to an empty file.
            await database.ReadAsync((db, abandoned) => db.SigningKeys.AnyAsync(abandoned), cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (DatabaseErrors.IsOutage(exception))
        {
            return HealthCheckResult.Unhealthy("The database does not answer.");
        }
    }
}
