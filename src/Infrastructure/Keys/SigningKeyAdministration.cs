using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>Lists and changes the signing keys for an operator. Running nodes adopt a change within a second.</summary>
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

    /// <summary>
    /// True if the service signs with the files of <c>Jwt:KeyFiles</c>. The keys in the database are not in use then.
    /// </summary>
    public bool AreFiles { get; }

    /// <returns>The keys in the order in which they sign.</returns>
    public async Task<IReadOnlyList<SigningKeyInfo>> ListAsync(CancellationToken cancellationToken = default)
    {
        var keys = await _database.ReadAsync(
            (db, abandoned) => db.Context.SigningKeys
                .AsNoTracking()
                .OrderBy(key => key.SignsFrom).ThenBy(key => key.Sequence)
                .ToListAsync(abandoned),
            cancellationToken);
        var now = _time.GetUtcNow();
        var current = keys.FindLastIndex(key => key.SignsFrom <= now);
        return [.. keys.Select((key, index) => new SigningKeyInfo(
            key.KeyId,
            key.Algorithm,
            index == current ? "signs" : index < current ? "verifies" : "next",
            key.SignsFrom,
            KeySchedule.LastTokenExpiresAt(keys.ElementAtOrDefault(index + 1)?.SignsFrom)))];
    }

    /// <summary>Publishes the next key at once. It signs 10 seconds later.</summary>
    /// <exception cref="Settings.StartException">The existing keys can't be decrypted.</exception>
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

    /// <summary>
    /// Deletes a key, such as a stolen one. No node accepts its tokens any more. If it is the current key, the next key
    /// signs at once.
    /// </summary>
    /// <returns>False when no key has that id.</returns>
    /// <inheritdoc cref="RotateAsync"/>
    public async Task<bool> RetireAsync(string keyId, CancellationToken cancellationToken = default)
    {
        var created = await CreateKeyAsync(cancellationToken);
        return await _database.WriteAsync(
            (db, abandoned) => _store.RetireAsync(db.Context, keyId, created, abandoned), cancellationToken);
    }

    // Load fails if the Data Protection keys are missing. Without that check, CreateKey would make Data Protection
    // create a new one.
    private async Task<NewSigningKey> CreateKeyAsync(CancellationToken cancellationToken)
    {
        await _database.ReadAsync(
            async (db, abandoned) => _store.Load(await db.OpenAsync(abandoned)), cancellationToken);
        return _store.CreateKey();
    }
}

/// <summary>A signing key as the command <c>keys list</c> shows it. It holds no secret.</summary>
/// <param name="KeyId">The <c>kid</c> of its tokens.</param>
/// <param name="State">
/// <c>signs</c>, <c>next</c> (published, signs later), or <c>verifies</c> (not all of its tokens have expired).
/// </param>
/// <param name="LastTokenExpiresAt">
/// The time by which all of its tokens have expired. Null while it has no successor.
/// </param>
public sealed record SigningKeyInfo(
    string KeyId, string Algorithm, string State, DateTimeOffset SignsFrom, DateTimeOffset? LastTokenExpiresAt);
