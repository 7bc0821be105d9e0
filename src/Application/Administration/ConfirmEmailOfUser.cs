using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using Mediator;

namespace CleanJwt.Application.Administration;

/// <summary>
/// Confirms the address of an account, for which the operator vouches. The operator's commands use it.
/// </summary>
/// <param name="AccountId">The account that the command showed to the operator.</param>
[NoValidator("The id comes from the account that the command showed, not from the operator.")]
public sealed record ConfirmEmailOfUserCommand(Guid AccountId) : ICommand<Result<Account>>;

public sealed class ConfirmEmailOfUserHandler(IUserRepository users, IAccountSecurity security, TimeProvider time)
    : ICommandHandler<ConfirmEmailOfUserCommand, Result<Account>>
{
    public async ValueTask<Result<Account>> Handle(
        ConfirmEmailOfUserCommand command, CancellationToken cancellationToken)
    {
        var audit = AuditContext.ByOperator(
            AuditActions.EmailConfirmedByOperator, command.AccountId, time.GetUtcNow());
        return await users.FindStateAsync(command.AccountId, cancellationToken) is { } account
            ? await security.ConfirmEmailAsync(command.AccountId, account.SecurityVersion, audit, cancellationToken)
            : AccountErrors.NoSuchUser;
    }
}
