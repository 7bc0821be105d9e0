using System.Diagnostics.CodeAnalysis;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Ports;

/// <summary>Issues and reads access tokens (RFC 9068).</summary>
public interface IAccessTokenService
{
    /// <summary>Signs a token for a session.</summary>
    /// <param name="session">Its id, owner, authentication and end go into the token.</param>
    /// <param name="roles">Of the account, now.</param>
    /// <param name="scope">At most that of the session.</param>
    /// <param name="now">The time of issue, read before the database step that allows the issue: no token outlives what that step saw.</param>
    IssuedAccessToken Issue(Session session, IReadOnlyList<string> roles, ScopeSet scope, DateTimeOffset now);

    /// <summary>Reads a token that this service signed for its audience and that is valid now.</summary>
    /// <returns>
    /// What the token says, <see cref="AccessTokenErrors.TokenExpired"/> if time is all that is wrong with it, or
    /// <see cref="AccessTokenErrors.InvalidToken"/>. Whether the session has been revoked is another question, for <see cref="IRevocationList"/>.
    /// </returns>
    ValueTask<Result<AccessToken>> ReadAsync(string token, CancellationToken cancellationToken);

    /// <summary>As <see cref="ReadAsync"/>, for a token that has been read before, so that nothing has to be verified again: nothing is allocated.</summary>
    /// <returns>False for any other, which says nothing about it.</returns>
    bool TryGetCached(ReadOnlyMemory<char> token, [NotNullWhen(true)] out AccessToken? says);

    /// <summary>As <see cref="ReadAsync"/>, but an expired token is read too: enough to end its own session with, and for nothing else.</summary>
    ValueTask<Result<AccessToken>> ReadExpiredAsync(string token, CancellationToken cancellationToken);
}

/// <param name="Lifetime">From the token's <c>iat</c> to its <c>exp</c>.</param>
public sealed record IssuedAccessToken(string Token, TimeSpan Lifetime, DateTimeOffset ExpiresAt)
{
    public override string ToString() => nameof(IssuedAccessToken);
}

/// <summary>What a valid access token says.</summary>
public sealed record AccessToken(
    Guid AccountId, Guid SessionId, ScopeSet Scope, IReadOnlyList<string> Roles, DateTimeOffset AuthTime, DateTimeOffset ExpiresAt);
