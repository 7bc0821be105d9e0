using System.Security.Claims;
using CleanJwt.Application.Ports;
using CleanJwt.WebApi.Authentication;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.FastPath;

/// <summary>
/// Authenticates requests whose access token was verified before and is still in the cache. Most requests carry such a
/// token, and the framework's authentication would cost them more than all other work.
/// </summary>
internal sealed class CachedTokenAuthentication
{
    private readonly IAccessTokenService _tokens;
    private readonly IRevocationList _revocations;
    private readonly bool _isEnabled;

    public CachedTokenAuthentication(
        IAccessTokenService tokens,
        IRevocationList revocations,
        IOptions<AuthenticationOptions> authentication,
        IServiceScopeFactory scopes)
    {
        (_tokens, _revocations) = (tokens, revocations);
        _isEnabled = BearerIsDefault(authentication.Value) && !ClaimsAreTransformed(scopes);
    }

    /// <summary>Sets the user of a request that carries one cached token of a session that is not revoked.</summary>
    /// <returns>
    /// False when the framework's authentication must judge the request. The request is then unchanged.
    /// </returns>
    public bool TryAuthenticate(HttpContext context)
    {
        if (!_isEnabled
            || context.Request.Headers.Authorization.Count != 1
            || BearerHeader.Read(context.Request) is not { } header
            || !_tokens.TryGetCached(header, out var token)
            || !_revocations.IsLetIn(token.SessionId))
        {
            return false;
        }

        context.User = new ClaimsPrincipal(new AccessTokenIdentity(token));
        return true;
    }

    private static bool BearerIsDefault(AuthenticationOptions options) =>
        (options.DefaultAuthenticateScheme ?? options.DefaultScheme) == JwtBearerDefaults.AuthenticationScheme;

    // A transformation of the application must see every request, so it turns this class off.
    private static bool ClaimsAreTransformed(IServiceScopeFactory scopes)
    {
        using var scope = scopes.CreateScope();
        var transformation = scope.ServiceProvider.GetRequiredService<IClaimsTransformation>();
        return transformation.GetType() != typeof(NoopClaimsTransformation);
    }
}
