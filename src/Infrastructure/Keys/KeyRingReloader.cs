using CleanJwt.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Keys;

internal sealed class KeyRingReloader(
    SigningKeyRing ring, SigningKeyStore store, IDbContextFactory<AppDbContext> contexts, IDatabase database, TimeProvider time) : IKeyRing
{
    private static readonly TimeSpan PauseBetweenLookups = TimeSpan.FromSeconds(1);

    private readonly Lock _loading = new();
    private long _lastLookup = long.MinValue;

    public long Version => ring.Version;

    public void Reload()
    {
        using var db = contexts.CreateDbContext();
        Load(db);
    }

    public async ValueTask<bool> TryReloadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        var last = Interlocked.Read(ref _lastLookup);
        if ((last != long.MinValue && time.GetElapsedTime(last, now) < PauseBetweenLookups) || Interlocked.CompareExchange(ref _lastLookup, now, last) != last)
        {
            return false;
        }

        try
        {
            return await database.ReadAsync(
                (db, _) =>
                {
                    Load(db);
                    return Task.FromResult(true);
                },
                cancellationToken);
        }
        catch (Exception exception) when (DatabaseErrors.IsOutage(exception))
        {
            return false; // the poller sees it too, and says so
        }
    }

    // Reading and taking over are one step, or an older state could take the place of a newer one.
    private void Load(AppDbContext db)
    {
        lock (_loading)
        {
            var (keys, version) = store.Load(db);
            ring.Load(keys, version);
        }
    }
}
