using System.Security.Claims;
using CleanJwt.WebApi.Authentication;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.FastPath;

/// <summary>
/// Lets requests in whose token has been verified before: nearly all. What ASP.NET Core's authentication does for a request is more than all the rest of one that
/// only reads, and for these there is nothing left of it to do.
/// </summary>
internal sealed class CachedTokenAuthentication
{
    private readonly AccessTokenHandler _handler;
    private readonly bool _identityIsFinal;
    private readonly bool _isDefault;

    public CachedTokenAuthentication(AccessTokenHandler handler, IOptions<AuthenticationOptions> authentication, IServiceScopeFactory scopes)
    {
        using var scope = scopes.CreateScope();
        _handler = handler;
        _identityIsFinal = scope.ServiceProvider.GetRequiredService<IClaimsTransformation>().GetType() == typeof(NoopClaimsTransformation);
        _isDefault = (authentication.Value.DefaultAuthenticateScheme ?? authentication.Value.DefaultScheme) == JwtBearerDefaults.AuthenticationScheme;
    }

    /// <returns>False when the request is for ASP.NET Core's authentication to judge. Then nothing has been done to it.</returns>
    public bool TryLetIn(HttpContext context)
    {
        // An application that adds claims of its own, or tells users by something else, gets to see every request.
        if (!_identityIsFinal
            || !_isDefault
            || context.Request.Headers.Authorization.Count != 1
            || BearerHeader.Read(context.Request) is not { } token
            || !_handler.TryGetCached(token, out var says))
        {
            return false;
        }

        context.User = new ClaimsPrincipal(new AccessTokenIdentity(says));
        return true;
    }
}
