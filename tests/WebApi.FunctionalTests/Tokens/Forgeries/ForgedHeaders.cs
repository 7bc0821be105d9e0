using System.Text.Json.Nodes;
using static CleanJwt.WebApi.FunctionalTests.Tokens.Forgeries.Forgery;

namespace CleanJwt.WebApi.FunctionalTests.Tokens.Forgeries;

/// <summary>Tokens of another kind, and such as want to be read by other rules. All have a good signature.</summary>
internal static class ForgedHeaders
{
    private const string Kind = "RFC 8725 3.11; RFC 9068 4";
    private const string Critical = "RFC 7515 4.1.11";
    private const string Unencoded = "RFC 7797";
    private const string Twice = "RFC 7515 4; RFC 7515 10.12";

    public static IEnumerable<TestCaseData> Rows()
    {
        foreach (var type in new[]
        {
            "JWT", "jwt", "at+jwt ", " at+jwt", "at+jwt; charset=utf-8", "at+jwt,JWT", "at+jwt+x", "at+jwt\0",
            "application/jwt", "application/at+jwt ", "text/at+jwt", "application/", "at jwt",
            "id+jwt", "logout+jwt", "secevent+jwt", "dpop+jwt", "rt+jwt", "token-introspection+jwt", "JOSE",
            "JOSE+JSON", "",
        })
        {
            yield return Row($"Typ[{type}]", Kind, (key, token) => key.Resign(token, header => header["typ"] = type));
        }

        yield return Row("TypMissing", Kind, (key, token) => key.Resign(token, header => header.Remove("typ")));
        yield return Row("TypNull", Kind, (key, token) => key.Resign(token, header => header["typ"] = null));
        yield return Row("TypNumber", Kind, (key, token) => key.Resign(token, header => header["typ"] = 1));
        yield return Row(
            "TypArray", Kind, (key, token) => key.Resign(token, header => header["typ"] = new JsonArray("at+jwt")));
        yield return Row(
            "TypInTheClaims",
            Kind,
            (key, token) => key.Resign(token, header => header.Remove("typ"), claims => claims["typ"] = "at+jwt"));

        foreach (var (name, crit) in new (string, Func<JsonNode?>)[]
        {
            ("Unknown", () => new JsonArray("exp")), ("Invented", () => new JsonArray("http://example.com/UNDEFINED")),
            ("Known", () => new JsonArray("alg")), ("Empty", () => new JsonArray()), ("Null", () => null),
            ("Text", () => "exp"), ("Object", () => new JsonObject()), ("OfNumbers", () => new JsonArray(1)),
            ("OfNull", () => new JsonArray((JsonNode?)null)), ("Twice", () => new JsonArray("exp", "exp")),
            ("OfAnAbsentOne", () => new JsonArray("x")),
        })
        {
            yield return Row(
                $"Crit{name}",
                Critical,
                (key, token) => key.Resign(token, header => (header["crit"], header["exp"]) = (crit(), 1)));
        }

        yield return Row(
            "CritAlone", Critical, (key, token) => key.Resign(token, header => header["crit"] = new JsonArray("exp")));
        yield return Row("B64False", Unencoded, (key, token) =>
            key.Resign(token, header => (header["crit"], header["b64"]) = (new JsonArray("b64"), false)));
        yield return Row(
            "B64FalseWithoutCrit", Unencoded, (key, token) => key.Resign(token, header => header["b64"] = false));
        yield return Row("B64True", Unencoded, (key, token) =>
            key.Resign(token, header => (header["crit"], header["b64"]) = (new JsonArray("b64"), true)));
        yield return Row("B64FalseAndThePayloadAsItIs", Unencoded, (key, token) =>
            key.Sign($"{Jwt.Encode($"{{{Header},\"kid\":\"{key.KeyId}\",\"crit\":[\"b64\"],\"b64\":false}}")}.{Jwt.Payload(token).ToJsonString()}"));
        yield return Row("B64FalseAndThePayloadElsewhere", "RFC 7797; RFC 7515 7.1", (key, token) =>
            Jwt.With(key.Sign($"{Jwt.Encode($"{{{Header},\"kid\":\"{key.KeyId}\",\"crit\":[\"b64\"],\"b64\":false}}")}.{Jwt.Payload(token).ToJsonString().Replace(".", "", StringComparison.Ordinal)}"), 1, _ => ""));
        yield return Row(
            "Zip", "RFC 8725 3.6; CVE-2024-21319", (key, token) => key.Resign(token, header => header["zip"] = "DEF"));

        // A token within a token
        yield return Row("Cty", "RFC 7519 5.2", (key, token) => key.Resign(token, header => header["cty"] = "JWT"));
        yield return Row("NestedToken", "RFC 7519 5.2; RFC 8725 2.3", (key, token) =>
            key.Sign($"{Jwt.Encode($"{{{Header},\"cty\":\"JWT\",\"kid\":\"{key.KeyId}\"}}")}.{Jwt.Encode(token)}"));
        yield return Row(
            "NestedTokenWithoutCty", "RFC 7519 5.2; RFC 8725 2.3", (key, token) => key.Sign(HeaderOf(key), token));
        yield return Row(
            "NestedTokenAsText", "RFC 7519 5.2; RFC 8725 2.3", (key, token) => key.Sign(HeaderOf(key), $"\"{token}\""));
        yield return Row(
            "ClaimsInTheHeader",
            "RFC 7519 5.3",
            (key, token) => key.Resign(token, header => header["iss"] = Jwt.Payload(token)["iss"]!.DeepClone()));

        // What no standard forbids, but this service never writes
        foreach (var member in new[] { "x", "ALG", "Typ", "kId", "nonce", "ver", "jti", "epk", "enc", "p2c", "iv",
            "__proto__" })
        {
            yield return Row(
                $"Member[{member}]", "the contract", (key, token) => key.Resign(token, header => header[member] = "x"));
        }

        // Members that occur twice: readers differ on which one counts
        yield return Row(
            "AlgTwice",
            Twice,
            (key, token) => Signed(key, $"{{\"alg\":\"none\",{Header},\"kid\":\"{key.KeyId}\"}}", token));
        yield return Row(
            "AlgTwiceAfterwards",
            Twice,
            (key, token) => Signed(key, $"{{{Header},\"kid\":\"{key.KeyId}\",\"alg\":\"none\"}}", token));
        yield return Row(
            "AlgTwiceTheSame",
            Twice,
            (key, token) => Signed(key, $"{{\"alg\":\"ES256\",{Header},\"kid\":\"{key.KeyId}\"}}", token));
        yield return Row(
            "AlgTwiceByEscape",
            Twice,
            (key, token) => Signed(key, $"{{\"\\u0061lg\":\"none\",{Header},\"kid\":\"{key.KeyId}\"}}", token));
        yield return Row(
            "KidTwice",
            Twice,
            (key, token) => Signed(key, $"{{{Header},\"kid\":\"x\",\"kid\":\"{key.KeyId}\"}}", token));
        yield return Row(
            "TypTwice",
            Twice,
            (key, token) => Signed(key, $"{{\"typ\":\"JWT\",{Header},\"kid\":\"{key.KeyId}\"}}", token));
    }
}
