using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using Mediator;

namespace CleanJwt.Application.Administration;

/// <summary>Locks an account against sign-ins and ends its sessions.</summary>
/// <param name="Id">The id as the path has it. Text that is not an id belongs to no account.</param>
[NoValidator("The handler answers text that is not an id like an unknown id.")]
public sealed record LockUserCommand(Caller Caller, string Id) : ICommand<Result<Done>>;

public sealed class LockUserHandler(IAccountSecurity security, Notices notices, TimeProvider time)
    : ICommandHandler<LockUserCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(LockUserCommand command, CancellationToken cancellationToken)
    {
        if (!PathId.TryParse(command.Id, out var id))
        {
            return AccountErrors.NoSuchUser;
        }

        var (caller, now) = (command.Caller, time.GetUtcNow());
        var audit = caller.Audit(AdministrativeAction.Lock, id, now) with
        {
            Mails = notices.AccountLocked(id, caller.Client.Anonymous, now),
        };
        return await security.LockAsync(id, audit, CancellationToken.None);
    }
}

/// <summary>Lets the owner of a locked account sign in again.</summary>
/// <param name="Id">The id as the path has it. Text that is not an id belongs to no account.</param>
[NoValidator("The handler answers text that is not an id like an unknown id.")]
public sealed record UnlockUserCommand(Caller Caller, string Id) : ICommand<Result<Done>>;

public sealed class UnlockUserHandler(IAccountSecurity security, TimeProvider time)
    : ICommandHandler<UnlockUserCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(UnlockUserCommand command, CancellationToken cancellationToken) =>
        PathId.TryParse(command.Id, out var id)
            ? await security.UnlockAsync(
                id, command.Caller.Audit(AdministrativeAction.Unlock, id, time.GetUtcNow()), CancellationToken.None)
            : AccountErrors.NoSuchUser;
}
