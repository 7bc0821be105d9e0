using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>Makes the next signing key in time, and deletes those that are over. Every node does it; of two at once, one finds nothing to do.</summary>
internal sealed partial class KeyRotation(
    SigningKeyRing ring, SigningKeyStore store, IDatabase database, JwtOptions options, TimeProvider time, ILogger<KeyRotation> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Asks the keys in memory first: nearly always there is nothing to do.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var times = ring.Keys.Select(key => key.SignsFrom).ToList();
        if (KeySchedule.NextSignsFrom(times[^1], options, now) is not null || KeySchedule.CountOver(times, now) > 0)
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
            // Once and not every minute: while a new setting is rolled out, nodes of both would take turns.
            if (ring.Keys[^1].Algorithm != options.SigningAlgorithm)
            {
                await TryAsync(cancellationToken => ChangeAsync(store.AdoptAlgorithmAsync, cancellationToken), stoppingToken);
            }

            do
            {
                await TryAsync(RunAsync, stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops, or could not start.
        }
    }

    private Task<bool> ChangeAsync(Func<AppDbContext, NewSigningKey, CancellationToken, Task> change, CancellationToken cancellationToken)
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
            LogFailed(logger, exception); // the next round tries again; the key in use goes on signing
        }
    }

    [LoggerMessage(LogLevel.Warning, "The signing keys could not be rotated; this will be tried again.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
