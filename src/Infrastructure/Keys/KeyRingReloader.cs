using System.Data.Common;
using CleanJwt.Infrastructure.Persistence;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>Loads the signing keys from the database.</summary>
internal sealed class KeyRingReloader(
    SigningKeyRing ring, SigningKeyStore store, IPollingConnections connections, IDatabase database, TimeProvider time)
    : IKeyRing
{
    private static readonly TimeSpan MinTimeBetweenLookups = TimeSpan.FromSeconds(1);

    private readonly Lock _loading = new();
    private long _lastLookup = long.MinValue;

    public long Version => ring.Version;

    public void Reload()
    {
        using var connection = connections.OpenForPolling();
        Load(connection);
    }

    public async ValueTask<bool> TryReloadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        var last = Interlocked.Read(ref _lastLookup);
        if ((last != long.MinValue && time.GetElapsedTime(last, now) < MinTimeBetweenLookups)
            || Interlocked.CompareExchange(ref _lastLookup, now, last) != last)
        {
            return false;
        }

        try
        {
            return await database.ReadAsync(
                async (db, abandoned) =>
                {
                    Load(await db.OpenAsync(abandoned));
                    return true;
                },
                cancellationToken);
        }
        catch (Exception exception) when (DatabaseErrors.IsOutage(exception))
        {
            return false; // the revocation poller meets the same outage, and logs it
        }
    }

    // One lock covers both steps. Without it, a slow read could replace newer keys with older ones.
    public void Load(DbConnection connection)
    {
        lock (_loading)
        {
            var (keys, version) = store.Load(connection);
            ring.Load(keys, version);
        }
    }
}
