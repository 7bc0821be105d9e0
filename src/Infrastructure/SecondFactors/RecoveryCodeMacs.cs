using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using CleanJwt.Infrastructure.Keys;

namespace CleanJwt.Infrastructure.SecondFactors;

/// <summary>
/// Makes what is stored of a recovery code: its HMAC, together with its account, under a secret of the service. A code
/// has 50 bits, so the database alone does not give it away, and one lookup finds it.
/// </summary>
internal sealed class RecoveryCodeMacs(SecretStore secrets)
{
    public const int Size = 32;

    private byte[]? _secret;

    /// <inheritdoc cref="SecretStore.Load"/>
    public void Load(DbConnection connection) => _secret = secrets.Load(connection, SecretStore.RecoveryCodes);

    /// <param name="code">In its normalized form.</param>
    public byte[] Of(Guid accountId, string code)
    {
        var secret = _secret ?? throw new InvalidOperationException("The secret has not been loaded yet.");
        byte[] content = [.. accountId.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(code)];
        return HMACSHA256.HashData(secret, content);
    }
}
