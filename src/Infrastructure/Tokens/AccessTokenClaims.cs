using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Infrastructure.Tokens;

/// <summary>The claims of an access token (RFC 9068, section 2.2). Times are seconds since 1970.</summary>
internal sealed record AccessTokenClaims
{
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a token is never put into HTML
    };

    public required string Iss { get; init; }

    public required string Aud { get; init; }

    public required long Exp { get; init; }

    public required long Iat { get; init; }

    public required long Nbf { get; init; }

    public required Guid Sub { get; init; }

    public required string ClientId { get; init; }

    public required Guid Jti { get; init; }

    public required Guid Sid { get; init; }

    public required string Scope { get; init; }

    public required long AuthTime { get; init; }

    /// <summary>What the authentication proved (RFC 9470): one of <see cref="AcrNames"/>.</summary>
    public required string Acr { get; init; }

    /// <summary>The authentication methods (RFC 8176).</summary>
    public required string[] Amr { get; init; }

    /// <summary>The account's roles. Null omits the claim.</summary>
    public required string[]? Roles { get; init; }
}
