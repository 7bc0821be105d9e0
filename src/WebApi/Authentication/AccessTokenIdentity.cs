using System.Security.Claims;
using CleanJwt.Application.Ports;
using Microsoft.IdentityModel.Tokens;

namespace CleanJwt.WebApi.Authentication;

/// <summary>The identity of a request whose bearer token was accepted. It carries what the token says, so that nobody digs in claims.</summary>
internal sealed class AccessTokenIdentity(AccessToken token) : ClaimsIdentity(authenticationType: "Bearer", nameType: "sub", roleType: "roles")
{
    private Claim[]? _claims;

    public AccessToken Token => token;

    /// <summary>Made when somebody asks for them; this service itself does not.</summary>
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
    /// <summary>What the request's access token says, for an action that asks for one by its attribute.</summary>
    public static AccessToken AccessToken(this HttpContext context) => ((AccessTokenIdentity)context.User.Identity!).Token;
}

/// <summary>The bearer handler wants to know when a token is valid; it has no use for the rest.</summary>
internal sealed class AcceptedToken(AccessToken token) : SecurityToken
{
    public override string Id => token.SessionId.ToString();

    public override string Issuer => "";

    public override SecurityKey? SecurityKey => null;

    public override SecurityKey? SigningKey { get; set; }

    public override DateTime ValidFrom => token.AuthTime.UtcDateTime;

    public override DateTime ValidTo => token.ExpiresAt.UtcDateTime;
}
