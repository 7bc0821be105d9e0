using System.Text.Json;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Infrastructure.Tokens;

/// <summary>Accepts only tokens of the exact form that this service writes. It does not verify signatures.</summary>
/// <remarks>
/// It runs before the JWT library, which accepts an unknown <c>crit</c>, duplicate members, a missing <c>kid</c>,
/// claims of wrong types and more (RFC 8725, sections 2 and 3).
/// </remarks>
internal static class AccessTokenGate
{
    /// <summary>The maximum length of a token in characters.</summary>
    public const int MaxLength = 8 * 1024;

    private const long MaxUnixSeconds = 253_402_300_799; // the end of the year 9999

    // The header and the claims are objects that hold at most arrays of strings.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 2 };

    /// <returns>The token's unverified claims. Null when the token does not have the right form.</returns>
    public static ClaimedAccessToken? Read(string token)
    {
        if (token.Length > MaxLength || token.Split('.') is not [var header, var payload, var signature])
        {
            return null;
        }

        if (CanonicalBase64Url.Decode(header) is not { } headerBytes
            || CanonicalBase64Url.Decode(payload) is not { } payloadBytes
            || CanonicalBase64Url.Decode(signature) is null)
        {
            return null;
        }

        try
        {
            using var headerJson = JsonDocument.Parse(headerBytes, Strict);
            using var payloadJson = JsonDocument.Parse(payloadBytes, Strict);
            return Read(headerJson.RootElement, payloadJson.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // InvalidOperationException: a member name with half a surrogate pair
        }
    }

    private static ClaimedAccessToken? Read(JsonElement header, JsonElement claims)
    {
        if (header.ValueKind != JsonValueKind.Object || claims.ValueKind != JsonValueKind.Object
            || header.GetPropertyCount() != 3
            || Text(header, "alg") is not { } algorithm
            || Text(header, "typ") is not { } type
            || Text(header, "kid") is not { } keyId
            || Text(claims, "iss") is null
            || Text(claims, "aud") is null
            || Text(claims, "client_id") is null
            || Text(claims, "jti") is not { } id
            || Id(claims, "sub") is not { } accountId
            || Id(claims, "sid") is not { } sessionId
            || Text(claims, "scope") is not { } scope
            || Time(claims, "iat") is not { } issuedAt
            || Time(claims, "nbf") is not { } notBefore
            || Time(claims, "exp") is not { } expiresAt
            || Time(claims, "auth_time") is not { } authTime
            || !TryGetAcr(claims, out var acr)
            || Texts(claims, "amr") is not { } amr
            || Texts(claims, "roles", optional: true) is not { } roles)
        {
            return null;
        }

        return new ClaimedAccessToken(
            algorithm,
            type,
            keyId,
            new AccessToken(
                accountId, sessionId, ScopeSet.ParseKnown(scope), roles, authTime, expiresAt, id, issuedAt, notBefore)
            {
                Acr = acr,
                Amr = amr,
            });
    }

    /// <summary>Reads what the owner proved. A token of an older version lacks the claim.</summary>
    /// <returns>False when the claim is not a text.</returns>
    private static bool TryGetAcr(JsonElement claims, out Acr acr)
    {
        acr = AcrNames.Parse(Text(claims, "acr"));
        return !claims.TryGetProperty("acr", out var claim) || Text(claim) is not null;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? Text(value) : null;

    private static string? Text(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // an escape for half a surrogate pair
        }
    }

    private static Guid? Id(JsonElement element, string name) =>
        Guid.TryParseExact(Text(element, name), "D", out var id) ? id : null;

    private static DateTimeOffset? Time(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var seconds)
        && seconds is >= 0 and <= MaxUnixSeconds
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static string[]? Texts(JsonElement element, string name, bool optional = false)
    {
        if (!element.TryGetProperty(name, out var value))
        {
            return optional ? [] : null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var texts = value.EnumerateArray().Select(Text).OfType<string>().ToArray();
        return texts.Length == value.GetArrayLength() ? texts : null;
    }
}

/// <summary>The claims of a well-formed token whose signature is not verified yet.</summary>
internal sealed record ClaimedAccessToken(
    string Algorithm, string Type, string KeyId, AccessToken Token);
