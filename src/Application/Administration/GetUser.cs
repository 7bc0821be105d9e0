using CleanJwt.Application.Callers;
using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using Mediator;

namespace CleanJwt.Application.Administration;

/// <summary>Looks up any account by its id.</summary>
/// <param name="Id">The id as the path has it. Text that is not an id belongs to no account.</param>
[NoValidator("The handler answers text that is not an id like an unknown id.")]
public sealed record GetUserQuery(string Id) : IQuery<Result<ManagedAccount>>;

public sealed class GetUserHandler(IUserDirectory users) : IQueryHandler<GetUserQuery, Result<ManagedAccount>>
{
    public async ValueTask<Result<ManagedAccount>> Handle(GetUserQuery query, CancellationToken cancellationToken) =>
        PathId.TryParse(query.Id, out var id) && await users.FindAsync(id, cancellationToken) is { } account
            ? account
            : AccountErrors.NoSuchUser;
}
