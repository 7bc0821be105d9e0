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

    /// <summary>Makes the first keys, the Data Protection one and the signing one, where there are none.</summary>
    /// <remarks>The caller holds the migration lock: two nodes that each made one could not read each other's tokens.</remarks>
    public async Task EnsureAsync(AppDbContext db, CancellationToken cancellationToken)
    {
        if (await db.SigningKeys.AnyAsync(cancellationToken))
        {
            return;
        }

        var now = time.GetUtcNow();
        if (dataProtectionKeys.GetAllKeys().Count == 0)
        {
            dataProtectionKeys.CreateNewKey(activationDate: now, expirationDate: now + DataProtectionKeyLifetime);
        }

        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pkcs8 = ecdsa.ExportPkcs8PrivateKey();
        db.SigningKeys.Add(new SigningKeyRow
        {
            Sequence = 1,
            KeyId = SigningKey.Import(pkcs8, options.SigningAlgorithm).KeyId,
            Algorithm = options.SigningAlgorithm,
            ProtectedPrivateKey = Protector.Protect(pkcs8),
            CreatedAt = now,
        });
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <exception cref="StartException">There is none, or one can't be decrypted. None is made in its place: that would end every session.</exception>
    public async Task<IReadOnlyList<SigningKey>> LoadAsync(AppDbContext db, CancellationToken cancellationToken)
    {
        var rows = await db.SigningKeys.AsNoTracking().OrderBy(key => key.Sequence).ToListAsync(cancellationToken);
        if (rows.Count == 0)
        {
            throw new StartException("The database has no signing key yet: run the command 'migrate', or set Database:MigrateOnStart to true.");
        }

        // Asked first: to decrypt with no key at all, Data Protection would make one.
        if (dataProtectionKeys.GetAllKeys().Count == 0)
        {
            throw Undecryptable();
        }

        try
        {
            return [.. rows.Select(row => SigningKey.Import(Protector.Unprotect(row.ProtectedPrivateKey), row.Algorithm))];
        }
        catch (CryptographicException)
        {
            throw Undecryptable();
        }
    }

    private IDataProtector Protector => dataProtection.CreateProtector("CleanJwt.SigningKey.v1");

    private StartException Undecryptable() => new(
        $"The database's signing keys can't be decrypted: their Data Protection keys are missing from '{folder.Path}'. Put that folder back.");
}
