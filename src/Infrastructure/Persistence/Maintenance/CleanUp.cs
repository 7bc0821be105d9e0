using CleanJwt.Infrastructure.Audit;
using CleanJwt.Infrastructure.Passwords.Throttle;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CleanJwt.Infrastructure.Persistence.Maintenance;

/// <summary>
/// Deletes what nobody needs any more, in batches small enough that nobody waits for one. Every node does it; two at once only find less to do.
/// </summary>
internal sealed partial class CleanUp(
    IDatabase database, PasswordThrottle throttle, AuditOptions audit, TimeProvider time, ILogger<CleanUp> logger) : BackgroundService
{
    /// <summary>How long a session is kept after it is over.</summary>
    public static readonly TimeSpan KeepSessions = TimeSpan.FromDays(30);

    /// <summary>How long a sign-in to an address without an account is remembered. Strangers can make as many as they like.</summary>
    public static readonly TimeSpan KeepNobodysActivity = TimeSpan.FromDays(1);

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <returns>How many rows were deleted.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (over, forgotten) = (now - KeepSessions, now - audit.Retention);

        var nobodys = now - (audit.Retention < KeepNobodysActivity ? audit.Retention : KeepNobodysActivity);

        // In a query, UtcNow is the database's.
        return await database.DeleteAsync(db => db.Revocations.Where(row => row.KeepUntil < DateTime.UtcNow).OrderBy(row => row.KeepUntil), cancellationToken)
            + await database.DeleteAsync(db => db.Sessions.Where(session => session.EndedAt < over).OrderBy(session => session.EndedAt), cancellationToken)
            + await database.DeleteAsync(db => db.Sessions.Where(session => session.ExpiresAt < over).OrderBy(session => session.ExpiresAt), cancellationToken)
            + await database.DeleteAsync(db => db.AuditEntries.Where(entry => entry.At < forgotten).OrderBy(entry => entry.At), cancellationToken)
            + await database.DeleteAsync(
                db => db.AuditEntries.Where(entry => entry.AccountId == null && entry.At < nobodys).OrderBy(entry => entry.At), cancellationToken)
            + await database.DeleteAsync(db => db.PasswordAttempts.Where(row => row.OverAt <= now).OrderBy(row => row.OverAt), cancellationToken);
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
            LogFailed(logger, exception); // the next round finds the same rows
        }
    }

    [LoggerMessage(LogLevel.Warning, "The clean-up failed and will be tried again.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
