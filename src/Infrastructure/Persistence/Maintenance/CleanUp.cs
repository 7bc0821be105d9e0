using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Audit;
using CleanJwt.Infrastructure.Mail;
using CleanJwt.Infrastructure.Passwords.Throttle;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CleanJwt.Infrastructure.Persistence.Maintenance;

/// <summary>
/// Deletes rows that have passed their time, in small batches. Every node does it; several at once only find less to
/// do.
/// </summary>
internal sealed partial class CleanUp(
    IDatabase database,
    PasswordThrottle throttle,
    AuditOptions audit,
    OutboxOptions outbox,
    TimeProvider time,
    ILogger<CleanUp> logger) : BackgroundService
{
    /// <summary>How long a session is kept after it has ended or expired.</summary>
    public static readonly TimeSpan SessionRetention = TimeSpan.FromDays(30);

    /// <summary>
    /// How long an audit entry without an account is kept. Strangers create such entries by signing in to addresses
    /// that have no account.
    /// </summary>
    public static readonly TimeSpan AnonymousAuditRetention = TimeSpan.FromDays(1);

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <returns>The number of rows deleted.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var sessionLimit = now - SessionRetention;
        var auditLimit = now - audit.Retention;
        var anonymousLimit = now - (
            audit.Retention < AnonymousAuditRetention ? audit.Retention : AnonymousAuditRetention);

        var deadLimit = now - outbox.KeepDead;

        // A node whose clock is behind still takes a token that has expired by the clock of this one.
        var spentLimit = now - ClockSkew.Max;

        // The database evaluates UtcNow in a query by its own clock, which also set the times of the revocations.
        return await database.DeleteAsync(
                db =>
                    db.Revocations.Where(row => row.KeepUntil < DateTime.UtcNow).OrderBy(
                        row => row.KeepUntil), cancellationToken)
            + await database.DeleteAsync(
                db =>
                    db.Sessions.Where(session => session.EndedAt < sessionLimit).OrderBy(
                        session => session.EndedAt), cancellationToken)
            + await database.DeleteAsync(
                db =>
                    db.Sessions.Where(session => session.ExpiresAt < sessionLimit).OrderBy(
                        session => session.ExpiresAt), cancellationToken)
            + await database.DeleteAsync(
                db =>
                    db.AuditEntries.Where(entry => entry.At < auditLimit).OrderBy(entry => entry.At), cancellationToken)
            + await database.DeleteAsync(
                db =>
                    db.AuditEntries.Where(entry => entry.AccountId == null && entry.At < anonymousLimit).OrderBy(
                        entry => entry.At),
                cancellationToken)
            + await database.DeleteAsync(
                db => db.SpentTokens.Where(row => row.ExpiresAt <= spentLimit).OrderBy(row => row.ExpiresAt),
                cancellationToken)
            + await database.DeleteAsync(
                db => db.Outbox.Where(row => row.DeadAt < deadLimit).OrderBy(row => row.DeadAt), cancellationToken)
            + await database.DeleteAsync( // left behind where mail was turned off
                db => db.Outbox.Where(row => row.NextAt < deadLimit && row.ValidUntil < deadLimit).OrderBy(
                    row => row.NextAt),
                cancellationToken)
            + await database.DeleteAsync(
                db =>
                    db.PasswordAttempts.Where(row => row.ExpiresAt <= now).OrderBy(
                        row => row.ExpiresAt), cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryRunAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops, or could not start.
        }
    }

    private async Task TryRunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(cancellationToken);
            await throttle.CountRowsAsync(cancellationToken);
        }
        catch (Exception exception) when (DatabaseErrors.IsOutage(exception))
        {
            LogFailed(logger, exception); // the next run finds the same rows
        }
    }

    [LoggerMessage(LogLevel.Warning, "The clean-up failed and will be tried again.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
