using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>A key that signs access tokens, and its public half that verifies them.</summary>
internal sealed class SigningKey
{
    private SigningKey(JsonWebKey privateKey, JsonWebKey publicKey, string algorithm)
    {
        (Algorithm, PublicKey) = (algorithm, publicKey);
        Credentials = new SigningCredentials(privateKey, algorithm);
    }

    public string KeyId => PublicKey.Kid;

    public string Algorithm { get; }

    public JsonWebKey PublicKey { get; }

    public SigningCredentials Credentials { get; }

    /// <param name="pkcs8">The private key, as RFC 5958 has it.</param>
    /// <param name="algorithm">ES256.</param>
    /// <exception cref="CryptographicException">It is none.</exception>
    public static SigningKey Import(byte[] pkcs8, string algorithm)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(pkcs8, out _);

        var privateKey = ToJsonWebKey(ecdsa.ExportParameters(includePrivateParameters: true));
        var publicKey = ToJsonWebKey(ecdsa.ExportParameters(includePrivateParameters: false));
        publicKey.Use = JsonWebKeyUseNames.Sig;
        publicKey.Alg = algorithm;
        return new SigningKey(privateKey, publicKey, algorithm);
    }

    private static JsonWebKey ToJsonWebKey(ECParameters parameters)
    {
        var ecdsa = ECDsa.Create(parameters); // not disposed: the key signs and verifies with it for as long as it lives
        var key = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(ecdsa));
        key.Kid = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        return key;
    }
}
