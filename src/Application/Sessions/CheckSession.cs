using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using Mediator;

namespace CleanJwt.Application.Sessions;

/// <summary>
/// Looks up whether the session of an accepted token is live right now. For writes: the node's list of revoked sessions is up to a second behind, or
/// as long as the database is away, and that is enough to read by but not to write by.
/// </summary>
/// <param name="AccountId">The token's <c>sub</c>.</param>
/// <param name="SessionId">The token's <c>sid</c>.</param>
/// <param name="Scope">Of the token, for which the account must still have the role; null for none in particular.</param>
public sealed record CheckSessionQuery(Guid AccountId, Guid SessionId, string? Scope) : IQuery<Result<Done>>;

public sealed class CheckSessionHandler(ISessionRepository sessions, TimeProvider time) : IQueryHandler<CheckSessionQuery, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(CheckSessionQuery query, CancellationToken cancellationToken) =>
        await sessions.FindStateAsync(query.AccountId, query.SessionId, time.GetUtcNow(), cancellationToken) switch
        {
            null => AccountErrors.UserNotFound,
            { IsLive: false } => AccessTokenErrors.TokenRevoked,
            var state when query.Scope is not null && !ScopeSet.AllowedFor(state.Roles).Contains(query.Scope) => AccessTokenErrors.InsufficientScope,
            _ => default(Done),
        };
}
