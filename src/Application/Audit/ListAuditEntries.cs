using CleanJwt.Application.Callers;
using CleanJwt.Application.Paging;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Audit;

/// <summary>Lists what happened to an account, the newest first.</summary>
/// <param name="AccountId">As the path has it, or the token's <c>sub</c>: what is no id is no account either.</param>
/// <param name="Limit">1 to 100; 20 when absent.</param>
/// <param name="After">The <c>next</c> of the answer before.</param>
public sealed record ListAuditEntriesQuery(string AccountId, int? Limit, string? After) : IQuery<Result<Page<AuditEntry>>>;

public sealed class ListAuditEntriesValidator : AbstractValidator<ListAuditEntriesQuery>
{
    public ListAuditEntriesValidator()
    {
        RuleFor(query => query.Limit).MustBeALimit();
        RuleFor(query => query.After).MustBeACursor();
    }
}

public sealed class ListAuditEntriesHandler(IAuditLog trail, IUserDirectory users) : IQueryHandler<ListAuditEntriesQuery, Result<Page<AuditEntry>>>
{
    public async ValueTask<Result<Page<AuditEntry>>> Handle(ListAuditEntriesQuery query, CancellationToken cancellationToken)
    {
        if (!PathId.TryParse(query.AccountId, out var id))
        {
            return AccountErrors.NoSuchUser;
        }

        var page = await trail.ListAsync(id, query.Limit ?? Page<AuditEntry>.DefaultLimit, query.After.ToCursor(), cancellationToken);

        // An account may have no trail left, but one that is not there has none at all.
        return page.Items.Count == 0 && await users.FindAsync(id, cancellationToken) is null ? AccountErrors.NoSuchUser : page;
    }
}
