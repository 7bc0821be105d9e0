using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using static CleanJwt.WebApi.FunctionalTests.Tokens.Forgeries.Forgery;

namespace CleanJwt.WebApi.FunctionalTests.Tokens.Forgeries;

/// <summary>Tokens that name the wrong key, or bring one along.</summary>
internal static class ForgedKeys
{
    private const string Looked = "RFC 8725 3.10";
    private const string Kid = "RFC 7515 4.1.4; RFC 9068 4";
    private const string Brought = "CVE-2018-0114; RFC 7515 4.1.3";

    public static IEnumerable<TestCaseData> Rows()
    {
        yield return Row("KidMissing", Kid, (key, token) => key.Resign(token, header => header.Remove("kid")));
        yield return Row("KidNull", Kid, (key, token) => key.Resign(token, header => header["kid"] = null));
        yield return Row("KidNumber", Kid, (key, token) => key.Resign(token, header => header["kid"] = 1));
        yield return Row(
            "KidArray", Kid, (key, token) => key.Resign(token, header => header["kid"] = new JsonArray(key.KeyId)));
        yield return Row(
            "KidObject",
            Kid,
            (key, token) => key.Resign(token, header => header["kid"] = new JsonObject { ["kid"] = key.KeyId }));
        yield return Row("KidInAnotherCase", Kid, (key, token) => Named(key, token, key.KeyId.ToUpperInvariant()));
        foreach (var (name, kid) in new[]
        {
            ("Unknown", "unknown"), ("Empty", ""), ("Path", "../../../dev/null"), ("AbsolutePath", "/dev/null"),
            ("WindowsPath", "..\\..\\keys"), ("File", "file:///etc/passwd"),
            ("KeyFolder", "keys/"), ("Command", "x|id"), ("Ldap", "*)(uid=*"), ("Template", "{{7*7}}${7*7}"),
            ("Url", "http://127.0.0.1:1/"), ("Nul", "\0"), ("LineBreak", "x\r\nSet-Cookie: x=y"),
            ("Zero", "0"), ("First", "1"), ("Star", "*"), ("Percent", "%"), ("Unicode", "\u043a\U0001F511"),
            ("OfHalf8KiB", new string('k', 4096)), ("Of10KB", new string('k', 10_000)),
        })
        {
            yield return Row($"Kid{name}", Looked, (key, token) => Named(key, token, kid));
        }

        foreach (var (name, before, after) in new[]
        {
            ("OrTrue", "", "' OR '1'='1"), ("Comment", "", "'--"), ("Union", "x' UNION SELECT '", "' -- "),
            ("Like", "", "%"), ("Space", "", " "), ("LeadingSpace", " ", ""), ("NulAfterIt", "", "\0"),
            ("PathBefore", "./", ""), ("ByteOrderMark", "\ufeff", ""), ("ZeroWidthSpace", "", "\u200b"), (
                "Quoted", "\"", "\""),
        })
        {
            yield return Row($"KidWith{name}", Looked, (key, token) => Named(key, token, before + key.KeyId + after));
        }

        yield return Row(
            "KidOfAnEmptyFileAndItsSecret",
            Looked,
            (_, token) => ForgedAlgorithms.Hmac("HS256", "../../../dev/null", token, []));
        yield return Row(
            "KidThatSelectsItsSecret",
            Looked,
            (_, token) => ForgedAlgorithms.Hmac("HS256", "x' UNION SELECT 'secret", token, "secret"u8.ToArray()));

        // A key of the forger's, or the service's own where no other may stand
        yield return Row(
            "JwkOfTheForger",
            Brought,
            (key, token) => OfTheForger(key, token, (forger, header) => header["jwk"] = Jwk(forger)));
        yield return Row("JwkOfTheForgerWithoutKid", Brought, (key, token) =>
            OfTheForger(key, token, (forger, header) =>
        {
            header["jwk"] = Jwk(forger);
            header.Remove("kid");
        }));
        yield return Row(
            "JwkOfTheService", Brought, (key, token) => WithOwn(key, token, (own, header) => header["jwk"] = Jwk(own)));
        yield return Row("JwkSecret", Brought, (key, token) =>
            key.Resign(token, header => header["jwk"] = new JsonObject { ["kty"] = "oct", ["k"] = "" }));
        yield return Row("JwkNull", Brought, (key, token) => key.Resign(token, header => header["jwk"] = null));
        yield return Row("X5cOfTheForger", "RFC 7515 4.1.6", (key, token) =>
            OfTheForger(key, token, (forger, header) => header["x5c"] = new JsonArray(Certificate(forger))));
        yield return Row(
            "X5cOfTheService",
            "RFC 7515 4.1.6",
            (key, token) => WithOwn(key, token, (own, header) => header["x5c"] = new JsonArray(Certificate(own))));
        yield return Row(
            "X5cNonsense",
            "RFC 7515 4.1.6",
            (key, token) => key.Resign(token, header => header["x5c"] = new JsonArray("MIIB")));
        yield return Row(
            "X5cEmpty", "RFC 7515 4.1.6", (key, token) => key.Resign(token, header => header["x5c"] = new JsonArray()));
        yield return Row(
            "X5t", "RFC 7515 4.1.7", (key, token) => key.Resign(token, header => header["x5t"] = key.KeyId));
        yield return Row("X5tInsteadOfKid", "RFC 7515 4.1.7", (key, token) => key.Resign(token, header =>
        {
            header["x5t"] = key.KeyId;
            header.Remove("kid");
        }));
        yield return Row(
            "X5tS256", "RFC 7515 4.1.8", (key, token) => key.Resign(token, header => header["x5t#S256"] = key.KeyId));
    }

    /// <summary>The token under a header that the forger has changed, and the forger's signature.</summary>
    public static string OfTheForger(ServiceKey key, string token, Action<ECDsa, JsonObject> change)
    {
        using var forger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return SignedBy(forger, key.Resign(token, header => change(forger, header)));
    }

    public static JsonObject Jwk(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new()
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = Base64Url.EncodeToString(point.X),
            ["y"] = Base64Url.EncodeToString(point.Y)
        };
    }

    /// <param name="extensions">Where a verifier may look for more, say.</param>
    /// <returns>As a member of <c>x5c</c>.</returns>
    public static string Certificate(ECDsa key, params X509Extension[] extensions)
    {
        var request = new CertificateRequest("CN=forger", key, HashAlgorithmName.SHA256);
        foreach (var extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return Convert.ToBase64String(certificate.RawData);
    }

    private static string Named(ServiceKey key, string token, string kid) =>
        key.Resign(token, header => header["kid"] = kid);

    private static string WithOwn(ServiceKey key, string token, Action<ECDsa, JsonObject> change)
    {
        using var own = ECDsa.Create(key.PrivateParameters);
        return key.Resign(token, header => change(own, header));
    }
}
