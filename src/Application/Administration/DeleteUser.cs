using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using Mediator;

namespace CleanJwt.Application.Administration;

/// <summary>Deletes an account with all that is known of its owner, as if they had done it themselves.</summary>
/// <param name="Id">As the path has it: what is no id is no account either.</param>
public sealed record DeleteUserCommand(Caller Caller, string Id) : ICommand<Result<Done>>;

public sealed class DeleteUserHandler(IAccountSecurity security, TimeProvider time) : ICommandHandler<DeleteUserCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(DeleteUserCommand command, CancellationToken cancellationToken) =>
        PathId.TryParse(command.Id, out var id)
            ? await security.DeleteAsync(id, command.Caller.Audit(AuditActions.DeleteUser, time.GetUtcNow()), CancellationToken.None)
            : AccountErrors.NoSuchUser;
}
