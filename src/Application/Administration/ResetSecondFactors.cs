using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using Mediator;

namespace CleanJwt.Application.Administration;

/// <summary>
/// Removes all second factors of an account whose owner has lost them, and ends all its sessions. The owner can sign in
/// with the password.
/// </summary>
/// <param name="Id">The id as the path has it. Text that is not an id belongs to no account.</param>
[NoValidator("The handler answers text that is not an id like an unknown id.")]
public sealed record ResetSecondFactorsOfUserCommand(Caller Caller, string Id) : ICommand<Result<Done>>;

public sealed class ResetSecondFactorsOfUserHandler(
    ISecondFactorRepository factors, Notices notices, TimeProvider time)
    : ICommandHandler<ResetSecondFactorsOfUserCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(
        ResetSecondFactorsOfUserCommand command, CancellationToken cancellationToken)
    {
        if (!PathId.TryParse(command.Id, out var id))
        {
            return AccountErrors.NoSuchUser;
        }

        var (caller, now) = (command.Caller, time.GetUtcNow());
        var audit = caller.Audit(AdministrativeAction.ResetSecondFactors, id, now) with
        {
            Mails = notices.SecondFactorChanged(
                id, SecondFactorChanges.SecondFactorsReset, caller.Client.Anonymous, now),
        };
        return await factors.ResetAsync(id, SessionEndReason.EndedByAdmin, audit, CancellationToken.None);
    }
}

/// <summary>The same by the operator, as a command at the terminal.</summary>
[NoValidator("The id comes from an account that was found.")]
public sealed record ResetSecondFactorsCommand(Guid AccountId) : ICommand<Result<Done>>;

public sealed class ResetSecondFactorsHandler(ISecondFactorRepository factors, Notices notices, TimeProvider time)
    : ICommandHandler<ResetSecondFactorsCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(
        ResetSecondFactorsCommand command, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var audit = AuditContext.ByOperator(AuditActions.SecondFactorsResetByOperator, command.AccountId, now) with
        {
            Mails = notices.SecondFactorChanged(
                command.AccountId, SecondFactorChanges.SecondFactorsReset, ClientInfo.Unknown, now),
        };
        return await factors.ResetAsync(
            command.AccountId, SessionEndReason.EndedByOperator, audit, CancellationToken.None);
    }
}
