using CleanJwt.Application.Ports;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using Microsoft.IdentityModel.Tokens;

namespace CleanJwt.WebApi.Authentication;

/// <summary>Judges bearer tokens for the standard JwtBearer handler: is it ours, is it in time, is its session revoked. No database is asked, but for the keys where one is unknown.</summary>
internal sealed class AccessTokenHandler(IAccessTokenService tokens, IRevocationList revocations) : TokenHandler
{
    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
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

    /// <returns>Why the session of a good token is not let in; null when it is.</returns>
    private Error? Refuse(AccessToken token) => revocations.Check(token.SessionId) switch
    {
        RevocationVerdict.Revoked => AccessTokenErrors.TokenRevoked,
        RevocationVerdict.Unknown => AccessTokenErrors.RevocationUnavailable,
        RevocationVerdict.NotRevoked => null,
    };

    private static TokenValidationResult Reject(Error error) => new() { IsValid = false, Exception = new TokenRejectedException(error) };
}

/// <summary>How the bearer handler is told that, and why, a token is not accepted.</summary>
internal sealed class TokenRejectedException(Error error) : SecurityTokenException(error.Code)
{
    public Error Error => error;
}
