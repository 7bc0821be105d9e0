using CleanJwt.Application.Callers;
using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using Mediator;

namespace CleanJwt.Application.Administration;

/// <summary>Ends all sessions of an account. Its owner can sign in again.</summary>
/// <param name="Id">The id as the path has it. Text that is not an id belongs to no account.</param>
[NoValidator("The handler answers text that is not an id like an unknown id.")]
public sealed record EndSessionsOfUserCommand(Caller Caller, string Id) : ICommand<Result<Done>>;

public sealed class EndSessionsOfUserHandler(ISessionRepository sessions, TimeProvider time)
    : ICommandHandler<EndSessionsOfUserCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(EndSessionsOfUserCommand command, CancellationToken cancellationToken)
    {
        if (!PathId.TryParse(command.Id, out var id))
        {
            return AccountErrors.NoSuchUser;
        }

        var audit = command.Caller.Audit(AdministrativeAction.EndSessions, id, time.GetUtcNow());
        return await sessions.EndAllAsync(
            id, except: null, SessionEndReason.EndedByAdmin, audit, CancellationToken.None);
    }
}
