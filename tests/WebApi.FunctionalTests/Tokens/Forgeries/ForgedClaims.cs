using System.Text.Json.Nodes;
using static CleanJwt.WebApi.FunctionalTests.Tokens.Forgeries.Forgery;

namespace CleanJwt.WebApi.FunctionalTests.Tokens.Forgeries;

/// <summary>Tokens that say too little, too much, or what is not for this service. All have a good signature.</summary>
internal static class ForgedClaims
{
    private const string Required = "RFC 9068 2.2";
    private const string Issuer = "RFC 8725 3.8; RFC 9068 4";
    private const string Audience = "RFC 8725 3.9; RFC 9068 4";
    private const string Time = "RFC 7519 2";

    // Who defines each claim.
    private static readonly Dictionary<string, string> Definitions = new()
    {
        ["iss"] = "RFC 7519 4.1.1",
        ["aud"] = "RFC 7519 4.1.3",
        ["sub"] = "RFC 7519 4.1.2",
        ["client_id"] = "RFC 8693 4.3",
        ["iat"] = "RFC 7519 4.1.6",
        ["nbf"] = "RFC 7519 4.1.5",
        ["exp"] = "RFC 7519 4.1.4",
        ["jti"] = "RFC 7519 4.1.7",
        ["sid"] = "the contract",
        ["scope"] = "RFC 8693 4.2",
        ["auth_time"] = "RFC 9068 2.2.1",
        ["amr"] = "RFC 9068 2.2.1",
    };

    public static IEnumerable<TestCaseData> Rows() => [.. OfOddTypes(), .. ForSomebodyElse(), .. Twice()];

    private static IEnumerable<TestCaseData> OfOddTypes()
    {
        foreach (var (claim, definition) in Definitions)
        {
            yield return Row(
                $"{claim}Missing",
                claim is "sid" or "nbf" or "scope" or "auth_time" or "amr" ? "the contract" : Required,
                (key, token) => key.Resign(token, payload: claims => claims.Remove(claim)));
            yield return Row($"{claim}Null", definition, Says(claim, () => null));
            yield return Row($"{claim}Object", definition, Says(claim, () => new JsonObject()));
            yield return Row($"{claim}True", definition, Says(claim, () => true));
            yield return Row($"{claim}InUpperCase", "RFC 7519 7.3", (key, token) => key.Resign(token, payload: claims =>
            {
                claims[claim.ToUpperInvariant()] = claims[claim]!.DeepClone();
                claims.Remove(claim);
            }));
        }

        foreach (var time in new[] { "iat", "nbf", "exp", "auth_time" })
        {
            yield return Row(
                $"{time}Text",
                Time,
                (key, token) => key.Resign(token, payload: claims => claims[time] = claims[time]!.ToString()));
            yield return Row($"{time}Date", Time, Says(time, () => "2126-01-02T03:04:05Z"));
            yield return Row($"{time}Array", Time, (key, token) =>
                key.Resign(token, payload: claims => claims[time] = new JsonArray(claims[time]!.DeepClone())));
            yield return Row($"{time}Negative", Time, Says(time, () => -1));
            yield return Row($"{time}BeyondAllYears", Time, Says(time, () => long.MaxValue));
            yield return Row($"{time}InMilliseconds", Time, (key, token) =>
                key.Resign(token, payload: claims => claims[time] = claims[time]!.GetValue<long>() * 1000));
            foreach (var (name, number) in new[] { ("BeyondAllNumbers", "1e400"),
                ("BeyondAllIntegers", "99999999999999999999"), ("NotANumber", "NaN"), ("Infinite", "Infinity"),
                ("InHex", "0x7fffffff"), ("WithLeadingZeros", "00") })
            {
                yield return Row($"{time}{name}", Time, (key, token) =>
                    Payload(key, token, json =>
                        json.Replace($"\"{time}\":", $"\"{time}\":{number},\"x\":", StringComparison.Ordinal)));
            }
        }

        foreach (var id in new[] { "sub", "sid" })
        {
            foreach (var (name, value) in new (string, Func<JsonNode>)[]
            {
                ("Number", () => 42), ("Empty", () => ""), ("NoUuid", () => "ada"), ("WhiteSpace", () => " "),
                ("Sql", () => "' OR '1'='1"), ("Path", () => "../../me"), ("Nul", () => "\0"),
                ("Long", () => new string('0', 4096)),
            })
            {
                yield return Row($"{id}{name}", Definitions[id], Says(id, value));
            }

            yield return Row(
                $"{id}InBraces",
                Definitions[id],
                (key, token) => key.Resign(token, payload: claims => claims[id] = $"{{{claims[id]}}}"));
            yield return Row($"{id}WithoutDashes", Definitions[id], (key, token) =>
                key.Resign(token, payload: claims =>
                    claims[id] = claims[id]!.ToString().Replace("-", "", StringComparison.Ordinal)));
            yield return Row(
                $"{id}WithANulAfterIt",
                Definitions[id],
                (key, token) => key.Resign(token, payload: claims => claims[id] = claims[id] + "\0"));
            yield return Row($"{id}Array", Definitions[id], (key, token) =>
                key.Resign(token, payload: claims => claims[id] = new JsonArray(claims[id]!.ToString())));
            yield return Row($"{id}LoneSurrogate", "RFC 8259 8.2", (key, token) =>
                Payload(key, token, json =>
                    json.Replace($"\"{id}\":\"", $"\"{id}\":\"\\ud800", StringComparison.Ordinal)));
        }

        yield return Row("ScopeArray", Definitions["scope"], Says("scope", () => new JsonArray("account:read")));
        yield return Row("ScopeNumber", Definitions["scope"], Says("scope", () => 42));
        yield return Row("RolesText", "RFC 9068 2.2.3.1", Says("roles", () => "admin"));
        yield return Row("RolesOfNumbers", "RFC 9068 2.2.3.1", Says("roles", () => new JsonArray(1)));
        yield return Row(
            "RolesOfRoles", "RFC 9068 2.2.3.1", Says("roles", () => new JsonArray(new JsonArray("admin"))));
        yield return Row("RolesNull", "RFC 9068 2.2.3.1", Says("roles", () => null));
    }

    private static IEnumerable<TestCaseData> ForSomebodyElse()
    {
        foreach (var issuer in new[] { "http://localhost:5081", "http://localhost:5080/", "HTTP://localhost:5080",
            "http://localhost:5080 ", "https://localhost:5080", "http://localhost", "http://127.0.0.1:5080",
            "http://localhost:5080@evil.example.com", "http://localhost:5080.evil.example.com", "" })
        {
            yield return Row($"Issuer[{issuer}]", Issuer, Says("iss", () => issuer));
        }

        yield return Row("IssuerArray", Issuer, Says("iss", () => new JsonArray("http://localhost:5080")));
        foreach (var audience in new[] { "another-api", "cleanjwt-api/", "CleanJwt-Api", " cleanjwt-api",
            "cleanjwt-api another-api", "cleanjwt-api,another-api", "cleanjwt", "http://localhost:5080", "*", "" })
        {
            yield return Row($"Audience[{audience}]", Audience, Says("aud", () => audience));
        }

        // RFC 7519 lets an audience be a list; this service writes none, and one more that could be sent to two is one
        // that either could use against the other.
        yield return Row("AudienceArray", "the contract", Says("aud", () => new JsonArray("cleanjwt-api")));
        yield return Row(
            "AudienceAmongOthers", Audience, Says("aud", () => new JsonArray("another-api", "cleanjwt-api")));
        yield return Row(
            "AudienceBeforeOthers", Audience, Says("aud", () => new JsonArray("cleanjwt-api", "another-api")));
        yield return Row("AudienceOfOthers", Audience, Says("aud", () => new JsonArray("another-api")));
        yield return Row("AudienceOfNobody", Audience, Says("aud", () => new JsonArray()));
        yield return Row("AudienceOfNull", Audience, Says("aud", () => new JsonArray((JsonNode?)null)));
        yield return Row("IssuedInTheFuture", "RFC 7519 4.1.6", Later("iat", 31));
        yield return Row("IssuedInAnotherCentury", "RFC 7519 4.1.6", Later("iat", 4_000_000_000));
        yield return Row("NotYetValid", "RFC 7519 4.1.5", Later("nbf", 31));
        yield return Row("NotValidForACentury", "RFC 7519 4.1.5", Later("nbf", 4_000_000_000));

        // A token of the same key for something else, such as OpenID Connect's for clients
        yield return Row("IdToken", "RFC 8725 2.8; RFC 8725 3.12", (key, token) =>
            key.Resign(token, header => header["typ"] = "JWT", claims =>
                (claims["aud"], claims["nonce"]) = ("cleanjwt", "x")));
        yield return Row("LogoutToken", "RFC 8725 2.8; RFC 8725 3.12", (key, token) =>
            key.Resign(token, header => header["typ"] = "logout+jwt", claims => claims["events"] = new JsonObject()));
    }

    private static IEnumerable<TestCaseData> Twice()
    {
        foreach (var (claim, other) in new[]
        {
            ("iss", "\"x\""), ("aud", "\"x\""), ("sub", $"\"{Guid.NewGuid()}\""), ("sid", $"\"{Guid.NewGuid()}\""),
            ("exp", "99999999999"), ("nbf", "1"), ("iat", "1"), ("auth_time", "99999999999"),
            ("scope", "\"users:write\""), ("jti", "\"x\""),
        })
        {
            yield return Row(
                $"{claim}Twice",
                "RFC 7519 4; RFC 7515 10.12",
                (key, token) => Payload(key, token, json => json.Insert(1, $"\"{claim}\":{other},")));
            yield return Row(
                $"{claim}TwiceAfterwards",
                "RFC 7519 4; RFC 7515 10.12",
                (key, token) => Payload(key, token, json => json.Insert(json.Length - 1, $",\"{claim}\":{other}")));
        }

        yield return Row(
            "SubTwiceByEscape",
            "RFC 7519 4; RFC 7515 10.12",
            (key, token) => Payload(key, token, json => json.Insert(1, $"\"s\\u0075b\":\"{Guid.NewGuid()}\",")));
        yield return Row(
            "UnknownClaimTwice",
            "RFC 7519 4; RFC 7515 10.12",
            (key, token) => Payload(key, token, json => json.Insert(1, "\"x\":1,\"x\":1,")));
        yield return Row(
            "RolesTwice",
            "RFC 7519 4; RFC 7515 10.12",
            (key, token) => Payload(key, token, json => json.Insert(1, "\"roles\":[],\"roles\":[\"admin\"],")));
    }

    private static Func<ServiceKey, string, string> Says(string claim, Func<JsonNode?> value) =>
        (key, token) => key.Resign(token, payload: claims => claims[claim] = value());

    private static Func<ServiceKey, string, string> Later(string claim, long seconds) =>
        (key, token) => key.Resign(token, payload: claims => claims[claim] = claims[claim]!.GetValue<long>() + seconds);
}
