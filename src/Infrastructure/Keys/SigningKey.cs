using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>A key that signs access tokens, and its public half that verifies them.</summary>
internal sealed class SigningKey
{
    private SigningKey(JsonWebKey privateKey, JsonWebKey publicKey, string algorithm, DateTimeOffset signsFrom)
    {
        (Algorithm, PublicKey, SignsFrom) = (algorithm, publicKey, signsFrom);
        Credentials = new SigningCredentials(privateKey, algorithm);
    }

    public string KeyId => PublicKey.Kid;

    public string Algorithm { get; }

    public JsonWebKey PublicKey { get; }

    public SigningCredentials Credentials { get; }

    /// <inheritdoc cref="SigningKeyRow.SignsFrom"/>
    public DateTimeOffset SignsFrom { get; }

    /// <param name="pkcs8">The private key in PKCS #8 (RFC 5958).</param>
    /// <param name="algorithm">One of <see cref="SigningAlgorithms"/>. It must fit the key.</param>
    /// <exception cref="CryptographicException">The bytes are no private key of that kind.</exception>
    public static SigningKey Import(byte[] pkcs8, string algorithm, DateTimeOffset signsFrom)
    {
        var (privateKey, publicKey) = SigningAlgorithms.IsRsa(algorithm) ? ImportRsa(pkcs8) : ImportECDsa(pkcs8);
        publicKey.Use = JsonWebKeyUseNames.Sig;
        publicKey.Alg = algorithm;
        return new SigningKey(privateKey, publicKey, algorithm, signsFrom);
    }

    private static (JsonWebKey Private, JsonWebKey Public) ImportECDsa(byte[] pkcs8)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(pkcs8, out _);
        return (
            ToJsonWebKey(ecdsa.ExportParameters(includePrivateParameters: true)),
            ToJsonWebKey(ecdsa.ExportParameters(includePrivateParameters: false)));
    }

    private static (JsonWebKey Private, JsonWebKey Public) ImportRsa(byte[] pkcs8)
    {
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(pkcs8, out _);
        return (
            ToJsonWebKey(rsa.ExportParameters(includePrivateParameters: true)),
            ToJsonWebKey(rsa.ExportParameters(includePrivateParameters: false)));
    }

    private static JsonWebKey ToJsonWebKey(ECParameters parameters)
    {
        var ecdsa = ECDsa.Create(parameters); // not disposed: the JsonWebKey signs and verifies with it
        return WithThumbprint(JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(ecdsa)));
    }

    private static JsonWebKey ToJsonWebKey(RSAParameters parameters) =>
        WithThumbprint(JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(parameters)));

    private static JsonWebKey WithThumbprint(JsonWebKey key)
    {
        key.Kid = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        return key;
    }
}
