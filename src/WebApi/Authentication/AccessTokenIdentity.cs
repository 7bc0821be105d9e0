using System.Security.Claims;
using CleanJwt.Application.Abstractions;
using Microsoft.IdentityModel.Tokens;

namespace CleanJwt.WebApi.Authentication;

/// <summary>The identity of a request whose bearer token was accepted. It carries what the token says, so that nobody digs in claims.</summary>
internal sealed class AccessTokenIdentity(AccessToken token)
    : ClaimsIdentity(ClaimsOf(token), "Bearer", nameType: "sub", roleType: "roles")
{
    public AccessToken Token => token;

    private static IEnumerable<Claim> ClaimsOf(AccessToken token) =>
    [
        new("sub", token.AccountId.ToString()),
        new("sid", token.SessionId.ToString()),
        new("scope", token.Scope.ToString()),
        .. token.Roles.Select(role => new Claim("roles", role)),
    ];
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
