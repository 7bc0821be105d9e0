using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>What an operator can see and do of the signing keys. Nodes that are running follow within a second.</summary>
public sealed class SigningKeyAdministration
{
    private readonly IDatabase _database;
    private readonly SigningKeyStore _store;
    private readonly TimeProvider _time;

    internal SigningKeyAdministration(IDatabase database, SigningKeyStore store, JwtOptions options, TimeProvider time)
    {
        (_database, _store, _time) = (database, store, time);
        AreFiles = options.KeyFiles.Count > 0;
    }

    /// <summary>Whether the keys are the operator's own files of <c>Jwt:KeyFiles</c>. Those of the database are then not in use.</summary>
    public bool AreFiles { get; }

    /// <returns>In the order in which they sign.</returns>
    public async Task<IReadOnlyList<SigningKeyInfo>> ListAsync(CancellationToken cancellationToken = default)
    {
        var keys = await _database.ReadAsync(
            (db, abandoned) => db.Context.SigningKeys.AsNoTracking().OrderBy(key => key.SignsFrom).ThenBy(key => key.Sequence).ToListAsync(abandoned),
            cancellationToken);
        var now = _time.GetUtcNow();
        var current = keys.FindLastIndex(key => key.SignsFrom <= now);
        return [.. keys.Select((key, index) => new SigningKeyInfo(
            key.KeyId,
            key.Algorithm,
            index == current ? "signs" : index < current ? "verifies" : "next",
            key.SignsFrom,
            KeySchedule.OverAt(keys.ElementAtOrDefault(index + 1)?.SignsFrom)))];
    }

    /// <summary>Publishes the next key at once; it signs 10 s later.</summary>
    /// <exception cref="Settings.StartException">The keys there are can't be decrypted.</exception>
    public async Task RotateAsync(CancellationToken cancellationToken = default)
    {
        var created = await CreateKeyAsync(cancellationToken);
        await _database.WriteAsync(
            async (db, abandoned) =>
            {
                await _store.RotateAsync(db.Context, created, abandoned);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Has no token under a key be accepted any more, such as one that was stolen. When it was the one that signs, another does at once.</summary>
    /// <returns>False when there is no such key.</returns>
    /// <inheritdoc cref="RotateAsync"/>
    public async Task<bool> RetireAsync(string keyId, CancellationToken cancellationToken = default)
    {
        var created = await CreateKeyAsync(cancellationToken);
        return await _database.WriteAsync((db, abandoned) => _store.RetireAsync(db.Context, keyId, created, abandoned), cancellationToken);
    }

    // Not before the others were read: where their Data Protection keys are missing, a new one would be made in their place.
    private async Task<NewSigningKey> CreateKeyAsync(CancellationToken cancellationToken)
    {
        await _database.ReadAsync(async (db, abandoned) => _store.Load(await db.OpenAsync(abandoned)), cancellationToken);
        return _store.CreateKey();
    }
}

/// <param name="State"><c>signs</c>, <c>next</c> (published already), or <c>verifies</c> (its tokens have not all expired).</param>
/// <param name="OverAt">When its last token has expired; null while no key takes over from it.</param>
public sealed record SigningKeyInfo(string KeyId, string Algorithm, string State, DateTimeOffset SignsFrom, DateTimeOffset? OverAt);
