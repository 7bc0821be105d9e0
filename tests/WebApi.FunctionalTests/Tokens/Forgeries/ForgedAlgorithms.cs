using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using static CleanJwt.WebApi.FunctionalTests.Tokens.Forgeries.Forgery;

namespace CleanJwt.WebApi.FunctionalTests.Tokens.Forgeries;

/// <summary>Tokens that choose for themselves how they are verified.</summary>
internal static class ForgedAlgorithms
{
    // RFC 7515, section 4.1.1: the name is case-sensitive, so every other spelling of "none" is unknown, and none of
    // them is a good one.
    private const string None = "RFC 8725 2.1; RFC 7515 4.1.1";
    private const string Confusion = "RFC 8725 2.1; CVE-2015-9235; CVE-2016-10555";
    private const string EmptySecret = "CVE-2019-20933; RFC 8725 3.5";
    private const string Verified = "RFC 8725 3.1";

    public static IEnumerable<TestCaseData> Rows() =>
        [.. WithoutASignature(), .. UnderAPublicKey(), .. OfAnotherKind()];

    /// <summary>The header that a JSON Web Signature with a shared secret has.</summary>
    public static string Hmac(string algorithm, string keyId, string token, byte[] secret)
    {
        var unsigned = $"{Under(algorithm, keyId)}.{token.Split('.')[1]}.";
        return With(unsigned, signed => algorithm switch
        {
            "HS256" => HMACSHA256.HashData(secret, signed),
            "HS384" => HMACSHA384.HashData(secret, signed),
            _ => HMACSHA512.HashData(secret, signed),
        });
    }

    private static IEnumerable<TestCaseData> WithoutASignature()
    {
        var casings = Enumerable.Range(0, 16)
            .Select(bits => string.Concat(
                "none".Select((letter, i) => (bits >> i) % 2 == 0 ? letter : char.ToUpperInvariant(letter))));
        foreach (var none in casings.Concat(
            ["", " none", "none ", "n\\u006fne", "null", "undefined", "plain", "\\u0000none"]))
        {
            yield return Row(
                $"Alg[{none}]Unsigned", None, (key, token) => $"{Under(none, key.KeyId)}.{token.Split('.')[1]}.");
            yield return Row(
                $"Alg[{none}]Signed",
                None,
                (key, token) => key.Sign($"{Under(none, key.KeyId)}.{token.Split('.')[1]}"));
        }

        yield return Row(
            "AlgNoneWithTheSignatureOfTheGoodToken",
            "RFC 8725 2.1; CVE-2021-22160",
            (key, token) => Jwt.With(token, 0, _ => Under("none", key.KeyId)));
        yield return Row(
            "AlgNoneWithoutAKey",
            "RFC 8725 2.1; RFC 7519 6",
            (_, token) => $"{Jwt.Encode("{\"alg\":\"none\"}")}.{token.Split('.')[1]}.");
    }

    private static IEnumerable<TestCaseData> UnderAPublicKey()
    {
        (string Name, string Source, Func<ServiceKey, byte[]> Of)[] secrets =
        [
            ("PublicKey", Confusion, key => key.SubjectPublicKeyInfo),
            ("PublicKeyInPem", Confusion, key => Ascii(Pem(key))),
            ("PublicKeyInPemWithALineBreak", Confusion, key => Ascii(Pem(key) + "\n")),
            (
                "PublicKeyInPemOfWindows",
                Confusion,
                key => Ascii(Pem(key).Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n")),
            ("PublicKeyInPemWithoutArmor", Confusion, key => Ascii(Convert.ToBase64String(key.SubjectPublicKeyInfo))),
            ("PublicKeyAsJwk", "CVE-2022-29217; RFC 8725 2.1", key => Ascii(Jwk(key, named: false))),
            ("PublicKeyAsNamedJwk", "CVE-2022-29217; RFC 8725 2.1", key => Ascii(Jwk(key, named: true))),
            (
                "PublicKeyAsJwkSet",
                "CVE-2022-29217; RFC 8725 2.1",
                key => Ascii($"{{\"keys\":[{Jwk(key, named: true)}]}}")),
            ("PublicPoint", "CVE-2022-29217; RFC 8725 2.1", key => [4, .. Point(key).X!, .. Point(key).Y!]),
            ("PublicPointBare", "CVE-2022-29217; RFC 8725 2.1", key => [.. Point(key).X!, .. Point(key).Y!]),
            ("KeyId", "RFC 8725 3.5", key => Ascii(key.KeyId)),
            ("Nothing", EmptySecret, _ => []),
            ("Zeros", "RFC 8725 3.5", _ => new byte[32]),
            ("Word", "RFC 8725 2.2", _ => Ascii("secret")),
        ];
        foreach (var algorithm in new[] { "HS256", "HS384", "HS512" })
        {
            foreach (var (name, source, secret) in secrets)
            {
                yield return Row(
                    $"{algorithm}UnderThe{name}",
                    source,
                    (key, token) => Hmac(algorithm, key.KeyId, token, secret(key)));
            }
        }
    }

    private static IEnumerable<TestCaseData> OfAnotherKind()
    {
        foreach (var algorithm in new[] { "RS256", "RS512", "PS256", "ES384", "ES512", "ES256K", "EdDSA", "HS256",
            "ES256 ", "es256", "Es256", "SHA256withECDSA", "1.2.840.10045.4.3.2",
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" })
        {
            yield return Row(
                $"Alg[{algorithm}]OverAGoodSignature",
                Verified,
                (key, token) => key.Resign(token, header => header["alg"] = algorithm));
        }

        yield return Row(
            "AlgMissing", "RFC 7515 4.1.1", (key, token) => key.Resign(token, header => header.Remove("alg")));
        yield return Row(
            "AlgNull", "RFC 7515 4.1.1", (key, token) => key.Resign(token, header => header["alg"] = null));
        yield return Row(
            "AlgNumber", "RFC 7515 4.1.1", (key, token) => key.Resign(token, header => header["alg"] = 256));
        yield return Row(
            "AlgArray",
            "RFC 7515 4.1.1",
            (key, token) => Signed(key, $"{{\"alg\":[\"ES256\"],\"typ\":\"at+jwt\",\"kid\":\"{key.KeyId}\"}}", token));
        yield return Row("RsaOfTheForger", Verified, OfAnRsaKey);
        yield return Row(
            "LargerCurveOfTheForger",
            Verified,
            (key, token) => OfACurve(ECCurve.NamedCurves.nistP384, "ES384", HashAlgorithmName.SHA384, key, token));
        yield return Row("OtherCurveOfTheForger", Verified, (key, token) =>
            OfACurve(ECCurve.NamedCurves.brainpoolP256r1, "ES256", HashAlgorithmName.SHA256, key, token));
        yield return Row("OtherHashUnderTheSameKey", Verified, (key, token) =>
            WithTheKey(key, own => With(token, signed => own.SignData(signed, HashAlgorithmName.SHA384))));
        yield return Row("WeakHashUnderTheSameKey", "RFC 8725 3.2", (key, token) =>
            WithTheKey(key, own => With(token, signed => own.SignData(signed, HashAlgorithmName.SHA1))));
    }

    private static string OfAnRsaKey(ServiceKey key, string token)
    {
        using var forger = RSA.Create(2048);
        return With(
            $"{Under("RS256", key.KeyId)}.{token.Split('.')[1]}.",
            signed => forger.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    private static string OfACurve(
        ECCurve curve, string algorithm, HashAlgorithmName hash, ServiceKey key, string token)
    {
        using var forger = ECDsa.Create(curve);
        return With($"{Under(algorithm, key.KeyId)}.{token.Split('.')[1]}.", signed => forger.SignData(signed, hash));
    }

    private static string WithTheKey(ServiceKey key, Func<ECDsa, string> sign)
    {
        using var own = ECDsa.Create(key.PrivateParameters);
        return sign(own);
    }

    private static string Under(string algorithm, string keyId) =>
        Jwt.Encode($"{{\"alg\":\"{algorithm}\",\"typ\":\"at+jwt\",\"kid\":\"{keyId}\"}}");

    private static string Pem(ServiceKey key) => PemEncoding.WriteString("PUBLIC KEY", key.SubjectPublicKeyInfo);

    private static ECPoint Point(ServiceKey key) => key.PrivateParameters.Q;

    /// <summary>As RFC 7638 orders it for a thumbprint, or as key sets have it.</summary>
    private static string Jwk(ServiceKey key, bool named)
    {
        var (x, y) = (Base64Url.EncodeToString(Point(key).X), Base64Url.EncodeToString(Point(key).Y));
        return named
            ? $"{{\"kty\":\"EC\",\"use\":\"sig\",\"kid\":\"{key.KeyId}\",\"alg\":\"ES256\",\"crv\":\"P-256\",\"x\":\"{x}\",\"y\":\"{y}\"}}"
            : $"{{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"{x}\",\"y\":\"{y}\"}}";
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
