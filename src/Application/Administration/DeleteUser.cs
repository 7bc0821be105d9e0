using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using Mediator;

namespace CleanJwt.Application.Administration;

/// <summary>Deletes an account and all data about its owner, as its owner could.</summary>
/// <param name="Id">The id as the path has it. Text that is not an id belongs to no account.</param>
[NoValidator("The handler answers text that is not an id like an unknown id.")]
public sealed record DeleteUserCommand(Caller Caller, string Id) : ICommand<Result<Done>>;

public sealed class DeleteUserHandler(IAccountSecurity security, Notices notices, TimeProvider time)
    : ICommandHandler<DeleteUserCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(DeleteUserCommand command, CancellationToken cancellationToken)
    {
        if (!PathId.TryParse(command.Id, out var id))
        {
            return AccountErrors.NoSuchUser;
        }

        var (caller, now) = (command.Caller, time.GetUtcNow());
        var audit = caller.Audit(AuditActions.DeleteUser, now) with
        {
            Mails = notices.AccountDeleted(id, caller.Client.Anonymous, now),
        };
        return await security.DeleteAsync(id, audit, CancellationToken.None);
    }
}
