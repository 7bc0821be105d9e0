using CleanJwt.Application.Paging;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Administration;

/// <summary>Lists the accounts, newest first.</summary>
/// <param name="Email">The beginning of the email addresses to list, in any case. Absent lists all accounts.</param>
/// <param name="Limit">1 to 100. The default is 20.</param>
/// <param name="After">The <c>next</c> of the previous answer.</param>
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
    public async ValueTask<Result<Page<ManagedAccount>>> Handle(
        ListUsersQuery query, CancellationToken cancellationToken)
    {
        string? prefix = null;
        if (!string.IsNullOrWhiteSpace(query.Email) && !EmailAddress.TryNormalizePrefix(query.Email, out prefix))
        {
            return new Page<ManagedAccount>([], Next: null); // no address can begin with this
        }

        return await users.ListAsync(
            prefix, query.Limit ?? Page<ManagedAccount>.DefaultLimit, query.After.ToCursor(), cancellationToken);
    }
}
