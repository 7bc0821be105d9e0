using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CleanJwt.Infrastructure.Revocation;

/// <summary>Reports whether this node's revocation list is recent enough to answer authenticated requests.</summary>
internal sealed class RevocationHealth(RevocationList list, RevocationOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(list.IsStale
            ? HealthCheckResult.Unhealthy(string.Create(
                CultureInfo.InvariantCulture,
                $"The node has not read the revocations for {list.Age.TotalSeconds:F0} s; the maximum is "
                + $"{options.MaxStaleness.TotalSeconds:F0} s. It refuses authenticated requests."))
            : HealthCheckResult.Healthy());
}
