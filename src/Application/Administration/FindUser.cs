using CleanJwt.Application.Accounts;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Administration;

/// <summary>Looks up an account by its email address. The operator's commands use it.</summary>
public sealed record FindUserQuery(string Email) : IQuery<Result<ManagedAccount>>;

public sealed class FindUserValidator : AbstractValidator<FindUserQuery>
{
    public FindUserValidator() => RuleFor(query => query.Email).MustBeAnEmailAddress();
}

public sealed class FindUserHandler(IUserDirectory users) : IQueryHandler<FindUserQuery, Result<ManagedAccount>>
{
    public async ValueTask<Result<ManagedAccount>> Handle(FindUserQuery query, CancellationToken cancellationToken) =>
        await users.FindAsync(EmailAddress.Parse(query.Email), cancellationToken) is { } account
            ? account
            : AccountErrors.NoSuchUser;
}
