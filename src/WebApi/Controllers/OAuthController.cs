using System.Text.Json.Serialization;
using CleanJwt.Application.Clients;
using CleanJwt.Application.Ports;
using CleanJwt.WebApi.Authentication;
using CleanJwt.WebApi.Errors;
using CleanJwt.WebApi.Http;
using Mediator;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace CleanJwt.WebApi.Controllers;

/// <summary>For other services, which authenticate by HTTP Basic with an id and a secret of <c>Clients</c>.</summary>
[ApiController]
[Authorize(AuthenticationSchemes = BasicClientHandler.SchemeName)]
[Route("oauth")]
public sealed class OAuthController(ISender sender, IIssuerMetadata metadata) : ControllerBase
{
    /// <summary>Introspect a token (RFC 7662)</summary>
    /// <remarks>An access or a refresh token. One that is unknown, expired or revoked is just not active. Access tokens cost no database lookup.</remarks>
    [HttpPost("introspect")]
    [Consumes(OAuthFormAttribute.MediaType)]
    [ProducesResponseType<IntrospectionResponse>(StatusCodes.Status200OK)]
    [ProducesResponseType<OAuthError>(StatusCodes.Status400BadRequest)]
    public async Task<ActionResult> Introspect([OAuthForm] string token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new IntrospectQuery(token), cancellationToken);
        return result.ToActionResult(introspection => Ok(IntrospectionResponse.From(introspection, metadata)));
    }

    /// <summary>Revoke a token (RFC 7009)</summary>
    /// <remarks>Ends the session of an access or a refresh token. Answers 200 also for what is no token.</remarks>
    [HttpPost("revoke")]
    [Consumes(OAuthFormAttribute.MediaType)]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType<OAuthError>(StatusCodes.Status400BadRequest)]
    public async Task<ActionResult> Revoke([OAuthForm] string token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new RevokeTokenCommand(token), cancellationToken);
        return result.ToActionResult(_ => Ok());
    }
}

/// <summary>What a token says (RFC 7662, section 2.2). Of one that is not active, nothing else.</summary>
public sealed record IntrospectionResponse(bool Active)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Scope { get; init; }

    [JsonPropertyName("client_id")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ClientId { get; init; }

    /// <summary><c>Bearer</c>, of an access token.</summary>
    [JsonPropertyName("token_type")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TokenType { get; init; }

    /// <summary>In seconds since 1970. Of a refresh token, the end of its session unless it is refreshed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Exp { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Iss { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Aud { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? Sub { get; init; }

    /// <summary>The session's id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? Sid { get; init; }

    [JsonPropertyName("auth_time")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? AuthTime { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Roles { get; init; }

    internal static IntrospectionResponse From(Introspection introspection, IIssuerMetadata metadata) => introspection switch
    {
        { AccessToken: { } token } => new(true)
        {
            Scope = token.Scope.ToString(),
            ClientId = metadata.ClientId,
            TokenType = "Bearer",
            Exp = token.ExpiresAt.ToUnixTimeSeconds(),
            Iss = metadata.Issuer,
            Aud = metadata.Audience,
            Sub = token.AccountId,
            Sid = token.SessionId,
            AuthTime = token.AuthTime.ToUnixTimeSeconds(),
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
        },
        _ => new(false),
    };
}
