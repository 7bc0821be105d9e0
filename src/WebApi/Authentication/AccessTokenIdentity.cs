using System.Security.Claims;
using CleanJwt.Application.Ports;
using Microsoft.IdentityModel.Tokens;

namespace CleanJwt.WebApi.Authentication;

/// <summary>
/// The identity of a request whose access token was accepted. It holds the token, so no code parses claims.
/// </summary>
internal sealed class AccessTokenIdentity(AccessToken token)
    : ClaimsIdentity(authenticationType: "Bearer", nameType: "sub", roleType: "roles")
{
    private Claim[]? _claims;

    public AccessToken Token => token;

    /// <summary>
    /// The claims of the token. They are created on first use, because this service does not use them.
    /// </summary>
    public override IEnumerable<Claim> Claims => (_claims ??= ClaimsOf(token)).Concat(base.Claims);

    public override ClaimsIdentity Clone()
    {
        var clone = new AccessTokenIdentity(token);
        clone.AddClaims(base.Claims);
        return clone;
    }

    private static Claim[] ClaimsOf(AccessToken token) =>
    [
        new("sub", token.AccountId.ToString()),
        new("sid", token.SessionId.ToString()),
        new("scope", token.Scope.ToString()),
        .. token.Roles.Select(role => new Claim("roles", role)),
    ];
}

internal static class AccessTokenExtensions
{
    /// <summary>Returns the access token of a request. The action must require a token with an attribute.</summary>
    public static AccessToken AccessToken(this HttpContext context) =>
        ((AccessTokenIdentity)context.User.Identity!).Token;
}

/// <summary>An accepted token in the form that the JwtBearer handler expects. It reads only the two times.</summary>
internal sealed class AcceptedToken(AccessToken token) : SecurityToken
{
    public override string Id => token.SessionId.ToString();

    public override string Issuer => "";

    public override SecurityKey? SecurityKey => null;

    public override SecurityKey? SigningKey { get; set; }

    public override DateTime ValidFrom => token.AuthTime.UtcDateTime;

    public override DateTime ValidTo => token.ExpiresAt.UtcDateTime;
}
