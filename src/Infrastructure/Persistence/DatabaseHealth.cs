using CleanJwt.Infrastructure.Persistence.Statements;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>Checks that the database answers.</summary>
internal sealed class DatabaseHealth(IDatabase database) : IHealthCheck
{
    // A load balancer that asks should have its answer within 5 s.
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(4);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Reads a table: a connection alone may come from a pool, or lead to an empty file.
            await database.ReadAsync(
                (db, abandoned) =>
                {
                    db.CheckFile();
                    return db.CountSigningKeysAsync(abandoned);
                },
                cancellationToken).WaitAsync(MaxWait, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (DatabaseUnavailableException exception)
        {
            return HealthCheckResult.Unhealthy(exception.Message);
        }
        catch (Exception exception) when (exception is TimeoutException || DatabaseErrors.IsOutage(exception))
        {
            return HealthCheckResult.Unhealthy("The database does not answer.");
        }
    }
}
