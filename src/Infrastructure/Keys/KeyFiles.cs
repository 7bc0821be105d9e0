using System.Data.Common;
using System.Security.Cryptography;
using CleanJwt.Infrastructure.Settings;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.Extensions.Hosting;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>
/// The operator's signing keys, if <c>Jwt:KeyFiles</c> names files. The service reads them at the start, and never
/// creates, rotates or stores them.
/// </summary>
internal sealed class KeyFiles(SigningKeyRing ring, JwtOptions options, IHostEnvironment environment) : IKeyRing
{
    private const string Es256Curve = "1.2.840.10045.3.1.7"; // P-256
    private const string Es384Curve = "1.3.132.0.34"; // P-384
    private const int MinRsaKeySize = 2048; // RFC 7518, section 3.3

    private bool _loaded;

    public long Version => ring.Version;

    /// <exception cref="StartException">
    /// A file can't be read, or holds no key for one of this service's algorithms.
    /// </exception>
    public void Reload()
    {
        if (!_loaded)
        {
            // The first file's key signs. A ring signs with the last key whose SignsFrom has passed, so the order is
            // reversed.
            var keys = options.KeyFiles.Select(Read).ToList();
            RefuseDuplicates(keys);
            ring.Load([.. keys.AsEnumerable().Reverse()], version: 0);
            _loaded = true;
        }
    }

    public void Load(DbConnection connection) => Reload();

    public ValueTask<bool> TryReloadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(false);

    private void RefuseDuplicates(List<SigningKey> keys)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            if (keys.FindIndex(key => key.KeyId == keys[i].KeyId) is var first && first < i)
            {
                throw new StartException(
                    $"Jwt:KeyFiles:{i} is '{options.KeyFiles[i]}', which holds the key of Jwt:KeyFiles:{first}; "
                    + "allowed: each key once.");
            }
        }
    }

    private SigningKey Read(string path, int index)
    {
        try
        {
            var pem = File.ReadAllText(Path.GetFullPath(path, environment.ContentRootPath));
            if ((ReadECDsa(pem) ?? ReadRsa(pem)) is var (pkcs8, algorithm))
            {
                return SigningKey.Import(pkcs8, algorithm, DateTimeOffset.MinValue);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartException($"Jwt:KeyFiles:{index} is '{path}', which can't be read: {exception.Message}");
        }

        throw new StartException(
            $"Jwt:KeyFiles:{index} is '{path}'; allowed: a PEM file with an unencrypted private key, "
            + $"on the named curve P-256 or P-384 or RSA of {MinRsaKeySize} bits or more.");
    }

    private static (byte[] Pkcs8, string Algorithm)? ReadECDsa(string pem)
    {
        using var ecdsa = ECDsa.Create();
        return TryImport(ecdsa, pem)
            ? CurveOf(ecdsa) switch
            {
                Es256Curve => (ecdsa.ExportPkcs8PrivateKey(), SigningAlgorithms.ES256),
                Es384Curve => (ecdsa.ExportPkcs8PrivateKey(), SigningAlgorithms.ES384),
                _ => null,
            }
            : null;
    }

    /// <returns>
    /// The object identifier of the curve. Null when the file spells out the curve's parameters instead of its name
    /// (RFC 5915, section 3), which a JWK can't express.
    /// </returns>
    private static string? CurveOf(ECDsa key)
    {
        try
        {
            var curve = key.ExportParameters(includePrivateParameters: false).Curve;
            return curve.IsNamed ? curve.Oid.Value : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    // An RSA key works with RS256 and with PS256. The setting decides which.
    private (byte[] Pkcs8, string Algorithm)? ReadRsa(string pem)
    {
        using var rsa = RSA.Create();
        return TryImport(rsa, pem) && rsa.KeySize >= MinRsaKeySize
            ? (rsa.ExportPkcs8PrivateKey(),
                options.SigningAlgorithm == SigningAlgorithms.PS256 ? SigningAlgorithms.PS256 : SigningAlgorithms.RS256)
            : null;
    }

    private static bool TryImport(AsymmetricAlgorithm key, string pem)
    {
        try
        {
            key.ImportFromPem(pem);
            key.ExportPkcs8PrivateKey(); // fails for a public key, which ImportFromPem accepts
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}
