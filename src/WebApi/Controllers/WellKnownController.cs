using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
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
    private static readonly string[] SubjectTypes = ["public"];
    private static readonly string[] ClientAuthentication = ["client_secret_basic"];

    /// <summary>Public keys (RFC 7517)</summary>
    [HttpGet("jwks.json")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    public ActionResult GetKeys() => Cacheable(new
    {
        keys = metadata.PublicKeys.Select(key => new Dictionary<string, string>(key.Parameters)
        {
            ["kty"] = key.KeyType,
            ["use"] = "sig",
            ["alg"] = key.Algorithm,
            ["kid"] = key.KeyId,
        }),
    });

    /// <summary>Metadata (RFC 8414)</summary>
    /// <remarks>Names the address of the keys, the endpoints for other services and the scopes.</remarks>
    [HttpGet("openid-configuration")]
    [HttpGet("oauth-authorization-server")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    public ActionResult GetMetadata() => Cacheable(new Dictionary<string, object>
    {
        ["issuer"] = metadata.Issuer,
        ["jwks_uri"] = AddressOf(".well-known/jwks.json"),
        ["introspection_endpoint"] = AddressOf("oauth/introspect"),
        ["introspection_endpoint_auth_methods_supported"] = ClientAuthentication,
        ["revocation_endpoint"] = AddressOf("oauth/revoke"),
        ["revocation_endpoint_auth_methods_supported"] = ClientAuthentication,
        ["scopes_supported"] = ScopeSet.KnownNames,

        // RFC 8414 and OpenID Connect Discovery require these members. They are empty or the minimum, because there
        // is no OAuth authorization endpoint and no token endpoint.
        ["response_types_supported"] = Array.Empty<string>(),
        ["grant_types_supported"] = Array.Empty<string>(),
        ["subject_types_supported"] = SubjectTypes,
        ["id_token_signing_alg_values_supported"] = metadata.PublicKeys.Select(key => key.Algorithm).Distinct(),
    });

    private string AddressOf(string path) => $"{metadata.Issuer.TrimEnd('/')}/{path}";

    private OkObjectResult Cacheable(object document)
    {
        Response.Headers.CacheControl = "public, max-age=300";
        return Ok(document);
    }
}
