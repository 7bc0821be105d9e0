using System.Text.Json.Serialization;
using CleanJwt.Application.Clients;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Sessions;
using CleanJwt.WebApi.Authentication;
using CleanJwt.WebApi.Errors;
using CleanJwt.WebApi.Http;
using Mediator;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace CleanJwt.WebApi.Controllers;

/// <summary>
/// Introspects and revokes tokens for other services. They authenticate by HTTP Basic with an id and a secret of
/// <c>Clients</c>.
/// </summary>
[ApiController]
[Authorize(AuthenticationSchemes = BasicClientHandler.SchemeName)]
[Route("oauth")]
public sealed class OAuthController(ISender sender, IIssuerMetadata metadata) : ControllerBase
{
    /// <summary>Introspect a token (RFC 7662)</summary>
    /// <remarks>
    /// Takes an access token or a refresh token. A token that is unknown, expired or revoked is reported as inactive.
    /// Access tokens need no database lookup.
    /// </remarks>
    [HttpPost("introspect", Name = "introspectToken")]
    [Consumes(OAuthFormAttribute.MediaType)]
    [ProducesResponseType<IntrospectionResponse>(StatusCodes.Status200OK)]
    [ProducesResponseType<OAuthError>(StatusCodes.Status400BadRequest)]
    public async Task<ActionResult> Introspect([OAuthForm] string token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new IntrospectQuery(token), cancellationToken);
        return result.ToActionResult(introspection => Ok(IntrospectionResponse.From(introspection, metadata)));
    }

    /// <summary>Revoke a token (RFC 7009)</summary>
    /// <remarks>
    /// Ends the session of an access token or a refresh token. The answer is 200 even if the value is no token.
    /// </remarks>
    [HttpPost("revoke", Name = "revokeToken")]
    [Consumes(OAuthFormAttribute.MediaType)]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType<OAuthError>(StatusCodes.Status400BadRequest)]
    public async Task<ActionResult> Revoke([OAuthForm] string token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new RevokeTokenCommand(token), cancellationToken);
        return result.ToActionResult(_ => Ok());
    }
}

/// <summary>The content of a token (RFC 7662, section 2.2). For an inactive token, only <c>active</c> is set.</summary>
/// <param name="Active">Whether the token is valid now.</param>
public sealed record IntrospectionResponse(bool Active)
{
    /// <summary>The scopes, separated by spaces.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Scope { get; init; }

    /// <summary>The client that the token was issued to: the value of <c>Jwt:ClientId</c>.</summary>
    [JsonPropertyName("client_id")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ClientId { get; init; }

    /// <summary><c>Bearer</c> for an access token. Absent for a refresh token.</summary>
    [JsonPropertyName("token_type")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TokenType { get; init; }

    /// <summary>
    /// The time of expiry, in seconds since 1970. For a refresh token, the session ends then unless it is refreshed.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Exp { get; init; }

    /// <summary>The time at which an access token was issued, in seconds since 1970.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Iat { get; init; }

    /// <summary>The time from which an access token is valid, in seconds since 1970.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Nbf { get; init; }

    /// <summary>The id of an access token.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Jti { get; init; }

    /// <summary>The issuer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Iss { get; init; }

    /// <summary>The audience of an access token.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Aud { get; init; }

    /// <summary>The id of the account.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? Sub { get; init; }

    /// <summary>The id of the session.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? Sid { get; init; }

    /// <summary>The time at which the owner last authenticated, in seconds since 1970.</summary>
    [JsonPropertyName("auth_time")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? AuthTime { get; init; }

    /// <summary>What the owner proved then, such as <c>urn:cleanjwt:acr:two-factor</c> (RFC 9470).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Acr { get; init; }

    /// <summary>The methods of that authentication (RFC 8176).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Amr { get; init; }

    /// <summary>The roles in an access token. Absent when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Roles { get; init; }

    internal static IntrospectionResponse From(Introspection introspection, IIssuerMetadata metadata) =>
        introspection switch
        {
            { AccessToken: { } token } => new(true)
            {
                Scope = token.Scope.ToString(),
                ClientId = metadata.ClientId,
                TokenType = "Bearer",
                Exp = token.ExpiresAt.ToUnixTimeSeconds(),
                Iat = token.IssuedAt.ToUnixTimeSeconds(),
                Nbf = token.NotBefore.ToUnixTimeSeconds(),
                Jti = token.Id,
                Iss = metadata.Issuer,
                Aud = metadata.Audience,
                Sub = token.AccountId,
                Sid = token.SessionId,
                AuthTime = token.AuthTime.ToUnixTimeSeconds(),
                Acr = AcrNames.Of(token.Acr),
                Amr = token.Amr,
                Roles = token.Roles.Count == 0 ? null : token.Roles,
            },
            { Session: { } session } => new(true)
            {
                Scope = session.Scope.ToString(),
                ClientId = metadata.ClientId,
                Exp = session.ExpiresAt.ToUnixTimeSeconds(),
                Iss = metadata.Issuer,
                Sub = session.AccountId,
                Sid = session.Id,
                AuthTime = session.AuthTime.ToUnixTimeSeconds(),
                Acr = AcrNames.Of(session.Acr),
                Amr = session.Amr.Split(' '),
            },
            _ => new(false),
        };
}
