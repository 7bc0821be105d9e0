using CleanJwt.Application.Abstractions;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Sessions;

/// <summary>Ends one of an account's own sessions.</summary>
/// <param name="AccountId">The token's <c>sub</c>.</param>
/// <param name="SessionId">As the path has it: what is no id is no session either.</param>
public sealed record EndSessionCommand(Guid AccountId, string SessionId) : ICommand<Result<Done>>;

public sealed class EndSessionHandler(ISessionRepository sessions, TimeProvider time) : ICommandHandler<EndSessionCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(EndSessionCommand command, CancellationToken cancellationToken)
    {
        var ended = Guid.TryParseExact(command.SessionId, "D", out var sessionId)
            && await sessions.TryEndAsync(command.AccountId, sessionId, SessionEndReason.EndedByOwner, time.GetUtcNow(), CancellationToken.None);
        return ended ? default(Done) : SessionErrors.SessionNotFound;
    }
}

/// <summary>Ends all sessions of an account, or all others than the one that asks.</summary>
/// <param name="AccountId">The token's <c>sub</c>.</param>
/// <param name="CurrentSessionId">The token's <c>sid</c>.</param>
/// <param name="Except"><c>current</c> keeps the session that asks; absent keeps none.</param>
public sealed record EndSessionsCommand(Guid AccountId, Guid CurrentSessionId, string? Except) : ICommand<Result<Done>>
{
    public const string Current = "current";
}

public sealed class EndSessionsValidator : AbstractValidator<EndSessionsCommand>
{
    public EndSessionsValidator() => RuleFor(command => command.Except)
        .Must(except => except is null or EndSessionsCommand.Current)
        .WithMessage($"Must be '{EndSessionsCommand.Current}' or absent.");
}

public sealed class EndSessionsHandler(ISessionRepository sessions, TimeProvider time) : ICommandHandler<EndSessionsCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(EndSessionsCommand command, CancellationToken cancellationToken)
    {
        Guid? except = command.Except is null ? null : command.CurrentSessionId;
        await sessions.EndAllAsync(command.AccountId, except, SessionEndReason.EndedByOwner, time.GetUtcNow(), CancellationToken.None);
        return default(Done);
    }
}
