using System.Security.Cryptography;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Settings;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>The signing keys in the database, their private halves under Data Protection.</summary>
internal sealed class SigningKeyStore(
    IDataProtectionProvider dataProtection, IKeyManager dataProtectionKeys, KeyFolder folder, JwtOptions options, TimeProvider time)
{
    private static readonly TimeSpan DataProtectionKeyLifetime = TimeSpan.FromDays(90);

    // Longer than the two days before which Data Protection renews a key by itself.
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(3);

    /// <summary>Makes the first keys, the Data Protection one and the signing one, where there are none, and renews the former in time.</summary>
    /// <remarks>The caller holds the migration lock: two nodes that each made one could not read each other's tokens.</remarks>
    public async Task EnsureAsync(AppDbContext db, CancellationToken cancellationToken)
    {
        if (!await db.SigningKeys.AnyAsync(cancellationToken))
        {
            EnsureDataProtectionKey();
            await AddAsync(db, sequence: 1, cancellationToken);
        }
        else if (dataProtectionKeys.GetAllKeys().Count > 0)
        {
            EnsureDataProtectionKey(); // a node that was off for long finds its last one expired
        }
    }

    /// <summary>Puts one new key in the place of all there are, which need not be readable: no access token issued so far is accepted any more.</summary>
    /// <remarks>For a database that no node is serving.</remarks>
    public async Task ReplaceAllAsync(AppDbContext db, CancellationToken cancellationToken)
    {
        EnsureDataProtectionKey();
        var last = await db.SigningKeys.MaxAsync(key => (int?)key.Sequence, cancellationToken) ?? 0;
        await db.SigningKeys.ExecuteDeleteAsync(cancellationToken);
        await AddAsync(db, last + 1, cancellationToken);
    }

    /// <returns>All keys, the newest last, and the version of the ring that they are.</returns>
    /// <exception cref="StartException">There is none, or one can't be decrypted. None is made in its place: that would end every session.</exception>
    public (IReadOnlyList<SigningKey> Keys, long Version) Load(AppDbContext db)
    {
        var rows = db.SigningKeys.AsNoTracking().OrderBy(key => key.Sequence).ToList();
        if (rows.Count == 0)
        {
            throw new StartException("The database has no signing key yet: run the command 'migrate', or set Database:MigrateOnStart to true.");
        }

        // Asked first: to look for a key that is not there would make one.
        if (dataProtectionKeys.GetAllKeys().Count == 0)
        {
            throw KeysMissing;
        }

        try
        {
            return ([.. rows.Select(row => SigningKey.Import(Protector.Unprotect(row.ProtectedPrivateKey), row.Algorithm))], rows[^1].Sequence);
        }
        catch (CryptographicException)
        {
            throw KeysMissing;
        }
    }

    private async Task AddAsync(AppDbContext db, int sequence, CancellationToken cancellationToken)
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pkcs8 = ecdsa.ExportPkcs8PrivateKey();
        db.SigningKeys.Add(new SigningKeyRow
        {
            Sequence = sequence,
            KeyId = SigningKey.Import(pkcs8, options.SigningAlgorithm).KeyId,
            Algorithm = options.SigningAlgorithm,
            ProtectedPrivateKey = Protector.Protect(pkcs8),
            CreatedAt = time.GetUtcNow(),
        });
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>
    /// Makes a key unless one is good for a while, if only by the clock of another node that is ahead. Data Protection would do so too, but on every
    /// node, and not under the migration lock.
    /// </summary>
    private void EnsureDataProtectionKey()
    {
        var now = time.GetUtcNow();
        if (!dataProtectionKeys.GetAllKeys().Any(key => !key.IsRevoked && key.ExpirationDate > now + RenewBefore))
        {
            dataProtectionKeys.CreateNewKey(activationDate: now, expirationDate: now + DataProtectionKeyLifetime);
        }
    }

    private StartException KeysMissing =>
        new($"The database's signing keys can't be decrypted: their Data Protection keys are missing from '{folder.Path}'. Put that folder back, or run the command 'sessions end-all' to end every session and make new keys.");

    private IDataProtector Protector => dataProtection.CreateProtector("CleanJwt.SigningKey.v1");
}
