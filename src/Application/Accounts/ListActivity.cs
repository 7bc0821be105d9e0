using CleanJwt.Application.Abstractions;
using CleanJwt.Application.Paging;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Activities;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Accounts;

/// <summary>Lists what happened to an account, the newest first.</summary>
/// <param name="AccountId">As the path has it, or the token's <c>sub</c>: what is no id is no account either.</param>
/// <param name="Limit">1 to 100; 20 when absent.</param>
/// <param name="After">The <c>next</c> of the answer before.</param>
public sealed record ListActivityQuery(string AccountId, int? Limit, string? After) : IQuery<Result<Page<ActivityEntry>>>;

public sealed class ListActivityValidator : AbstractValidator<ListActivityQuery>
{
    public ListActivityValidator()
    {
        RuleFor(query => query.Limit).MustBeALimit();
        RuleFor(query => query.After).MustBeACursor();
    }
}

public sealed class ListActivityHandler(IActivityTrail trail, IUserDirectory users) : IQueryHandler<ListActivityQuery, Result<Page<ActivityEntry>>>
{
    public async ValueTask<Result<Page<ActivityEntry>>> Handle(ListActivityQuery query, CancellationToken cancellationToken)
    {
        if (!PathId.TryParse(query.AccountId, out var id))
        {
            return AccountErrors.NoSuchUser;
        }

        var page = await trail.ListAsync(id, query.Limit ?? Page<ActivityEntry>.DefaultLimit, query.After.ToCursor(), cancellationToken);

        // An account may have no trail left, but one that is not there has none at all.
        return page.Items.Count == 0 && await users.FindAsync(id, cancellationToken) is null ? AccountErrors.NoSuchUser : page;
    }
}
