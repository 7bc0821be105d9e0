using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Setup;
using CleanJwt.Infrastructure.Settings;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>
/// The signing keys in the database, their private halves under Data Protection. Every change takes the guard row first, so that two nodes that
/// rotate at once make one key; and the guard's version is the ring's, by which every node sees that there was one.
/// </summary>
internal sealed class SigningKeyStore(IDataProtectionProvider dataProtection, ProtectingKeys protectingKeys, JwtOptions options, TimeProvider time)
{
    /// <summary>Makes the first keys, the Data Protection one and the signing one, where there are none, and renews the former in time.</summary>
    /// <remarks>The caller holds the migration lock: two nodes that each made one could not read each other's tokens.</remarks>
    public async Task EnsureAsync(IDatabaseSetup setup, CancellationToken cancellationToken)
    {
        if (options.KeyFiles.Count > 0)
        {
            protectingKeys.Ensure(); // for refresh tokens
        }
        else if (!HasSigningKey(setup))
        {
            await using var db = setup.OpenContext();
            await AddAsync(db, CreateFirstKey(), sequence: 1, signsFrom: time.GetUtcNow(), cancellationToken);
        }
        else if (protectingKeys.AreUsable)
        {
            protectingKeys.Ensure(); // a node that was off for long finds its last one expired
        }
    }

    /// <summary>
    /// A key that the changes below store when they need one. Made before their transaction: one for RSA takes a while, and Data Protection may have a
    /// key of its own to write.
    /// </summary>
    public NewSigningKey CreateKey()
    {
        var pkcs8 = SigningAlgorithms.CreateKey(options.SigningAlgorithm);
        var keyId = SigningKey.Import(pkcs8, options.SigningAlgorithm, DateTimeOffset.MinValue).KeyId;
        return new NewSigningKey(keyId, options.SigningAlgorithm, Protector.Protect(pkcs8));
    }

    /// <inheritdoc cref="CreateKey"/>
    /// <remarks>Also where no Data Protection key is left to protect it with: that is made, too.</remarks>
    public NewSigningKey CreateFirstKey()
    {
        protectingKeys.Ensure();
        return CreateKey();
    }

    /// <summary>Puts one new key in the place of all there are, which need not be readable: no access token issued so far is accepted any more.</summary>
    /// <remarks>For a database that no node is serving.</remarks>
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

    /// <returns>All keys, in the order in which they sign, and the version of the ring that they are.</returns>
    /// <exception cref="StartException">There is none, or one can't be decrypted. None is made in its place: that would end every session.</exception>
    /// <remarks>Every start waits for this, and it needs nothing of EF Core.</remarks>
    public (IReadOnlyList<SigningKey> Keys, long Version) Load(DbConnection connection)
    {
        // Before the keys: read after them it could be newer than they are, and their change would never be seen.
        var version = ReadVersion(connection);
        var rows = ReadRows(connection);
        if (rows.Count == 0)
        {
            throw new StartException("The database has no signing key yet: run the command 'migrate', or set Database:MigrateOnStart to true.");
        }

        if (!protectingKeys.AreUsable)
        {
            throw protectingKeys.MissingFor("signing keys");
        }

        try
        {
            return ([.. rows.Select(row => SigningKey.Import(Protector.Unprotect(row.ProtectedPrivateKey), row.Algorithm, row.SignsFrom))], version);
        }
        catch (CryptographicException)
        {
            throw protectingKeys.MissingFor("signing keys");
        }
    }

    /// <summary>Publishes the next key now, and has it sign as soon as every node knows it. Asked again meanwhile, it changes nothing.</summary>
    /// <remarks>In a transaction of the caller's, as the other changes.</remarks>
    public async Task RotateAsync(AppDbContext db, NewSigningKey created, CancellationToken cancellationToken)
    {
        var keys = await TakeAsync(db, cancellationToken);
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

    /// <summary>Rotates when the last key is for another algorithm than the settings name.</summary>
    public async Task AdoptAlgorithmAsync(AppDbContext db, NewSigningKey created, CancellationToken cancellationToken)
    {
        var keys = await TakeAsync(db, cancellationToken);
        if (keys[^1].Algorithm != options.SigningAlgorithm)
        {
            await ReplaceNextAsync(db, created, keys, time.GetUtcNow(), cancellationToken);
        }
    }

    /// <summary>Makes the next key if it is time to, and deletes those whose last token has expired.</summary>
    public async Task KeepScheduleAsync(AppDbContext db, NewSigningKey created, CancellationToken cancellationToken)
    {
        var keys = await TakeAsync(db, cancellationToken);
        var now = time.GetUtcNow();
        var times = keys.ConvertAll(key => key.SignsFrom);
        db.SigningKeys.RemoveRange(keys.Take(KeySchedule.CountOver(times, now)));
        await db.SaveChangesAsync(cancellationToken);
        if (KeySchedule.NextSignsFrom(times[^1], options, now) is { } signsFrom)
        {
            await AddAsync(db, created, NextSequence(keys), signsFrom, cancellationToken);
        }
    }

    /// <summary>
    /// Deletes a key, so that no token under it is accepted any more. When it was the one that signs, the next one does so at once: never one that was
    /// replaced before.
    /// </summary>
    /// <returns>False when there is no such key.</returns>
    public async Task<bool> RetireAsync(AppDbContext db, string keyId, NewSigningKey created, CancellationToken cancellationToken)
    {
        var keys = await TakeAsync(db, cancellationToken);
        if (keys.Find(key => key.KeyId == keyId) is not { } retired)
        {
            return false;
        }

        var now = time.GetUtcNow();
        var signing = keys.FindLast(key => key.SignsFrom <= now) ?? keys[0];
        var next = keys.Find(key => key.SignsFrom > now && key != retired);
        db.SigningKeys.Remove(retired);
        if (retired == signing && next is not null)
        {
            next.SignsFrom = now;
        }

        await db.SaveChangesAsync(cancellationToken);
        if (retired == signing && next is null)
        {
            await AddAsync(db, created, NextSequence(keys), now, cancellationToken);
        }

        return true;
    }

    private static bool HasSigningKey(IDatabaseSetup setup)
    {
        using var connection = setup.OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM SigningKeys";
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) > 0;
    }

    private static long ReadVersion(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT Version FROM Guards WHERE Name = '{GuardRow.SigningKeys}'";
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static List<(byte[] ProtectedPrivateKey, string Algorithm, DateTimeOffset SignsFrom)> ReadRows(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT ProtectedPrivateKey, Algorithm, SignsFrom FROM SigningKeys ORDER BY SignsFrom, Sequence";
        using var reader = command.ExecuteReader();
        var rows = new List<(byte[], string, DateTimeOffset)>();
        while (reader.Read())
        {
            rows.Add((reader.GetFieldValue<byte[]>(0), reader.GetString(1), new DateTimeOffset(reader.GetDateTime(2), TimeSpan.Zero)));
        }

        return rows;
    }

    private static IQueryable<SigningKeyRow> Ordered(IQueryable<SigningKeyRow> keys) => keys.OrderBy(key => key.SignsFrom).ThenBy(key => key.Sequence);

    private static async Task<List<SigningKeyRow>> TakeAsync(AppDbContext db, CancellationToken cancellationToken)
    {
        await GuardRow.TakeAsync(db, GuardRow.SigningKeys, cancellationToken);
        return await Ordered(db.SigningKeys).ToListAsync(cancellationToken);
    }

    // What is published for later has signed nothing yet, and would take over again from the new one.
    private async Task ReplaceNextAsync(
        AppDbContext db, NewSigningKey created, List<SigningKeyRow> keys, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var signsFrom = now + KeySchedule.Notice;
        db.SigningKeys.RemoveRange(keys.Where(key => key.SignsFrom > signsFrom));
        await AddAsync(db, created, NextSequence(keys), signsFrom, cancellationToken);
    }

    private static int NextSequence(List<SigningKeyRow> keys) => keys.Select(key => key.Sequence).DefaultIfEmpty().Max() + 1;

    private async Task AddAsync(AppDbContext db, NewSigningKey created, int sequence, DateTimeOffset signsFrom, CancellationToken cancellationToken)
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

/// <summary>A key that is not stored yet. Its private half is under Data Protection already.</summary>
internal sealed record NewSigningKey(string KeyId, string Algorithm, byte[] ProtectedPrivateKey);
