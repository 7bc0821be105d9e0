using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CleanJwt.Infrastructure.Revocation;

/// <summary>Whether this node knows of revocations, and so may answer authenticated requests.</summary>
internal sealed class RevocationHealth(RevocationList list, RevocationOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(list.IsStale
            ? HealthCheckResult.Unhealthy(string.Create(
                CultureInfo.InvariantCulture,
                $"No revocations learnt for {list.Age.TotalSeconds:F0} s, at most {options.MaxStaleness.TotalSeconds:F0} s are allowed. Authenticated requests are refused."))
            : HealthCheckResult.Healthy());
}
