using System.Buffers.Text;
using System.Text;
using static CleanJwt.WebApi.FunctionalTests.Tokens.Forgeries.Forgery;

namespace CleanJwt.WebApi.FunctionalTests.Tokens.Forgeries;

/// <summary>
/// Tokens that are written as no token of this service is: spelled otherwise, encrypted, too long, or no JSON inside.
/// </summary>
internal static class ForgedForms
{
    private const string Spelling = "RFC 7515 2; RFC 4648 3.5";
    private const string Compact = "RFC 7515 7.1";
    private const string Encrypted = "RFC 8725 2.3; RFC 7516 9";
    private const string NoObject = "RFC 7519 7.2";
    private const string Utf8 = "RFC 8725 2.6; RFC 8725 3.7";
    private const string Large = "OWASP API4:2023";

    public static IEnumerable<TestCaseData> Rows() => [.. Spelled(), .. OfOtherParts(), .. NoJson()];

    /// <summary>
    /// A good token of this length. Base64url skips one length in four; white space in the header shifts which.
    /// </summary>
    public static string OfLength(ServiceKey key, string token, int length)
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

    private static IEnumerable<TestCaseData> Spelled()
    {
        yield return Row("SignaturePadded", Spelling, (_, token) => token + "==");
        yield return Row(
            "HeaderPadded",
            Spelling,
            (key, token) => key.Sign($"{Jwt.Encode(HeaderOf(key) + " ")}==.{token.Split('.')[1]}"));
        yield return Row(
            "PayloadPadded",
            Spelling,
            (key, token) => key.Sign($"{token.Split('.')[0]}.{Padded(Jwt.Payload(token).ToJsonString())}"));
        yield return Row("SignatureNotCanonical", Spelling, (_, token) => Jwt.With(token, 2, Jwt.NonCanonical));
        yield return Row(
            "HeaderNotCanonical",
            Spelling,
            (key, token) => key.Sign($"{Jwt.NonCanonical(Unaligned(HeaderOf(key)))}.{token.Split('.')[1]}"));
        yield return Row("PayloadNotCanonical", Spelling, (key, token) =>
            key.Sign($"{token.Split('.')[0]}.{Jwt.NonCanonical(Unaligned(Jwt.Payload(token).ToJsonString()))}"));
        yield return Row("StandardBase64", "RFC 7515 2; RFC 4648 5", (key, token) =>
            key.Sign($"{token.Split('.')[0]}.{Convert.ToBase64String(Encoding.UTF8.GetBytes(Change(Jwt.Payload(token), "x", "???>>>~~~"))).TrimEnd('=')}"));
        foreach (var (name, inserted) in new[] { ("Space", " "), ("Tab", "\t"), ("Percent", "%20"), ("Plus", "+"),
            ("Slash", "/"), ("Equals", "="), ("Nul", "%00"), ("Quote", "\""), ("Comma", ","), ("Star", "*") })
        {
            yield return Row($"{name}InTheHeader", Spelling, (_, token) => token.Insert(20, inserted));
            yield return Row(
                $"{name}InTheSignature", Spelling, (_, token) => token.Insert(token.Length - 20, inserted));
        }

        yield return Row("OneCharacterMore", Spelling, (_, token) => token + "A");
        yield return Row("UrlEncoded", Compact, (_, token) => token.Replace(".", "%2E", StringComparison.Ordinal));
        yield return Row("Quoted", Compact, (_, token) => $"\"{token}\"");
        yield return Row("Reversed", Compact, (_, token) => string.Join('.', token.Split('.').Reverse()));
        yield return Row("WholeTokenInBase64", Compact, (_, token) => Jwt.Encode(token));
    }

    private static IEnumerable<TestCaseData> OfOtherParts()
    {
        yield return Row("TwoDots", Compact, (_, _) => "..");
        yield return Row("FourParts", Compact, (_, token) => token + ".");
        yield return Row("FiveParts", Compact, (_, token) => token + ".AAAA.AAAA");
        yield return Row("SixParts", Compact, (_, token) => token + ".." + token.Split('.')[2] + ".");
        yield return Row("LeadingDot", Compact, (_, token) => "." + token);
        yield return Row("HeaderMissing", Compact, (_, token) => Jwt.With(token, 0, _ => ""));
        yield return Row("PayloadMissing", Compact, (key, token) => key.Sign(token.Split('.')[0] + "."));
        yield return Row("OneWord", Compact, (_, _) => "undefined");
        yield return Row("TokenTwice", Compact, (_, token) => token + token);
        yield return Row("TokenTwiceWithADot", Compact, (_, token) => $"{token}.{token}");
        yield return Row("DotsAlone", "CVE-2025-30204", (_, _) => new string('.', 8000));
        yield return Row("JsonSerialization", "RFC 7515 7.2", (_, token) =>
            $"{{\"protected\":\"{token.Split('.')[0]}\",\"payload\":\"{token.Split('.')[1]}\",\"signature\":\"{token.Split('.')[2]}\"}}");
        yield return Row("JsonSerializationOfSeveral", "RFC 7515 7.2", (_, token) =>
            $"{{\"payload\":\"{token.Split('.')[1]}\",\"signatures\":[{{\"protected\":\"{token.Split('.')[0]}\",\"signature\":\"{token.Split('.')[2]}\"}}]}}");

        // The five parts of an encrypted token
        foreach (var (name, header) in new[]
        {
            ("Direct", "\"alg\":\"dir\",\"enc\":\"A128GCM\""),
            ("DirectCbc", "\"alg\":\"dir\",\"enc\":\"A128CBC-HS256\""),
            ("Rsa", "\"alg\":\"RSA-OAEP-256\",\"enc\":\"A256GCM\""),
            ("RsaOfOld", "\"alg\":\"RSA1_5\",\"enc\":\"A256GCM\""),
            ("Ecdh", "\"alg\":\"ECDH-ES\",\"enc\":\"A256GCM\",\"epk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}"), ("KeyWrap", "\"alg\":\"A128KW\",\"enc\":\"A128GCM\""),
        })
        {
            yield return Row($"Jwe{name}", Encrypted, (key, token) => Jwe(header, key, token));
        }

        yield return Row("JweOfPasswordAndManyRounds", "RFC 7518 4.8; OWASP API4:2023", (key, token) =>
            Jwe("\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A128GCM\",\"p2c\":2147483647,\"p2s\":\"AAAA\"", key, token));
        yield return Row(
            "JweCompressed",
            "RFC 8725 3.6; CVE-2024-21319",
            (key, token) => Jwe("\"alg\":\"dir\",\"enc\":\"A128GCM\",\"zip\":\"DEF\"", key, token));
        yield return Row(
            "JweOfASignedToken",
            Encrypted,
            (key, token) => Jwe("\"alg\":\"dir\",\"enc\":\"A128GCM\",\"cty\":\"JWT\"", key, token));
        yield return Row("JweNone", Encrypted, (key, token) => Jwe("\"alg\":\"none\",\"enc\":\"none\"", key, token));
        yield return Row(
            "JweUnderTheHeaderOfASignedToken", Encrypted, (key, token) => Jwe("\"alg\":\"ES256\"", key, token));
        yield return Row("JweHeaderOverThreeParts", Encrypted, (key, token) =>
            Signed(key, $"{{\"alg\":\"ES256\",\"enc\":\"A128GCM\",\"typ\":\"at+jwt\",\"kid\":\"{key.KeyId}\"}}",
                token));

        yield return Row("JustLargerThan8KiB", Large, (key, token) => OfLength(key, token, (8 * 1024) + 1));
        yield return Row(
            "LargerThan8KiB",
            Large,
            (key, token) => key.Resign(token, payload: claims => claims["x"] = new string('x', 8 * 1024)));
        yield return Row(
            "Of40KB",
            Large,
            (key, token) => key.Resign(token, payload: claims => claims["x"] = new string('x', 30_000)));
        yield return Row("Of40KBOfOneLetter", Large, (_, _) => new string('A', 40_000));
    }

    private static IEnumerable<TestCaseData> NoJson()
    {
        yield return Row("HeaderNoJson", NoObject, (key, token) => Signed(key, "nonsense", token));
        yield return Row("HeaderArray", NoObject, (key, token) => Signed(key, $"[{HeaderOf(key)}]", token));
        yield return Row("HeaderNull", NoObject, (key, token) => Signed(key, "null", token));
        yield return Row("HeaderEmptyObject", NoObject, (key, token) => Signed(key, "{}", token));
        yield return Row("HeaderWithMoreAfterIt", NoObject, (key, token) => Signed(key, HeaderOf(key) + "{}", token));
        yield return Row(
            "HeaderWithComment",
            "RFC 8259 2",
            (key, token) => Signed(key, $"{{{Header},\"kid\":\"{key.KeyId}\"/**/}}", token));
        yield return Row(
            "HeaderWithTrailingComma",
            "RFC 8259 4",
            (key, token) => Signed(key, $"{{{Header},\"kid\":\"{key.KeyId}\",}}", token));
        yield return Row("HeaderInSingleQuotes", "RFC 8259 7", (key, token) =>
            Signed(key, HeaderOf(key).Replace('"', '\''), token));
        yield return Row(
            "HeaderWithByteOrderMark", "RFC 8259 8.1", (key, token) => Signed(key, "\ufeff" + HeaderOf(key), token));
        yield return Row("HeaderInUtf16", Utf8, (key, token) =>
            key.Sign($"{Base64Url.EncodeToString(Encoding.Unicode.GetBytes(HeaderOf(key)))}.{token.Split('.')[1]}"));
        yield return Row(
            "HeaderNameLoneSurrogate",
            "RFC 8259 8.2",
            (key, token) => Signed(key, $"{{{Header},\"\\ud800\":\"{key.KeyId}\"}}", token));
        yield return Row(
            "HeaderValueLoneSurrogate",
            "RFC 8259 8.2",
            (key, token) => Signed(key, $"{{{Header},\"kid\":\"\\ud800\"}}", token));
        yield return Row(
            "HeaderDeeplyNested",
            "RFC 8259 9",
            (key, token) => Signed(key, $"{{{Header},\"kid\":{Nested(1000)}}}", token));
        yield return Row("PayloadArray", NoObject, (key, token) => Payload(key, token, _ => "[]"));
        yield return Row("PayloadOfAnArray", NoObject, (key, token) => Payload(key, token, json => $"[{json}]"));
        yield return Row("PayloadText", NoObject, (key, token) => Payload(key, token, _ => "\"sub\""));
        yield return Row("PayloadNull", NoObject, (key, token) => Payload(key, token, _ => "null"));
        yield return Row("PayloadEmpty", NoObject, (key, token) => Payload(key, token, _ => ""));
        yield return Row("PayloadEmptyObject", NoObject, (key, token) => Payload(key, token, _ => "{}"));
        yield return Row("PayloadWithMoreAfterIt", NoObject, (key, token) => Payload(key, token, json => json + "{}"));
        yield return Row("PayloadWithNulAfterIt", NoObject, (key, token) => Payload(key, token, json => json + "\0"));
        yield return Row("PayloadCompressed", NoObject, (key, token) =>
            key.Sign($"{token.Split('.')[0]}.{Base64Url.EncodeToString([0x78, 0x9c, 1, 2, 0, 0xfd, 0xff, 0x7b, 0x7d])}"));
        yield return Row(
            "PayloadDeeplyNested",
            "RFC 8259 9",
            (key, token) => Payload(key, token, json => json.Insert(1, $"\"x\":{Nested(1500)},")));
        yield return Row(
            "PayloadNameLoneSurrogate",
            "RFC 8259 8.2",
            (key, token) => Payload(key, token, json => json.Insert(1, "\"\\ud800\":1,")));
        yield return Row("PayloadInUtf16", Utf8, (key, token) =>
            key.Sign($"{token.Split('.')[0]}.{Base64Url.EncodeToString(Encoding.Unicode.GetBytes(Jwt.Payload(token).ToJsonString()))}"));
        yield return Row("PayloadNoUtf8", Utf8, (key, token) =>
            key.Sign($"{token.Split('.')[0]}.{Base64Url.EncodeToString([(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)',', .. Encoding.UTF8.GetBytes(Jwt.Payload(token).ToJsonString())[1..]])}"));
    }

    private static string Jwe(string header, ServiceKey key, string token) =>
        $"{Jwt.Encode($"{{{header},\"typ\":\"at+jwt\",\"kid\":\"{key.KeyId}\"}}")}..AAAAAAAAAAAAAAAA.{token.Split('.')[1]}.AAAAAAAAAAAAAAAAAAAAAA";

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    private static string Padded(string json)
    {
        var padded = Convert.ToBase64String(Encoding.UTF8.GetBytes(json.Length % 3 == 0 ? json + " " : json));
        return padded.Replace('+', '-').Replace('/', '_');
    }

    /// <summary>
    /// Base64url whose last character has unused bits: with white space after the JSON where it needs some.
    /// </summary>
    private static string Unaligned(string json)
    {
        while (Encoding.UTF8.GetByteCount(json) % 3 == 0)
        {
            json += " ";
        }

        return Jwt.Encode(json);
    }
}
