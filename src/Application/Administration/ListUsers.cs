using CleanJwt.Application.Paging;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Administration;

/// <summary>Lists the accounts, the newest first.</summary>
/// <param name="Email">What their addresses begin with, without regard to case; all, when absent.</param>
/// <param name="Limit">1 to 100; 20 when absent.</param>
/// <param name="After">The <c>next</c> of the answer before.</param>
public sealed record ListUsersQuery(string? Email, int? Limit, string? After) : IQuery<Result<Page<ManagedAccount>>>;

public sealed class ListUsersValidator : AbstractValidator<ListUsersQuery>
{
    public ListUsersValidator()
    {
        RuleFor(query => query.Limit).MustBeALimit();
        RuleFor(query => query.After).MustBeACursor();
    }
}

public sealed class ListUsersHandler(IUserDirectory users) : IQueryHandler<ListUsersQuery, Result<Page<ManagedAccount>>>
{
    public async ValueTask<Result<Page<ManagedAccount>>> Handle(ListUsersQuery query, CancellationToken cancellationToken)
    {
        string? prefix = null;
        if (!string.IsNullOrWhiteSpace(query.Email) && !EmailAddress.TryNormalizePrefix(query.Email, out prefix))
        {
            return new Page<ManagedAccount>([], Next: null); // no address begins like that
        }

        return await users.ListAsync(prefix, query.Limit ?? Page<ManagedAccount>.DefaultLimit, query.After.ToCursor(), cancellationToken);
    }
}
