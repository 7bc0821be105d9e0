using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace CleanJwt.Infrastructure.SecondFactors;

/// <summary>Encrypts the secrets of authenticator apps, each for its account alone.</summary>
internal sealed class TotpSecrets(IDataProtectionProvider dataProtection)
{
    public byte[] Protect(Guid accountId, byte[] secret) => ProtectorOf(accountId).Protect(secret);

    /// <returns>Null when the keys that encrypted it are lost, or it belongs to another account.</returns>
    public byte[]? Unprotect(Guid accountId, byte[] protectedSecret)
    {
        try
        {
            return ProtectorOf(accountId).Unprotect(protectedSecret);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector ProtectorOf(Guid accountId) =>
        dataProtection.CreateProtector("CleanJwt.Totp.v1", accountId.ToString());
}
