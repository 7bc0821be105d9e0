using System.Globalization;
using CleanJwt.Application.Mail;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>
/// Reports whether mails leave the outbox. It is degraded at worst: a node serves requests whether mails leave or not.
/// </summary>
internal sealed class MailHealth(MailMetrics metrics, MailOptions options) : IHealthCheck
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        if (!options.IsOn)
        {
            return HealthCheckResult.Healthy("Mail:Transport is None: no mail is sent.");
        }

        if (metrics.TransportFailure is { } reason)
        {
            return HealthCheckResult.Degraded($"Mails can't be sent ({reason}). They wait in the outbox.");
        }

        return metrics.Age > MaxAge
            ? HealthCheckResult.Degraded(string.Create(
                CultureInfo.InvariantCulture,
                $"The oldest mail in the outbox has waited for {metrics.Age.TotalMinutes:F0} minutes."))
            : HealthCheckResult.Healthy();
    }
}
