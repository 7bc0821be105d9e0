using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Clients;

/// <summary>
/// Ends the session of an access or refresh token, also of an expired or spent one (RFC 7009). A text that is no token
/// is not an error.
/// </summary>
public sealed record RevokeTokenCommand(string Token) : ICommand<Result<Done>>
{
    public override string ToString() => nameof(RevokeTokenCommand); // a record would print the token
}

public sealed class RevokeTokenValidator : AbstractValidator<RevokeTokenCommand>
{
    public RevokeTokenValidator() => RuleFor(command => command.Token).NotEmpty().WithMessage("Required.");
}

public sealed class RevokeTokenHandler(
    IAccessTokenService accessTokens,
    IRefreshTokenService refreshTokens,
    ISessionRepository sessions,
    TimeProvider time)
    : ICommandHandler<RevokeTokenCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(RevokeTokenCommand command, CancellationToken cancellationToken)
    {
        var reading = await accessTokens.ReadExpiredAsync(command.Token, cancellationToken);
        var ended = reading.IsSuccess ? reading.Value.SessionId
            : refreshTokens.TryRead(command.Token, out var token) ? token.SessionId
            : (Guid?)null;
        if (ended is { } sessionId)
        {
            var now = time.GetUtcNow();
            // The owner learns that it happened, but not from where: the address is that of the other service.
            var entry = ClientInfo.Unknown.AuditEntry(AuditActions.RevokedByClient, accountId: null, sessionId, now);
            var audit = new AuditContext(now, [entry]);
            await sessions.EndAsync(sessionId, SessionEndReason.RevokedByClient, audit, CancellationToken.None);
        }

        return default(Done);
    }
}
