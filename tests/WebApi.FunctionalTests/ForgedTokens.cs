using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>No token is accepted but those that this service wrote for its own audience, whatever it looks like.</summary>
internal sealed class ForgedTokens
{
    private const string Header = "\"alg\":\"ES256\",\"typ\":\"at+jwt\"";

    // One for all rows: none of them changes anything.
    private static readonly Lazy<Task<string>> Token = new(async () => (await SharedService.App.LoginAsync()).AccessToken);
    private static readonly Lazy<ServiceKey> Key = new(() => new ServiceKey(SharedService.App));

    private readonly CleanJwtApp _app = SharedService.App;

    private static IEnumerable<TestCaseData> Refused()
    {
        // The signature
        yield return Row("NoSignature", (_, token) => Jwt.With(token, 2, _ => ""));
        yield return Row("NoThirdPart", (_, token) => token[..token.LastIndexOf('.')]);
        yield return Row("OtherSignature", (_, token) => Jwt.With(token, 2, part => (part[0] == 'A' ? 'B' : 'A') + part[1..]));
        yield return Row("SignatureOfZeros", (_, token) => Jwt.With(token, 2, _ => Base64Url.EncodeToString(new byte[64])));
        yield return Row("SignatureInDer", (_, token) => Jwt.With(token, 2, _ => Base64Url.EncodeToString(new byte[] { 0x30, 6, 2, 1, 1, 2, 1, 1 })));
        yield return Row("SignatureTruncated", (_, token) => Jwt.With(token, 2, part => part[..^4]));
        yield return Row("SignatureLonger", (_, token) => token + "AAAA");
        yield return Row("SignatureOfAnotherKey", (_, token) => SignedBy(ECDsa.Create(ECCurve.NamedCurves.nistP256), token));
        yield return Row("PayloadChanged", (_, token) => Jwt.With(token, 1, _ => Change(Jwt.Payload(token), "scope", "account:read account:write users:read users:write")));
        yield return Row("HeaderChanged", (_, token) => Jwt.With(token, 0, _ => Change(Jwt.Header(token), "typ", "application/at+jwt")));

        // The algorithm
        foreach (var none in new[] { "none", "None", "NONE", "" })
        {
            yield return Row($"Alg{(none.Length == 0 ? "Empty" : none)}Unsigned", (key, token) => $"{Jwt.Encode($"{{\"alg\":\"{none}\",\"typ\":\"at+jwt\",\"kid\":\"{key.KeyId}\"}}")}.{token.Split('.')[1]}.");
            yield return Row($"Alg{(none.Length == 0 ? "Empty" : none)}Signed", (key, token) => key.Resign(token, header => header["alg"] = none));
        }

        yield return Row("HmacUnderThePublicKey", (key, token) => Hmac(key, token, key.SubjectPublicKeyInfo));
        yield return Row("HmacUnderThePublicKeyInPem", (key, token) => Hmac(key, token, Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", key.SubjectPublicKeyInfo))));
        yield return Row("HmacUnderTheKeyId", (key, token) => Hmac(key, token, Encoding.ASCII.GetBytes(key.KeyId)));
        yield return Row("AlgOfAnotherKind", (key, token) => key.Resign(token, header => header["alg"] = "RS256"));
        yield return Row("AlgOfAnotherSize", (key, token) => key.Resign(token, header => header["alg"] = "ES384"));
        yield return Row("AlgInAnotherCase", (key, token) => key.Resign(token, header => header["alg"] = "es256"));
        yield return Row("AlgMissing", (key, token) => key.Resign(token, header => header.Remove("alg")));
        yield return Row("AlgNumber", (key, token) => key.Resign(token, header => header["alg"] = 256));

        // The key
        yield return Row("KidMissing", (key, token) => key.Resign(token, header => header.Remove("kid")));
        yield return Row("KidUnknown", (key, token) => key.Resign(token, header => header["kid"] = "unknown"));
        yield return Row("KidEmpty", (key, token) => key.Resign(token, header => header["kid"] = ""));
        yield return Row("KidNull", (key, token) => key.Resign(token, header => header["kid"] = null));
        yield return Row("KidPath", (key, token) => key.Resign(token, header => header["kid"] = "../../../dev/null"));
        yield return Row("KidSql", (key, token) => key.Resign(token, header => header["kid"] = $"{key.KeyId}' OR '1'='1"));
        yield return Row("KidInAnotherCase", (key, token) => key.Resign(token, header => header["kid"] = key.KeyId.ToUpperInvariant()));
        yield return Row("JwkInTheHeader", OwnKeyInTheHeader);
        yield return Row("JkuInTheHeader", (key, token) => key.Resign(token, header => header["jku"] = "https://evil.example.com/jwks.json"));
        yield return Row("X5uInTheHeader", (key, token) => key.Resign(token, header => header["x5u"] = "https://evil.example.com/cert.pem"));
        yield return Row("X5cInTheHeader", (key, token) => key.Resign(token, header => header["x5c"] = new JsonArray("MIIB")));

        // The header's other members
        yield return Row("CritUnknown", (key, token) => key.Resign(token, header => (header["crit"], header["exp"]) = (new JsonArray("exp"), 1)));
        yield return Row("CritEmpty", (key, token) => key.Resign(token, header => header["crit"] = new JsonArray()));
        yield return Row("B64False", (key, token) => key.Resign(token, header => (header["crit"], header["b64"]) = (new JsonArray("b64"), false)));
        yield return Row("B64FalseWithoutCrit", (key, token) => key.Resign(token, header => header["b64"] = false));
        yield return Row("Zip", (key, token) => key.Resign(token, header => header["zip"] = "DEF"));
        yield return Row("Cty", (key, token) => key.Resign(token, header => header["cty"] = "JWT"));
        foreach (var type in new[] { "JWT", "jwt", "at+jwt ", "at+jwt; charset=utf-8", "application/jwt", "id+jwt", "logout+jwt", "text/at+jwt", "" })
        {
            yield return Row($"Typ[{type}]", (key, token) => key.Resign(token, header => header["typ"] = type));
        }

        yield return Row("TypMissing", (key, token) => key.Resign(token, header => header.Remove("typ")));
        yield return Row("TypArray", (key, token) => key.Resign(token, header => header["typ"] = new JsonArray("at+jwt")));

        // Members that occur twice
        yield return Row("AlgTwice", (key, token) => Signed(key, $"{{\"alg\":\"none\",{Header},\"kid\":\"{key.KeyId}\"}}", token));
        yield return Row("KidTwice", (key, token) => Signed(key, $"{{{Header},\"kid\":\"x\",\"kid\":\"{key.KeyId}\"}}", token));
        yield return Row("SubTwice", (key, token) => Payload(key, token, json => json.Insert(1, $"\"sub\":\"{Guid.NewGuid()}\",")));
        yield return Row("SubTwiceByEscape", (key, token) => Payload(key, token, json => json.Insert(1, $"\"s\\u0075b\":\"{Guid.NewGuid()}\",")));
        yield return Row("ExpTwice", (key, token) => Payload(key, token, json => json.Insert(1, "\"exp\":99999999999,")));

        // What claims are
        foreach (var claim in new[] { "iss", "aud", "sub", "client_id", "iat", "nbf", "exp", "jti", "sid", "scope", "auth_time", "amr" })
        {
            yield return Row($"{claim}Missing", (key, token) => key.Resign(token, payload: claims => claims.Remove(claim)));
            yield return Row($"{claim}Null", (key, token) => key.Resign(token, payload: claims => claims[claim] = null));
            yield return Row($"{claim}Object", (key, token) => key.Resign(token, payload: claims => claims[claim] = new JsonObject()));
            yield return Row($"{claim}True", (key, token) => key.Resign(token, payload: claims => claims[claim] = true));
            yield return Row($"{claim}InUpperCase", (key, token) => key.Resign(token, payload: claims =>
            {
                claims[claim.ToUpperInvariant()] = claims[claim]!.DeepClone();
                claims.Remove(claim);
            }));
        }

        foreach (var time in new[] { "iat", "nbf", "exp", "auth_time" })
        {
            yield return Row($"{time}Text", (key, token) => key.Resign(token, payload: claims => claims[time] = claims[time]!.ToString()));
            yield return Row($"{time}Negative", (key, token) => key.Resign(token, payload: claims => claims[time] = -1));
            yield return Row($"{time}BeyondAllYears", (key, token) => key.Resign(token, payload: claims => claims[time] = long.MaxValue));
            yield return Row($"{time}BeyondAllNumbers", (key, token) => Payload(key, token, json => json.Replace($"\"{time}\":", $"\"{time}\":1e400,\"x\":", StringComparison.Ordinal)));
        }

        foreach (var id in new[] { "sub", "sid" })
        {
            yield return Row($"{id}Number", (key, token) => key.Resign(token, payload: claims => claims[id] = 42));
            yield return Row($"{id}Empty", (key, token) => key.Resign(token, payload: claims => claims[id] = ""));
            yield return Row($"{id}NoUuid", (key, token) => key.Resign(token, payload: claims => claims[id] = "ada"));
            yield return Row($"{id}InBraces", (key, token) => key.Resign(token, payload: claims => claims[id] = $"{{{claims[id]}}}"));
            yield return Row($"{id}Array", (key, token) => key.Resign(token, payload: claims => claims[id] = new JsonArray(claims[id]!.ToString())));
            yield return Row($"{id}LoneSurrogate", (key, token) => Payload(key, token, json => json.Replace($"\"{id}\":\"", $"\"{id}\":\"\\ud800", StringComparison.Ordinal)));
        }

        yield return Row("OtherIssuer", (key, token) => key.Resign(token, payload: claims => claims["iss"] = "http://localhost:5081"));
        yield return Row("IssuerWithASlash", (key, token) => key.Resign(token, payload: claims => claims["iss"] = "http://localhost:5080/"));
        yield return Row("IssuerInAnotherCase", (key, token) => key.Resign(token, payload: claims => claims["iss"] = "HTTP://localhost:5080"));
        yield return Row("IssuerArray", (key, token) => key.Resign(token, payload: claims => claims["iss"] = new JsonArray("http://localhost:5080")));
        yield return Row("OtherAudience", (key, token) => key.Resign(token, payload: claims => claims["aud"] = "another-api"));
        yield return Row("AudienceWithASlash", (key, token) => key.Resign(token, payload: claims => claims["aud"] = "cleanjwt-api/"));
        yield return Row("AudienceArray", (key, token) => key.Resign(token, payload: claims => claims["aud"] = new JsonArray("cleanjwt-api")));
        yield return Row("AudienceAmongOthers", (key, token) => key.Resign(token, payload: claims => claims["aud"] = new JsonArray("another-api", "cleanjwt-api")));
        yield return Row("IssuedInTheFuture", (key, token) => key.Resign(token, payload: claims => claims["iat"] = claims["iat"]!.GetValue<long>() + 31));
        yield return Row("NotYetValid", (key, token) => key.Resign(token, payload: claims => claims["nbf"] = claims["nbf"]!.GetValue<long>() + 31));
        yield return Row("ScopeUnknown", (key, token) => key.Resign(token, payload: claims => claims["scope"] = "everything"));
        yield return Row("ScopeArray", (key, token) => key.Resign(token, payload: claims => claims["scope"] = new JsonArray("account:read")));
        yield return Row("RolesText", (key, token) => key.Resign(token, payload: claims => claims["roles"] = "admin"));
        yield return Row("RolesOfNumbers", (key, token) => key.Resign(token, payload: claims => claims["roles"] = new JsonArray(1)));

        // How it is written
        yield return Row("SignaturePadded", (_, token) => token + "==");
        yield return Row("HeaderPadded", (key, token) => key.Sign($"{Jwt.Encode($"{{{Header},\"kid\":\"{key.KeyId}\"}} ")}==.{token.Split('.')[1]}"));
        yield return Row("SignatureNotCanonical", (_, token) => Jwt.With(token, 2, Jwt.NonCanonical));
        yield return Row("HeaderNotCanonical", (key, token) => key.Sign($"{Jwt.NonCanonical(Unaligned($"{{{Header},\"kid\":\"{key.KeyId}\"}}"))}.{token.Split('.')[1]}"));
        yield return Row("PayloadNotCanonical", (key, token) => key.Sign($"{token.Split('.')[0]}.{Jwt.NonCanonical(Unaligned(Jwt.Payload(token).ToJsonString()))}"));
        yield return Row("StandardBase64", (key, token) => key.Sign($"{token.Split('.')[0]}.{Convert.ToBase64String(Encoding.UTF8.GetBytes(Change(Jwt.Payload(token), "x", "???>>>~~~", encode: false))).TrimEnd('=')}"));
        yield return Row("WhiteSpaceInside", (_, token) => token.Insert(20, " "));
        yield return Row("FiveParts", (_, token) => token + ".AAAA.AAAA");
        yield return Row("FourParts", (_, token) => token + ".");
        yield return Row("LeadingDot", (_, token) => "." + token);
        yield return Row("TwoDots", (_, _) => "..");
        yield return Row("Jwe", (_, token) => $"{Jwt.Encode("{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"typ\":\"at+jwt\"}")}..AAAAAAAAAAAAAAAA.{token.Split('.')[1]}.AAAAAAAAAAAAAAAAAAAAAA");
        yield return Row("OneWord", (_, _) => "undefined");
        yield return Row("LargerThan8KiB", (key, token) => key.Resign(token, payload: claims => claims["x"] = new string('x', 8 * 1024)));
        yield return Row("JustLargerThan8KiB", (key, token) => OfLength(key, token, (8 * 1024) + 1));

        // Payloads that are no JSON objects
        yield return Row("HeaderNoJson", (key, token) => Signed(key, "nonsense", token));
        yield return Row("HeaderArray", (key, token) => Signed(key, $"[{{{Header},\"kid\":\"{key.KeyId}\"}}]", token));
        yield return Row("HeaderNull", (key, token) => Signed(key, "null", token));
        yield return Row("HeaderWithByteOrderMark", (key, token) => Signed(key, $"\ufeff{{{Header},\"kid\":\"{key.KeyId}\"}}", token));
        yield return Row("HeaderWithComment", (key, token) => Signed(key, $"{{{Header},\"kid\":\"{key.KeyId}\"/**/}}", token));
        yield return Row("HeaderNameLoneSurrogate", (key, token) => Signed(key, $"{{{Header},\"\\ud800\":\"{key.KeyId}\"}}", token));
        yield return Row("HeaderValueLoneSurrogate", (key, token) => Signed(key, $"{{{Header},\"kid\":\"\\ud800\"}}", token));
        yield return Row("PayloadArray", (key, token) => Payload(key, token, _ => "[]"));
        yield return Row("PayloadText", (key, token) => Payload(key, token, _ => "\"sub\""));
        yield return Row("PayloadNull", (key, token) => Payload(key, token, _ => "null"));
        yield return Row("PayloadEmpty", (key, token) => Payload(key, token, _ => ""));
        yield return Row("PayloadWithMoreAfterIt", (key, token) => Payload(key, token, json => json + "{}"));
        yield return Row("PayloadDeeplyNested", (key, token) => Payload(key, token, json => json.Insert(1, $"\"x\":{new string('[', 1500)}{new string(']', 1500)},")));
        yield return Row("PayloadNameLoneSurrogate", (key, token) => Payload(key, token, json => json.Insert(1, "\"\\ud800\":1,")));
        yield return Row("PayloadNoUtf8", (key, token) => key.Sign($"{token.Split('.')[0]}.{Base64Url.EncodeToString([(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)',', .. Encoding.UTF8.GetBytes(Jwt.Payload(token).ToJsonString())[1..]])}"));
    }

    private static IEnumerable<TestCaseData> Accepted()
    {
        yield return Row("AsIssued", (_, token) => token);
        yield return Row("SignedAgain", (key, token) => key.Resign(token));
        yield return Row("TypInUpperCase", (key, token) => key.Resign(token, header => header["typ"] = "AT+JWT"));
        yield return Row("TypInFull", (key, token) => key.Resign(token, header => header["typ"] = "application/at+jwt"));
        yield return Row("TypInFullMixedCase", (key, token) => key.Resign(token, header => header["typ"] = "Application/AT+jwt"));
        yield return Row("UnknownClaim", (key, token) => key.Resign(token, payload: claims => claims["x"] = "y"));
        yield return Row("ClockAFewSecondsAhead", (key, token) => key.Resign(token, payload: claims => (claims["iat"], claims["nbf"]) = (claims["iat"]!.GetValue<long>() + 3, claims["nbf"]!.GetValue<long>() + 3)));
        yield return Row("Exactly8KiB", (key, token) => OfLength(key, token, 8 * 1024));
    }

    [TestCaseSource(nameof(Refused))]
    public async Task ForgedToken_IsInvalid(Func<ServiceKey, string, string> forge)
    {
        var (forged, client) = (forge(Key.Value, await Token.Value), _app.CreateClient());
        await RefusedBearerTokens.ShouldBeRefusedAsync(await client.AskAsync(forged), "invalid-token");
        await (await client.IntrospectAsync(forged)).ShouldBeInactiveAsync();
    }

    // The routes that take expired tokens are no easier on the rest.
    [TestCaseSource(nameof(Refused))]
    public async Task ForgedToken_EndsNoSession(Func<ServiceKey, string, string> forge)
    {
        var (forged, client) = (forge(Key.Value, await Token.Value), _app.CreateClient());
        await RefusedBearerTokens.ShouldBeRefusedAsync(await client.PostAsync("/api/auth/logout", null, $"Bearer {forged}"), "invalid-token");
        await (await client.RevokeAsync(forged)).ShouldBeAsync(200);
        await (await _app.CreateClient(await Token.Value).GetAsync("/api/auth/token")).ShouldBeAsync(200);
    }

    // The forger's tools are sharp: what they make without a flaw is accepted, so each refusal above is for its flaw.
    [TestCaseSource(nameof(Accepted))]
    public async Task TokenAsTheServiceWouldWriteIt_IsAccepted(Func<ServiceKey, string, string> forge)
    {
        var (forged, client) = (forge(Key.Value, await Token.Value), _app.CreateClient());
        await (await client.AskAsync(forged)).ShouldBeAsync(200);
        await (await client.IntrospectAsync(forged)).ShouldBeActiveAsync();
    }

    [Test]
    public async Task TokenOfAnotherService_IsInvalid()
    {
        await using var another = new CleanJwtApp();
        await RefusedBearerTokens.ShouldBeRefusedAsync(await _app.MeAsync((await another.LoginAsync()).AccessToken), "invalid-token");
    }

    [Test]
    public async Task ExpiredTokenOfAnotherKey_IsInvalidAndNotExpired()
    {
        var key = Key.Value;
        var expired = key.Resign(await Token.Value, payload: claims => (claims["iat"], claims["nbf"], claims["exp"]) = (1, 1, 2));
        await RefusedBearerTokens.ShouldBeRefusedAsync(await _app.MeAsync(expired), "token-expired");
        await RefusedBearerTokens.ShouldBeRefusedAsync(await _app.MeAsync(SignedBy(ECDsa.Create(ECCurve.NamedCurves.nistP256), expired)), "invalid-token");
        await RefusedBearerTokens.ShouldBeRefusedAsync(await _app.MeAsync(key.Resign(expired, header => header["typ"] = "JWT")), "invalid-token");
        await RefusedBearerTokens.ShouldBeRefusedAsync(await _app.MeAsync(key.Resign(expired, payload: claims => claims["aud"] = "x")), "invalid-token");
    }

    private static string Signed(ServiceKey key, string header, string token) => key.Sign($"{Jwt.Encode(header)}.{token.Split('.')[1]}");

    private static string Payload(ServiceKey key, string token, Func<string, string> change) =>
        key.Sign($"{token.Split('.')[0]}.{Jwt.Encode(change(Jwt.Payload(token).ToJsonString()))}");

    private static string Change(JsonObject part, string name, string value, bool encode = true)
    {
        part[name] = value;
        var json = part.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        return encode ? Jwt.Encode(json) : json;
    }

    private static string SignedBy(ECDsa key, string token)
    {
        using (key)
        {
            var signed = token[..token.LastIndexOf('.')];
            return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
        }
    }

    private static string Hmac(ServiceKey key, string token, byte[] secret)
    {
        var signed = $"{Jwt.Encode($"{{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"{key.KeyId}\"}}")}.{token.Split('.')[1]}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string OwnKeyInTheHeader(ServiceKey key, string token)
    {
        var forger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = forger.ExportParameters(includePrivateParameters: false).Q;
        var jwk = $"{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{Base64Url.EncodeToString(point.X)}\",\"y\":\"{Base64Url.EncodeToString(point.Y)}\"}}";
        return SignedBy(forger, $"{Jwt.Encode($"{{{Header},\"kid\":\"{key.KeyId}\",\"jwk\":{jwk}}}")}.{token.Split('.')[1]}.");
    }

    /// <summary>Base64url whose last character has unused bits: with white space after the JSON where it needs some.</summary>
    private static string Unaligned(string json)
    {
        while (Encoding.UTF8.GetByteCount(json) % 3 == 0)
        {
            json += " ";
        }

        return Jwt.Encode(json);
    }

    /// <summary>Base64url skips one length in four; white space in the header shifts which.</summary>
    private static string OfLength(ServiceKey key, string token, int length)
    {
        var candidates =
            from space in Enumerable.Range(0, 3)
            from filler in Enumerable.Range((length - token.Length) * 3 / 4 - 16, 24)
            let header = Jwt.Header(token).ToJsonString() + new string(' ', space)
            let payload = Jwt.Payload(token).ToJsonString().Insert(1, $"\"x\":\"{new string('x', filler)}\",")
            let made = key.Sign(header, payload)
            where made.Length == length
            select made;
        return candidates.First();
    }

    private static TestCaseData Row(string name, Func<ServiceKey, string, string> forge) => new TestCaseData(forge).SetArgDisplayNames(name);
}
