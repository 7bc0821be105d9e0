using CleanJwt.Application.Ports;

namespace CleanJwt.WebApi.Http;

/// <summary>
/// The paths under which clients reach the service. A proxy may serve it under a prefix, such as <c>/auth</c>, and
/// strip the prefix from the requests. Nothing comes from the header <c>Host</c>, which a client can choose.
/// </summary>
public sealed class PublicPaths(IIssuerMetadata metadata)
{
    private readonly string _prefix = new Uri(metadata.Issuer).AbsolutePath.TrimEnd('/');

    /// <summary>The public address of the service, without a slash at the end.</summary>
    public string BaseAddress { get; } = metadata.Issuer.TrimEnd('/');

    /// <summary>Puts the prefix in front of a path.</summary>
    /// <returns>
    /// The path with the <c>X-Forwarded-Prefix</c> of a trusted proxy, or else with the path of <c>Jwt:Issuer</c>.
    /// </returns>
    public string Of(HttpContext context, string path) =>
        (IsPath(context.Request.PathBase) ? context.Request.PathBase.ToUriComponent().TrimEnd('/') : _prefix) + path;

    // A browser takes '//host' and '/\host' for another host.
    private static bool IsPath(PathString prefix) =>
        prefix.HasValue && prefix.Value is { Length: > 1 } text && text[1] is not ('/' or '\\');
}
