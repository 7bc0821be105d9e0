using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using Mediator;

namespace CleanJwt.Application.Administration;

/// <summary>Ends all sessions of an account. Its owner may sign in again.</summary>
/// <param name="Id">As the path has it: what is no id is no account either.</param>
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
        return await sessions.EndAllAsync(id, except: null, SessionEndReason.EndedByAdmin, audit, CancellationToken.None);
    }
}
