using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Setup;
using CleanJwt.Infrastructure.Persistence.Statements;
using CleanJwt.Infrastructure.Settings;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>The signing keys in the database. Data Protection encrypts their private halves.</summary>
/// <remarks>
/// Every change locks the guard row first, so two nodes that rotate at once create one key. The lock raises the guard's
/// version, which tells every node to load the keys again.
/// </remarks>
internal sealed class SigningKeyStore(
    IDataProtectionProvider dataProtection,
    DataProtectionKeys dataProtectionKeys,
    JwtOptions options,
    TimeProvider time)
{
    /// <summary>
    /// Creates the first Data Protection key and the first signing key if they are missing. It also renews the Data
    /// Protection key.
    /// </summary>
    /// <remarks>
    /// The caller holds the migration lock. Two nodes that each created a key could not read each other's tokens.
    /// </remarks>
    public async Task EnsureAsync(IDatabaseSetup setup, CancellationToken cancellationToken)
    {
        if (options.KeyFiles.Count > 0)
        {
            dataProtectionKeys.Ensure(); // for refresh tokens
        }
        else if (!HasSigningKey(setup))
        {
            await using var db = setup.OpenContext();
            await AddAsync(db, CreateFirstKey(), sequence: 1, signsFrom: time.GetUtcNow(), cancellationToken);
        }
        else if (dataProtectionKeys.AreUsable)
        {
            dataProtectionKeys.Ensure(); // the last key may have expired while every node was off
        }
    }

    /// <summary>
    /// Creates a signing key without storing it. The methods that change keys store it if they need one.
    /// </summary>
    /// <remarks>
    /// Call it before the transaction: an RSA key takes some time to create, and Data Protection may write a key to the
    /// database.
    /// </remarks>
    public NewSigningKey CreateKey()
    {
        var pkcs8 = SigningAlgorithms.CreateKey(options.SigningAlgorithm);
        var keyId = SigningKey.Import(pkcs8, options.SigningAlgorithm, DateTimeOffset.MinValue).KeyId;
        return new NewSigningKey(keyId, options.SigningAlgorithm, Protector.Protect(pkcs8));
    }

    /// <summary>
    /// Creates a signing key without storing it. If no Data Protection key is usable, it creates one.
    /// </summary>
    public NewSigningKey CreateFirstKey()
    {
        dataProtectionKeys.Ensure();
        return CreateKey();
    }

    /// <summary>
    /// Replaces all keys by one new key, without reading the old ones. No access token issued so far is accepted any
    /// more.
    /// </summary>
    /// <remarks>No node may serve the database meanwhile.</remarks>
    public async Task ReplaceAllAsync(AppDbContext db, NewSigningKey key, CancellationToken cancellationToken)
    {
        await GuardRow.TakeAsync(db, GuardRow.SigningKeys, cancellationToken);
        var last = await db.SigningKeys.MaxAsync(row => (int?)row.Sequence, cancellationToken) ?? 0;
        await db.SigningKeys.ExecuteDeleteAsync(cancellationToken);
        if (options.KeyFiles.Count == 0)
        {
            await AddAsync(db, key, last + 1, signsFrom: time.GetUtcNow(), cancellationToken);
        }
    }

    /// <summary>
    /// Reads and decrypts the keys. It never creates a missing one, because a new key would invalidate every token.
    /// </summary>
    /// <remarks>Every start waits for this. Without EF Core the start is faster.</remarks>
    /// <returns>All keys in the order in which they sign, and their version.</returns>
    /// <exception cref="StartException">The database has no key, or one can't be decrypted.</exception>
    public (IReadOnlyList<SigningKey> Keys, long Version) Load(DbConnection connection)
    {
        // The version is read first. A version read after the keys could be newer than they are, and the node would
        // miss that change.
        var version = ReadVersion(connection);
        var rows = ReadRows(connection);
        if (rows.Count == 0)
        {
            throw new StartException(
                "The database has no signing key yet: run the command 'migrate', "
                + "or set Database:MigrateOnStart to true.");
        }

        if (!dataProtectionKeys.AreUsable)
        {
            throw dataProtectionKeys.CannotDecrypt("signing keys");
        }

        try
        {
            var keys = rows.Select(row =>
                SigningKey.Import(Protector.Unprotect(row.ProtectedPrivateKey), row.Algorithm, row.SignsFrom));
            return ([.. keys], version);
        }
        catch (CryptographicException)
        {
            throw dataProtectionKeys.CannotDecrypt("signing keys");
        }
    }

    /// <summary>
    /// Publishes the next key now. It signs as soon as every node knows it. A second call before that changes nothing.
    /// </summary>
    /// <remarks>The caller begins and commits the transaction, here and in the methods below.</remarks>
    public async Task RotateAsync(AppDbContext db, NewSigningKey created, CancellationToken cancellationToken)
    {
        var keys = await LockAndReadAsync(db, cancellationToken);
        var now = time.GetUtcNow();
        if (keys.Find(key => key.SignsFrom > now && key.Algorithm == options.SigningAlgorithm) is not { } next)
        {
            await ReplaceNextAsync(db, created, keys, now, cancellationToken);
        }
        else if (next.SignsFrom > now + KeySchedule.Notice)
        {
            next.SignsFrom = now + KeySchedule.Notice;
            await db.SaveChangesAsync(cancellationToken);
        }
    }

    /// <summary>Rotates if the newest key is not for the algorithm that the settings name.</summary>
    public async Task AdoptAlgorithmAsync(AppDbContext db, NewSigningKey created, CancellationToken cancellationToken)
    {
        var keys = await LockAndReadAsync(db, cancellationToken);
        if (keys[^1].Algorithm != options.SigningAlgorithm)
        {
            await ReplaceNextAsync(db, created, keys, time.GetUtcNow(), cancellationToken);
        }
    }

    /// <summary>Creates the next key if it is due, and deletes keys whose last token has expired.</summary>
    public async Task KeepScheduleAsync(AppDbContext db, NewSigningKey created, CancellationToken cancellationToken)
    {
        var keys = await LockAndReadAsync(db, cancellationToken);
        var now = time.GetUtcNow();
        var times = keys.ConvertAll(key => key.SignsFrom);
        db.SigningKeys.RemoveRange(keys.Take(KeySchedule.CountExpired(times, now)));
        await db.SaveChangesAsync(cancellationToken);
        if (KeySchedule.NextSignsFrom(times[^1], options, now) is { } signsFrom)
        {
            await AddAsync(db, created, NextSequence(keys), signsFrom, cancellationToken);
        }
    }

    /// <summary>
    /// Deletes a key, so that its tokens are not accepted any more. If it is the current key, the next key signs at
    /// once, or a new one. A key that was replaced before never signs again.
    /// </summary>
    /// <returns>False when no key has that id.</returns>
    public async Task<bool> RetireAsync(
        AppDbContext db, string keyId, NewSigningKey created, CancellationToken cancellationToken)
    {
        var keys = await LockAndReadAsync(db, cancellationToken);
        if (keys.Find(key => key.KeyId == keyId) is not { } retired)
        {
            return false;
        }

        var now = time.GetUtcNow();
        var current = keys.FindLast(key => key.SignsFrom <= now) ?? keys[0];
        var next = keys.Find(key => key.SignsFrom > now && key != retired);
        db.SigningKeys.Remove(retired);
        if (retired == current && next is not null)
        {
            next.SignsFrom = now;
        }

        await db.SaveChangesAsync(cancellationToken);
        if (retired == current && next is null)
        {
            await AddAsync(db, created, NextSequence(keys), now, cancellationToken);
        }

        return true;
    }

    private static bool HasSigningKey(IDatabaseSetup setup)
    {
        using var connection = setup.OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = KeyStatements.CountSigningKeys;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) > 0;
    }

    private static long ReadVersion(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = KeyStatements.KeyRingVersion;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static List<(byte[] ProtectedPrivateKey, string Algorithm, DateTimeOffset SignsFrom)> ReadRows(
        DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = KeyStatements.SigningKeys;
        using var reader = command.ExecuteReader();
        var rows = new List<(byte[], string, DateTimeOffset)>();
        while (reader.Read())
        {
            rows.Add((reader.GetFieldValue<byte[]>(0), reader.GetString(1), reader.GetMoment(2)));
        }

        return rows;
    }

    private static async Task<List<SigningKeyRow>> LockAndReadAsync(
        AppDbContext db, CancellationToken cancellationToken)
    {
        await GuardRow.TakeAsync(db, GuardRow.SigningKeys, cancellationToken);
        return await db.SigningKeys
            .OrderBy(key => key.SignsFrom).ThenBy(key => key.Sequence)
            .ToListAsync(cancellationToken);
    }

    // A key that signs later than the new one has signed nothing yet. It is deleted, or it would replace the new one.
    private async Task ReplaceNextAsync(
        AppDbContext db,
        NewSigningKey created,
        List<SigningKeyRow> keys,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var signsFrom = now + KeySchedule.Notice;
        db.SigningKeys.RemoveRange(keys.Where(key => key.SignsFrom > signsFrom));
        await AddAsync(db, created, NextSequence(keys), signsFrom, cancellationToken);
    }

    private static int NextSequence(List<SigningKeyRow> keys) =>
        keys.Select(key => key.Sequence).DefaultIfEmpty().Max() + 1;

    private async Task AddAsync(
        AppDbContext db,
        NewSigningKey created,
        int sequence,
        DateTimeOffset signsFrom,
        CancellationToken cancellationToken)
    {
        db.SigningKeys.Add(new SigningKeyRow
        {
            Sequence = sequence,
            KeyId = created.KeyId,
            Algorithm = created.Algorithm,
            ProtectedPrivateKey = created.ProtectedPrivateKey,
            CreatedAt = time.GetUtcNow(),
            SignsFrom = signsFrom,
        });
        await db.SaveChangesAsync(cancellationToken);
    }

    private IDataProtector Protector => dataProtection.CreateProtector("CleanJwt.SigningKey.v1");
}

/// <summary>A key that is not stored yet. Data Protection has encrypted its private half.</summary>
internal sealed record NewSigningKey(string KeyId, string Algorithm, byte[] ProtectedPrivateKey);
