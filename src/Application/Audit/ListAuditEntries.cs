using CleanJwt.Application.Callers;
using CleanJwt.Application.Paging;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Audit;

/// <summary>Lists the audit entries of an account, newest first.</summary>
/// <param name="AccountId">
/// The id as the path has it, or the token's <c>sub</c>. Text that is not an id belongs to no account.
/// </param>
/// <param name="Limit">1 to 100. The default is 20.</param>
/// <param name="After">The <c>next</c> of the previous answer.</param>
public sealed record ListAuditEntriesQuery(string AccountId, int? Limit, string? After)
    : IQuery<Result<Page<AuditEntry>>>;

public sealed class ListAuditEntriesValidator : AbstractValidator<ListAuditEntriesQuery>
{
    public ListAuditEntriesValidator()
    {
        RuleFor(query => query.Limit).MustBeALimit();
        RuleFor(query => query.After).MustBeACursor();
    }
}

public sealed class ListAuditEntriesHandler(IAuditLog auditLog, IUserDirectory users)
    : IQueryHandler<ListAuditEntriesQuery, Result<Page<AuditEntry>>>
{
    public async ValueTask<Result<Page<AuditEntry>>> Handle(
        ListAuditEntriesQuery query, CancellationToken cancellationToken)
    {
        if (!PathId.TryParse(query.AccountId, out var id))
        {
            return AccountErrors.NoSuchUser;
        }

        var page = await auditLog.ListAsync(
            id, query.Limit ?? Page<AuditEntry>.DefaultLimit, query.After.ToCursor(), cancellationToken);

        // An empty page may mean that the account does not exist.
        return page.Items.Count == 0 && await users.FindAsync(id, cancellationToken) is null
            ? AccountErrors.NoSuchUser
            : page;
    }
}
