using System.Text.Json.Serialization;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace CleanJwt.WebApi.Controllers;

/// <summary>
/// Publishes the keys and the metadata by which other services verify access tokens. Needs no database.
/// </summary>
[ApiController]
[AllowAnonymous]
[Route(".well-known")]
public sealed class WellKnownController(IIssuerMetadata metadata) : ControllerBase
{
    /// <summary>Public keys (RFC 7517)</summary>
    [HttpGet("jwks.json", Name = "getKeys")]
    [ProducesResponseType<JsonWebKeySet>(StatusCodes.Status200OK)]
    public ActionResult GetKeys() => Cacheable(JsonWebKeySet.From(metadata));

    /// <summary>Metadata (RFC 8414)</summary>
    /// <remarks>Names the address of the keys, the endpoints for other services and the scopes.</remarks>
    [HttpGet("openid-configuration", Name = "getOpenIdConfiguration")]
    [HttpGet("oauth-authorization-server", Name = "getAuthorizationServerMetadata")]
    [ProducesResponseType<AuthorizationServerMetadata>(StatusCodes.Status200OK)]
    public ActionResult GetMetadata() => Cacheable(AuthorizationServerMetadata.From(metadata));

    private OkObjectResult Cacheable(object document)
    {
        Response.Headers.CacheControl = "public, max-age=300";
        return Ok(document);
    }
}

/// <summary>The public keys of the service (RFC 7517).</summary>
/// <param name="Keys">
/// The signing key, then the keys that will sign next, then the retired keys whose tokens may still be valid.
/// </param>
public sealed record JsonWebKeySet(IReadOnlyList<JsonWebKey> Keys)
{
    internal static JsonWebKeySet From(IIssuerMetadata metadata) =>
        new([.. metadata.PublicKeys.Select(JsonWebKey.From)]);
}

/// <summary>
/// A public key (RFC 7517). The key of an elliptic curve has a curve and a point. An RSA key has two numbers.
/// </summary>
/// <param name="Kty"><c>EC</c> or <c>RSA</c>.</param>
/// <param name="Use">Always <c>sig</c>.</param>
/// <param name="Alg">The algorithm of the signatures, such as <c>ES256</c>.</param>
/// <param name="Kid">The id of the key, as in the header of a token.</param>
public sealed record JsonWebKey(string Kty, string Use, string Alg, string Kid)
{
    /// <summary>The curve.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Crv { get; init; }

    /// <summary>The x coordinate of the point.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? X { get; init; }

    /// <summary>The y coordinate of the point.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Y { get; init; }

    /// <summary>The modulus.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? N { get; init; }

    /// <summary>The exponent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? E { get; init; }

    internal static JsonWebKey From(PublicKey key) => new(key.KeyType, "sig", key.Algorithm, key.KeyId)
    {
        Crv = key.Parameters.GetValueOrDefault("crv"),
        X = key.Parameters.GetValueOrDefault("x"),
        Y = key.Parameters.GetValueOrDefault("y"),
        N = key.Parameters.GetValueOrDefault("n"),
        E = key.Parameters.GetValueOrDefault("e"),
    };
}

/// <summary>
/// The metadata of the service (RFC 8414, OpenID Connect Discovery). Both require some members that are empty here or
/// hold the minimum, because there is no OAuth authorization endpoint and no token endpoint.
/// </summary>
public sealed record AuthorizationServerMetadata
{
    /// <summary>The <c>iss</c> of every token.</summary>
    [JsonPropertyName("issuer")]
    public required string Issuer { get; init; }

    /// <summary>The address of the public keys.</summary>
    [JsonPropertyName("jwks_uri")]
    public required string JwksUri { get; init; }

    /// <summary>The address for introspecting tokens (RFC 7662).</summary>
    [JsonPropertyName("introspection_endpoint")]
    public required string IntrospectionEndpoint { get; init; }

    /// <summary>The ways in which another service authenticates there.</summary>
    [JsonPropertyName("introspection_endpoint_auth_methods_supported")]
    public required IReadOnlyList<string> IntrospectionEndpointAuthMethodsSupported { get; init; }

    /// <summary>The address for revoking tokens (RFC 7009).</summary>
    [JsonPropertyName("revocation_endpoint")]
    public required string RevocationEndpoint { get; init; }

    /// <summary>The ways in which another service authenticates there.</summary>
    [JsonPropertyName("revocation_endpoint_auth_methods_supported")]
    public required IReadOnlyList<string> RevocationEndpointAuthMethodsSupported { get; init; }

    /// <summary>All scopes.</summary>
    [JsonPropertyName("scopes_supported")]
    public required IReadOnlyList<string> ScopesSupported { get; init; }

    /// <summary>Empty.</summary>
    [JsonPropertyName("response_types_supported")]
    public required IReadOnlyList<string> ResponseTypesSupported { get; init; }

    /// <summary>Empty.</summary>
    [JsonPropertyName("grant_types_supported")]
    public required IReadOnlyList<string> GrantTypesSupported { get; init; }

    /// <summary>Always <c>public</c>: every service sees the same account ids.</summary>
    [JsonPropertyName("subject_types_supported")]
    public required IReadOnlyList<string> SubjectTypesSupported { get; init; }

    /// <summary>The algorithms of the published keys.</summary>
    [JsonPropertyName("id_token_signing_alg_values_supported")]
    public required IReadOnlyList<string> IdTokenSigningAlgValuesSupported { get; init; }

    /// <summary>What a sign-in can prove, the weakest first (RFC 9470, section 7).</summary>
    [JsonPropertyName("acr_values_supported")]
    public required IReadOnlyList<string> AcrValuesSupported { get; init; }

    internal static AuthorizationServerMetadata From(IIssuerMetadata metadata)
    {
        string[] clientAuthentication = ["client_secret_basic"];
        var root = metadata.Issuer.TrimEnd('/');
        return new()
        {
            Issuer = metadata.Issuer,
            JwksUri = $"{root}/.well-known/jwks.json",
            IntrospectionEndpoint = $"{root}/oauth/introspect",
            IntrospectionEndpointAuthMethodsSupported = clientAuthentication,
            RevocationEndpoint = $"{root}/oauth/revoke",
            RevocationEndpointAuthMethodsSupported = clientAuthentication,
            ScopesSupported = [.. ScopeSet.KnownNames],
            AcrValuesSupported = AcrNames.All,
            ResponseTypesSupported = [],
            GrantTypesSupported = [],
            SubjectTypesSupported = ["public"],
            IdTokenSigningAlgValuesSupported = [.. metadata.PublicKeys.Select(key => key.Algorithm).Distinct()],
        };
    }
}
