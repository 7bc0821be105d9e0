using CleanJwt.Application.Callers;
using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Results;
using Mediator;

namespace CleanJwt.Application.Accounts;

/// <summary>Deletes the caller's account and all data about its owner.</summary>
[NoValidator("It has no input.")]
public sealed record DeleteAccountCommand(Caller Caller) : ICommand<Result<Done>>;

public sealed class DeleteAccountHandler(IAccountSecurity security, TimeProvider time)
    : ICommandHandler<DeleteAccountCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(DeleteAccountCommand command, CancellationToken cancellationToken)
    {
        // The audit entries go with the account.
        var audit = command.Caller.WithoutAudit(time.GetUtcNow());
        return await security.DeleteAsync(command.Caller.AccountId, audit, CancellationToken.None);
    }
}
