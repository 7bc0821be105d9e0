using System.Diagnostics.CodeAnalysis;
using CleanJwt.Application.Abstractions;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using Microsoft.IdentityModel.Tokens;

namespace CleanJwt.WebApi.Authentication;

/// <summary>Judges bearer tokens for the standard JwtBearer handler: is it ours, is it in time, is its session revoked. No database is asked.</summary>
internal sealed class AccessTokenHandler(IAccessTokenService tokens, IRevocationList revocations) : TokenHandler
{
    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        var reading = await tokens.ReadAsync(token, CancellationToken.None);
        if (!reading.IsSuccess)
        {
            return Reject(reading.Error);
        }

        return revocations.Check(reading.Value.SessionId) switch
        {
            RevocationVerdict.Revoked => Reject(AccessTokenErrors.TokenRevoked),
            RevocationVerdict.Unknown => Reject(AccessTokenErrors.RevocationUnavailable),
            RevocationVerdict.NotRevoked => new TokenValidationResult
            {
                IsValid = true,
                ClaimsIdentity = new AccessTokenIdentity(reading.Value),
                SecurityToken = new AcceptedToken(reading.Value),
            },
        };
    }

    /// <summary>Whether a token was accepted before and still is. Most are, and what follows costs them several times as much as this.</summary>
    public bool TryRecall(ReadOnlyMemory<char> token, [NotNullWhen(true)] out AccessToken? says) =>
        tokens.TryRecall(token, out says) && revocations.Check(says.SessionId) == RevocationVerdict.NotRevoked;

    private static TokenValidationResult Reject(Error error) => new() { IsValid = false, Exception = new TokenRejectedException(error) };
}

/// <summary>How the bearer handler is told that, and why, a token is not accepted.</summary>
internal sealed class TokenRejectedException(Error error) : SecurityTokenException(error.Code)
{
    public Error Error => error;
}
