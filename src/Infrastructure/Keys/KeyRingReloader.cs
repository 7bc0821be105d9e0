using CleanJwt.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Keys;

internal sealed class KeyRingReloader(SigningKeyRing ring, SigningKeyStore store, IDbContextFactory<SqliteDbContext> contexts) : IKeyRing
{
    public long Version => ring.Version;

    public void Reload()
    {
        using var db = contexts.CreateDbContext();
        var (keys, version) = store.Load(db);
        ring.Load(keys, version);
    }
}
