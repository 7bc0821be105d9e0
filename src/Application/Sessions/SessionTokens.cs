using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Sessions;

/// <summary>What a sign-in and every refresh answer.</summary>
/// <param name="ExpiresIn">Seconds that the access token is valid for.</param>
/// <param name="RefreshExpiresIn">Seconds until the session is over unless it is refreshed again.</param>
/// <param name="Scope">Of this access token.</param>
public sealed record Tokens(
    string TokenType,
    string AccessToken,
    long ExpiresIn,
    DateTimeOffset ExpiresAt,
    string RefreshToken,
    long RefreshExpiresIn,
    string Scope,
    Guid SessionId)
{
    public override string ToString() => nameof(Tokens); // a record would print the tokens
}

/// <summary>Writes the pair of tokens of a session's current generation.</summary>
public sealed class SessionTokens(IAccessTokenService accessTokens, IRefreshTokenService refreshTokens)
{
    /// <param name="scope">At most the session's own.</param>
    /// <param name="now">Read before the database step that allowed the tokens.</param>
    public Tokens Issue(Session session, Account account, ScopeSet scope, DateTimeOffset now)
    {
        var accessToken = accessTokens.Issue(session, account.Roles, scope, now);
        return new Tokens(
            "Bearer",
            accessToken.Token,
            (long)accessToken.Lifetime.TotalSeconds,
            accessToken.ExpiresAt,
            refreshTokens.Write(new RefreshToken(session.Id, session.Generation)),
            (long)(session.ExpiresAt - now).TotalSeconds,
            scope.ToString(),
            session.Id);
    }
}
