using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Results;
using Mediator;

namespace CleanJwt.Application.Accounts;

/// <summary>Deletes the caller's account and all data about its owner.</summary>
[NoValidator("It has no input.")]
public sealed record DeleteAccountCommand(Caller Caller) : ICommand<Result<Done>>;

public sealed class DeleteAccountHandler(IAccountSecurity security, Notices notices, TimeProvider time)
    : ICommandHandler<DeleteAccountCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(DeleteAccountCommand command, CancellationToken cancellationToken)
    {
        // The audit entries go with the account.
        var (caller, now) = (command.Caller, time.GetUtcNow());
        var audit = caller.WithoutAudit(now) with
        {
            Mails = notices.AccountDeleted(caller.AccountId, caller.Client, now),
        };
        return await security.DeleteAsync(caller.AccountId, audit, CancellationToken.None);
    }
}
