using CleanJwt.Application.Ports;
using CleanJwt.WebApi.Http;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.Cookies;

/// <summary>
/// Decides which pages may use the cookie. The attribute SameSite is no defense by itself: other ports of a host and
/// other hosts of a domain belong to the same site.
/// </summary>
public sealed class CookieOrigins(IIssuerMetadata metadata, IOptions<CorsOptions> cors)
{
    private readonly string _issuer = new Uri(metadata.Issuer).GetLeftPart(UriPartial.Authority);
    private readonly CorsPolicy _allowed = cors.Value.GetPolicy(cors.Value.DefaultPolicyName)!;

    /// <returns>
    /// False too for a request that names no origin. Browsers name it in every request with a method other than GET
    /// and HEAD.
    /// </returns>
    public bool Allow(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        return site == "same-origin"
            || (request.Headers.Origin is [{ } origin]
                && (origin == _issuer
                    || _allowed.IsOriginAllowed(origin)
                    || (site.Count == 0 && IsHostOf(origin, request)))); // a browser without Sec-Fetch-Site
    }

    // The scheme may differ: a proxy receives https and forwards http.
    private static bool IsHostOf(string origin, HttpRequest request) =>
        CrossOrigin.TryParse(origin) is { } uri
        && string.Equals(uri.Host, request.Host.Host, StringComparison.OrdinalIgnoreCase)
        && uri.Port == (request.Host.Port ?? (uri.Scheme == "https" ? 443 : 80));
}
