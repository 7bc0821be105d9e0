using CleanJwt.Application.Ports;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using Microsoft.IdentityModel.Tokens;

namespace CleanJwt.WebApi.Authentication;

/// <summary>
/// Judges bearer tokens for the JwtBearer handler of ASP.NET Core: the token itself first, then whether its session is
/// revoked. Only a token with an unknown key needs the database, which may hold a new key.
/// </summary>
internal sealed class AccessTokenHandler(IAccessTokenService tokens, IRevocationList revocations) : TokenHandler
{
    public override async Task<TokenValidationResult> ValidateTokenAsync(
        string token, TokenValidationParameters validationParameters)
    {
        var reading = await tokens.ReadAsync(token, CancellationToken.None);
        if (!reading.IsSuccess)
        {
            return Reject(reading.Error);
        }

        return Refuse(reading.Value) is { } refusal
            ? Reject(refusal)
            : new TokenValidationResult
            {
                IsValid = true,
                ClaimsIdentity = new AccessTokenIdentity(reading.Value),
                SecurityToken = new AcceptedToken(reading.Value),
            };
    }

    /// <returns>The reason to refuse the session of a valid token. Null when there is none.</returns>
    private Error? Refuse(AccessToken token) => revocations.Check(token.SessionId) switch
    {
        RevocationVerdict.Revoked => AccessTokenErrors.TokenRevoked,
        RevocationVerdict.Unknown => AccessTokenErrors.RevocationUnavailable,
        RevocationVerdict.NotRevoked => null,
    };

    private static TokenValidationResult Reject(Error error) =>
        new() { IsValid = false, Exception = new TokenRejectedException(error) };
}

/// <summary>Tells the JwtBearer handler why a token is refused. It is passed on and never thrown.</summary>
internal sealed class TokenRejectedException(Error error) : SecurityTokenException(error.Code)
{
    public Error Error => error;
}
