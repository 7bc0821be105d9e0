using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using Mediator;

namespace CleanJwt.Application.Sessions;

/// <summary>
/// Checks in the database whether the session of an accepted token is live. Writes need it, because the node's list of
/// revoked sessions can be up to a second old, and older while the database does not answer.
/// </summary>
/// <param name="AccountId">The token's <c>sub</c>.</param>
/// <param name="SessionId">The token's <c>sid</c>.</param>
/// <param name="Scope">A scope that the account must still be allowed to have. Null checks no scope.</param>
[NoValidator("The ids come from an accepted token, and the scope from the attribute of the action.")]
public sealed record CheckSessionQuery(Guid AccountId, Guid SessionId, string? Scope) : IQuery<Result<Done>>;

public sealed class CheckSessionHandler(ISessionRepository sessions, TimeProvider time)
    : IQueryHandler<CheckSessionQuery, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(CheckSessionQuery query, CancellationToken cancellationToken) =>
        await sessions.FindStateAsync(query.AccountId, query.SessionId, time.GetUtcNow(), cancellationToken) switch
        {
            null => AccountErrors.UserNotFound,
            { IsLive: false } => AccessTokenErrors.TokenRevoked,
            var state when query.Scope is { } scope && !ScopeSet.AllowedFor(state.Roles).Contains(scope) =>
                AccessTokenErrors.InsufficientScope,
            _ => default(Done),
        };
}
