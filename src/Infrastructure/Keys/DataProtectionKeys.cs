using System.Security.Cryptography;
using CleanJwt.Infrastructure.Settings;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>
/// The ASP.NET Core Data Protection keys, which encrypt the secrets in the database and the refresh tokens.
/// </summary>
internal sealed class DataProtectionKeys(IKeyManager keys, KeyFolder folder, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    // More than two days, at which Data Protection itself renews a key.
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(3);

    /// <summary>True if at least one key can be decrypted.</summary>
    /// <remarks>Callers check this before they decrypt: Data Protection creates a key if it can use none.</remarks>
    public bool AreUsable => Usable().Any();

    /// <summary>Describes the failure to decrypt secrets of the database, and its remedy.</summary>
    /// <param name="secrets">The kind of secrets, in the plural.</param>
    public StartException CannotDecrypt(string secrets) => new(
        $"The database's {secrets} can't be decrypted: their Data Protection keys are "
        + (folder.Path is { } path
            ? $"missing from '{path}'. Restore that folder"
            : "not in the database, or encrypted under a certificate other than "
                + "KeyProtection:CertificatePath. Restore that certificate")
        + ", or run the command 'sessions end-all' to end every session and create new keys.");

    /// <summary>Creates a key unless one is valid for the next three days.</summary>
    /// <remarks>
    /// The caller holds the migration lock. Without this method, Data Protection would create a key on every node,
    /// without the lock. The three days also cover another node whose clock is ahead.
    /// </remarks>
    public void Ensure()
    {
        var now = time.GetUtcNow();
        if (!Usable().Any(key => !key.IsRevoked && key.ExpirationDate > now + RenewBefore))
        {
            keys.CreateNewKey(activationDate: now, expirationDate: now + Lifetime);
        }
    }

    // The keys that can be decrypted, expired ones included.
    private IEnumerable<IKey> Usable() => keys.GetAllKeys().Where(key =>
    {
        try
        {
            return key.CreateEncryptor() is not null;
        }
        catch (CryptographicException)
        {
            return false;
        }
    });
}
