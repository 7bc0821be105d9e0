using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>Creates the next signing key in time, and deletes keys whose last token has expired.</summary>
/// <remarks>Every node runs it. When two nodes run it at once, the second one finds nothing to do.</remarks>
internal sealed partial class KeyRotation(
    SigningKeyRing ring,
    SigningKeyStore store,
    IDatabase database,
    JwtOptions options,
    TimeProvider time,
    ILogger<KeyRotation> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Changes the keys in the database if they are due. The keys in memory answer that first, without a query.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var times = ring.Keys.Select(key => key.SignsFrom).ToList();
        if (KeySchedule.NextSignsFrom(times[^1], options, now) is not null || KeySchedule.CountExpired(times, now) > 0)
        {
            await ChangeAsync(store.KeepScheduleAsync, cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.KeyFiles.Count > 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            // Once, at the start. While a new setting is rolled out, nodes with the old and the new setting run side by
            // side, and would replace each other's keys every minute.
            if (ring.Keys[^1].Algorithm != options.SigningAlgorithm)
            {
                await TryAsync(
                    cancellationToken => ChangeAsync(store.AdoptAlgorithmAsync, cancellationToken), stoppingToken);
            }

            do
            {
                await TryAsync(RunAsync, stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops, or its start failed.
        }
    }

    private Task<bool> ChangeAsync(
        Func<AppDbContext, NewSigningKey, CancellationToken, Task> change, CancellationToken cancellationToken)
    {
        var created = store.CreateKey();
        return database.WriteAsync(
            async (db, abandoned) =>
            {
                await change(db.Context, created, abandoned);
                return true;
            },
            cancellationToken);
    }

    private async Task TryAsync(Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        try
        {
            await step(cancellationToken);
        }
        catch (Exception exception) when (DatabaseErrors.IsOutage(exception))
        {
            LogFailed(logger, exception); // the current key still signs, and the next round tries again
        }
    }

    [LoggerMessage(
        LogLevel.Warning, "The signing keys could not be rotated. The service will try again within a minute.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
