using System.Text.Json.Serialization;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Sessions;

/// <summary>The tokens that a sign-in and each refresh answer.</summary>
/// <param name="ExpiresIn">
/// The lifetime of the access token, in seconds. Zero for a session in its last second: its token has expired on
/// arrival.
/// </param>
/// <param name="RefreshExpiresIn">The seconds until the session ends, unless it is refreshed before.</param>
/// <param name="Scope">The scopes of this access token, space-separated.</param>
/// <param name="RefreshToken">Absent where a cookie holds it.</param>
/// <param name="RecoveryCodesLeft">
/// The number of recovery codes that are left. Only an answer to the use of one has it.
/// </param>
public sealed record Tokens(
    string TokenType,
    string AccessToken,
    long ExpiresIn,
    DateTimeOffset ExpiresAt,
    long RefreshExpiresIn,
    string Scope,
    Guid SessionId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    string? RefreshToken = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    int? RecoveryCodesLeft = null)
{
    public override string ToString() => nameof(Tokens); // a record would print the tokens
}

/// <summary>Issues the tokens of a session's current generation.</summary>
public sealed class SessionTokens(IAccessTokenService accessTokens, IRefreshTokenService refreshTokens)
{
    /// <param name="scope">The scopes of the access token: at most those of the session.</param>
    /// <param name="transport">
    /// The way in which the client will present the refresh token. Null issues the access token alone.
    /// </param>
    /// <param name="now">The time of the request, read before the database step that allowed the tokens.</param>
    public Tokens Issue(
        Session session, Account account, ScopeSet scope, TokenTransport? transport, DateTimeOffset now)
    {
        var accessToken = accessTokens.Issue(session, account.Roles, scope, now);
        return new Tokens(
            "Bearer",
            accessToken.Token,
            (long)accessToken.Lifetime.TotalSeconds,
            accessToken.ExpiresAt,
            (long)(session.ExpiresAt - now).TotalSeconds,
            scope.ToString(),
            session.Id,
            transport is { } way ? refreshTokens.Write(new RefreshToken(session.Id, session.Generation, way)) : null);
    }
}
