using CleanJwt.Application.Callers;
using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Sessions;

/// <summary>Ends one session of the caller's account.</summary>
/// <param name="SessionId">The id as the path has it. Text that is not an id belongs to no session.</param>
[NoValidator("The handler answers text that is not an id like an unknown id.")]
public sealed record EndSessionCommand(Caller Caller, string SessionId) : ICommand<Result<Done>>;

public sealed class EndSessionHandler(ISessionRepository sessions, TimeProvider time)
    : ICommandHandler<EndSessionCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(EndSessionCommand command, CancellationToken cancellationToken)
    {
        var audit = command.Caller.Audit(AuditActions.EndSession, time.GetUtcNow());
        var ended = PathId.TryParse(command.SessionId, out var sessionId)
            && await sessions.TryEndAsync(
                command.Caller.AccountId, sessionId, SessionEndReason.EndedByOwner, audit, CancellationToken.None);
        return ended ? default(Done) : SessionErrors.SessionNotFound;
    }
}

/// <summary>Ends all sessions of the caller's account, or all but the current one.</summary>
/// <param name="Except"><c>current</c> keeps the session of the caller. Absent keeps none.</param>
public sealed record EndSessionsCommand(Caller Caller, string? Except) : ICommand<Result<Done>>
{
    public const string Current = "current";
}

public sealed class EndSessionsValidator : AbstractValidator<EndSessionsCommand>
{
    public EndSessionsValidator() => RuleFor(command => command.Except)
        .Must(except => except is null or EndSessionsCommand.Current)
        .WithMessage($"Must be '{EndSessionsCommand.Current}' or absent.");
}

public sealed class EndSessionsHandler(ISessionRepository sessions, TimeProvider time)
    : ICommandHandler<EndSessionsCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(EndSessionsCommand command, CancellationToken cancellationToken)
    {
        var caller = command.Caller;
        Guid? except = command.Except is null ? null : caller.SessionId;
        var audit = caller.Audit(AuditActions.EndSessions, time.GetUtcNow());
        return await sessions.EndAllAsync(
            caller.AccountId, except, SessionEndReason.EndedByOwner, audit, CancellationToken.None);
    }
}
