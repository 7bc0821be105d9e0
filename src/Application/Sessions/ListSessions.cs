using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using Mediator;

namespace CleanJwt.Application.Sessions;

/// <summary>Lists the live sessions of an account, newest first.</summary>
/// <param name="AccountId">The token's <c>sub</c>.</param>
[NoValidator("The id comes from an accepted token, not from the request.")]
public sealed record ListSessionsQuery(Guid AccountId) : IQuery<Result<IReadOnlyList<Session>>>;

public sealed class ListSessionsHandler(ISessionRepository sessions, TimeProvider time)
    : IQueryHandler<ListSessionsQuery, Result<IReadOnlyList<Session>>>
{
    public async ValueTask<Result<IReadOnlyList<Session>>> Handle(
        ListSessionsQuery query, CancellationToken cancellationToken) =>
        Result.Of(await sessions.ListLiveAsync(query.AccountId, time.GetUtcNow(), cancellationToken));
}
