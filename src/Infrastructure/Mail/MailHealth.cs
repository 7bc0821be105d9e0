using System.Globalization;
using CleanJwt.Application.Mail;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>
/// Reports whether mails leave the outbox. It is degraded at worst: a node serves requests whether mails leave or not.
/// </summary>
internal sealed class MailHealth(MailMetrics metrics, MailOptions options) : IHealthCheck
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(5);

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

        if (metrics.Refusing > MaxDelay)
        {
            return HealthCheckResult.Degraded(string.Create(
                CultureInfo.InvariantCulture,
                $"The mail server has postponed every mail for {metrics.Refusing.TotalMinutes:F0} minutes."));
        }

        return metrics.Delay > MaxDelay
            ? HealthCheckResult.Degraded(string.Create(
                CultureInfo.InvariantCulture,
                $"A mail in the outbox is {metrics.Delay.TotalMinutes:F0} minutes late."))
            : HealthCheckResult.Healthy();
    }
}
