using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CleanJwt;

/// <summary>
/// Takes JWTs apart and puts them together by hand: no library may stand between a test and what is on the wire.
/// </summary>
internal static class Jwt
{
    public static JsonObject Header(string token) => Part(token, 0);

    public static JsonObject Payload(string token) => Part(token, 1);

    public static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    /// <summary>The token with one of its three parts changed.</summary>
    public static string With(string token, int part, Func<string, string> change)
    {
        var parts = token.Split('.');
        parts[part] = change(parts[part]);
        return string.Join('.', parts);
    }

    /// <summary>The token with its claims changed under the signature that it had.</summary>
    public static string WithClaims(string token, Action<JsonObject> change)
    {
        var claims = Payload(token);
        change(claims);
        return With(token, 1, _ => Encode(claims.ToJsonString()));
    }

    /// <summary>Another spelling of the same bytes: the bits of the last character that no byte uses are set.</summary>
    public static string NonCanonical(string part)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        Assert.That(part.Length % 4, Is.Not.Zero.And.Not.EqualTo(1), "this part has no unused bits");
        return part[..^1] + Alphabet[Alphabet.IndexOf(part[^1], StringComparison.Ordinal) + 1];
    }

    private static JsonObject Part(string token, int part) =>
        JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[part]))!.AsObject();
}

/// <summary>The names in a JSON object, in its order.</summary>
internal static class JsonNames
{
    public static IEnumerable<string> Names(this JsonElement json) =>
        json.EnumerateObject().Select(member => member.Name);

    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
