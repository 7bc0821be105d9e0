using System.Diagnostics.CodeAnalysis;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Ports;

/// <summary>Issues and reads access tokens (RFC 9068).</summary>
public interface IAccessTokenService
{
    /// <summary>Signs a token for a session.</summary>
    /// <param name="session">The session whose id, owner, authentication and end go into the token.</param>
    /// <param name="roles">The current roles of the account.</param>
    /// <param name="scope">The scopes of the token: at most those of the session.</param>
    /// <param name="now">
    /// The time of issue, read before the database step that allows the token. So no token outlives the state that the
    /// step saw.
    /// </param>
    IssuedAccessToken Issue(Session session, IReadOnlyList<string> roles, ScopeSet scope, DateTimeOffset now);

    /// <summary>Reads a token that this service signed for its audience and that is valid now.</summary>
    /// <returns>
    /// The content of the token, <see cref="AccessTokenErrors.TokenExpired"/> for a token that is valid except for its
    /// time, or <see cref="AccessTokenErrors.InvalidToken"/>. Only <see cref="IRevocationList"/> knows whether the
    /// session has been revoked.
    /// </returns>
    ValueTask<Result<AccessToken>> ReadAsync(string token, CancellationToken cancellationToken);

    /// <summary>
    /// Reads a token that <see cref="ReadAsync"/> has verified before. The signature is not verified again, and nothing
    /// is allocated.
    /// </summary>
    /// <returns>False for a token that is not in the cache. It may be valid or not.</returns>
    bool TryGetCached(ReadOnlyMemory<char> token, [NotNullWhen(true)] out AccessToken? says);

    /// <summary>
    /// Reads a token like <see cref="ReadAsync"/>, an expired one too. An expired token may end its own session and do
    /// nothing else.
    /// </summary>
    ValueTask<Result<AccessToken>> ReadExpiredAsync(string token, CancellationToken cancellationToken);
}

/// <summary>A signed access token.</summary>
/// <param name="Lifetime">The time from the token's <c>iat</c> to its <c>exp</c>.</param>
public sealed record IssuedAccessToken(string Token, TimeSpan Lifetime, DateTimeOffset ExpiresAt)
{
    public override string ToString() => nameof(IssuedAccessToken);
}

/// <summary>The content of a valid access token.</summary>
/// <param name="Id">The claim <c>jti</c>.</param>
/// <param name="IssuedAt">The claim <c>iat</c>.</param>
/// <param name="NotBefore">The claim <c>nbf</c>.</param>
public sealed record AccessToken(
    Guid AccountId,
    Guid SessionId,
    ScopeSet Scope,
    IReadOnlyList<string> Roles,
    DateTimeOffset AuthTime,
    DateTimeOffset ExpiresAt,
    string Id,
    DateTimeOffset IssuedAt,
    DateTimeOffset NotBefore)
{
    /// <summary>What the owner proved at <see cref="AuthTime"/>.</summary>
    public Acr Acr { get; init; } = Acr.OneFactor;

    /// <summary>The claim <c>amr</c>: the methods of that authentication (RFC 8176).</summary>
    public IReadOnlyList<string> Amr { get; init; } = [];
}
