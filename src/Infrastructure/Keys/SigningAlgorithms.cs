using System.Security.Cryptography;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>The algorithms that can sign access tokens (RFC 7518, section 3.1).</summary>
internal static class SigningAlgorithms
{
    public const string ES256 = nameof(ES256);
    public const string ES384 = nameof(ES384);
    public const string RS256 = nameof(RS256);
    public const string PS256 = nameof(PS256);

    // NIST SP 800-57 part 1, table 2: as strong as P-256, and acceptable beyond 2030.
    private const int RsaKeySize = 3072;

    public static bool IsRsa(string algorithm) => algorithm is RS256 or PS256;

    /// <returns>A new private key as PKCS #8.</returns>
    public static byte[] CreateKey(string algorithm)
    {
        using AsymmetricAlgorithm key = algorithm switch
        {
            ES256 => ECDsa.Create(ECCurve.NamedCurves.nistP256),
            ES384 => ECDsa.Create(ECCurve.NamedCurves.nistP384),
            RS256 or PS256 => RSA.Create(RsaKeySize),
            _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "The algorithm is unknown."),
        };
        return key.ExportPkcs8PrivateKey();
    }
}
