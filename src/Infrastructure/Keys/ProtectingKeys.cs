using System.Security.Cryptography;
using CleanJwt.Infrastructure.Settings;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>The Data Protection keys, which what is secret in the database lies under.</summary>
internal sealed class ProtectingKeys(IKeyManager keys, KeyFolder folder, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    // Longer than the two days before which Data Protection renews a key by itself.
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(3);

    /// <summary>Whether any can be decrypted. Asked before Data Protection is: where none can be used, it would make one.</summary>
    public bool AreUsable => Usable().Any();

    /// <summary>What is wrong where something in the database can't be decrypted.</summary>
    /// <param name="what">In the plural.</param>
    public StartException MissingFor(string what) => new(
        $"The database's {what} can't be decrypted: their Data Protection keys are "
        + (folder.Path is { } path
            ? $"missing from '{path}'. Put that folder back"
            : "not in the database, or under another certificate than that of KeyProtection:CertificatePath. Put that back")
        + ", or run the command 'sessions end-all' to end every session and make new keys.");

    /// <summary>
    /// Makes a key unless one is good for a while, if only by the clock of another node that is ahead. Data Protection would do so too, but on every
    /// node, and not under the migration lock.
    /// </summary>
    public void Ensure()
    {
        var now = time.GetUtcNow();
        if (!Usable().Any(key => !key.IsRevoked && key.ExpirationDate > now + RenewBefore))
        {
            keys.CreateNewKey(activationDate: now, expirationDate: now + Lifetime);
        }
    }

    // Those that can be decrypted, whatever their time.
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
