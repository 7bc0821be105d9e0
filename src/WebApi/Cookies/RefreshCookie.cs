using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Results;
using CleanJwt.WebApi.Http;

namespace CleanJwt.WebApi.Cookies;

/// <summary>
/// The cookie that holds the refresh token of a browser. Scripts cannot read it, and no other host can set it: its
/// name begins with <c>__Host-Http-</c> (rfc6265bis, cookie name prefixes). Over http, on a developer's machine, the
/// browser refuses that name, so the cookie is called <c>cleanjwt</c> there.
/// </summary>
/// <remarks>
/// The issuer decides between the two, not the scheme of a request: behind a proxy, requests arrive over http.
/// </remarks>
public sealed class RefreshCookie
{
    private readonly CookieOrigins _origins;
    private readonly SameSiteMode _sameSite;
    private readonly bool _isSecure;

    public RefreshCookie(IIssuerMetadata metadata, Application.Sessions.SessionOptions options, CookieOrigins origins)
    {
        _origins = origins;
        _sameSite = options.CookieSameSite == "Lax" ? SameSiteMode.Lax : SameSiteMode.Strict;
        _isSecure = new Uri(metadata.Issuer).Scheme == Uri.UriSchemeHttps;
        IsAvailable = _isSecure || CrossOrigin.IsOnThisMachine(metadata.Issuer);
        Name = _isSecure ? "__Host-Http-cleanjwt" : "cleanjwt";
    }

    public string Name { get; }

    /// <summary>False for an http issuer on another machine: the token would cross the network unencrypted.</summary>
    public bool IsAvailable { get; }

    /// <summary>Checks whether a client may use the cookie in this request, whether it has one or not.</summary>
    /// <returns>Null, or the error to answer.</returns>
    public Error? Check(HttpRequest request) =>
        !IsAvailable ? CookieErrors.TransportUnavailable
        : !_origins.Allow(request) ? CookieErrors.CrossOriginRequest
        : null;

    /// <summary>Reads the cookie, if the client may use it.</summary>
    /// <returns>The value, null when the request has no such cookie, or the error to answer.</returns>
    public Result<string?> Read(HttpRequest request)
    {
        // ASP.NET Core would take the last of two cookies. Only one of them can be from this service.
        var values = Values(request).Take(2).ToList();
        return values.Count == 0 || !IsAvailable ? Result.Of<string?>(null)
            : Check(request) is { } error ? error
            : values.Count > 1 ? CookieErrors.TwoCookies
            : values[0];
    }

    /// <summary>Puts the refresh token of an answer into the cookie, if the client asked for that.</summary>
    /// <returns>The tokens for the body.</returns>
    public Tokens HandOver(HttpResponse response, Tokens tokens, TokenTransport transport)
    {
        if (transport is TokenTransport.Body || tokens.RefreshToken is not { } refreshToken)
        {
            return tokens;
        }

        var attributes = Attributes();
        attributes.MaxAge = TimeSpan.FromSeconds(tokens.RefreshExpiresIn);
        response.Cookies.Append(Name, refreshToken, attributes);
        return tokens with { RefreshToken = null };
    }

    public void Delete(HttpResponse response) => response.Cookies.Delete(Name, Attributes());

    private IEnumerable<string> Values(HttpRequest request) =>
        from header in request.Headers.Cookie
        from pair in header.Split(';', StringSplitOptions.TrimEntries)
        where pair.Length > Name.Length && pair[Name.Length] == '=' && pair.StartsWith(Name, StringComparison.Ordinal)
        select pair[(Name.Length + 1)..];

    private CookieOptions Attributes() => new()
    {
        Path = "/",
        HttpOnly = true,
        Secure = _isSecure,
        SameSite = _sameSite,
    };
}
