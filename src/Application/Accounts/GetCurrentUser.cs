using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using Mediator;

namespace CleanJwt.Application.Accounts;

/// <summary>Looks up the account of an accepted access token.</summary>
/// <param name="AccountId">The token's <c>sub</c>. It never comes from the request itself.</param>
[NoValidator("The id comes from an accepted token, not from the request.")]
public sealed record GetCurrentUserQuery(Guid AccountId) : IQuery<Result<Account>>;

public sealed class GetCurrentUserHandler(IUserRepository users) : IQueryHandler<GetCurrentUserQuery, Result<Account>>
{
    public async ValueTask<Result<Account>> Handle(GetCurrentUserQuery query, CancellationToken cancellationToken) =>
        await users.FindAsync(query.AccountId, cancellationToken) is { } account ? account : AccountErrors.UserNotFound;
}
