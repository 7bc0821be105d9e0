using System.Text.Json.Serialization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Sessions;

/// <summary>Spends a refresh token for the next pair of tokens.</summary>
/// <param name="Scope">Narrows this one access token; the session's own, when absent.</param>
public sealed record RefreshCommand(string RefreshToken, string? Scope = null) : ICommand<Result<Tokens>>
{
    [JsonIgnore]
    public ClientInfo Client { get; init; } = ClientInfo.Unknown;

    public override string ToString() => nameof(RefreshCommand); // a record would print the token
}

public sealed class RefreshValidator : AbstractValidator<RefreshCommand>
{
    public RefreshValidator() => RuleFor(command => command.RefreshToken).NotEmpty().WithMessage("Required.");
}

public sealed class RefreshHandler(
    ISessionRepository sessions, IRefreshTokenService refreshTokens, SessionTokens tokens, SessionOptions options, TimeProvider time)
    : ICommandHandler<RefreshCommand, Result<Tokens>>
{
    // A lost race is visible on the next look, and a session can be spent or ended only so often meanwhile. Where the database has one writer there are none.
    private const int MaxTries = 10;

    public async ValueTask<Result<Tokens>> Handle(RefreshCommand command, CancellationToken cancellationToken)
    {
        if (!ScopeSet.TryParseOptional(command.Scope, out var asked))
        {
            return SessionErrors.InvalidScope;
        }

        if (!refreshTokens.TryRead(command.RefreshToken, out var presented))
        {
            return SessionErrors.InvalidRefreshToken;
        }

        // Made before the first try, so that a rotation whose confirmation was lost is known as this request's own.
        var rotationId = Guid.NewGuid();

        // Every lost race means that somebody else's rotation or ending was stored, so a fresh look decides differently.
        for (var attempt = 1; attempt <= MaxTries; attempt++)
        {
            var now = time.GetUtcNow();

            // Not the request's token: for whoever breaks off nothing is spent, but a thief who does must not save the session.
            var found = await sessions.RotateAsync(
                presented.SessionId,
                current => OutcomeFor(current.Session, now) is RotationOutcome.Rotate && IsGranted(current) && !cancellationToken.IsCancellationRequested
                    ? current.Session.Rotate(rotationId, now, options.ExpiryOf(current.Session.CreatedAt, now), current.GrantableScope)
                    : null,
                CancellationToken.None);
            if (found is not var (session, account))
            {
                return SessionErrors.InvalidRefreshToken;
            }

            if (session.RotationId == rotationId && session.IsLive(now))
            {
                return tokens.Issue(session, account, asked ?? found.GrantableScope, now);
            }

            var outcome = OutcomeFor(session, now);
            if (outcome is RotationOutcome.Invalid)
            {
                return SessionErrors.InvalidRefreshToken;
            }

            if (outcome is RotationOutcome.Reused)
            {
                var entry = command.Client.AuditEntry(
                    AuditActions.RefreshTokenReuse, session.AccountId, session.Id, now, AuditOutcome.Failure);
                await sessions.EndAsync(session.Id, SessionEndReason.RefreshTokenReused, new AuditContext(now, [entry]), CancellationToken.None);
                return SessionErrors.RefreshTokenReused;
            }

            if (!IsGranted(found)) // nothing is spent for it: a client that asks for too much keeps its token
            {
                return SessionErrors.InvalidScope;
            }

            if (outcome is RotationOutcome.Repeat)
            {
                return tokens.Issue(session, account, asked ?? found.GrantableScope, now);
            }

            cancellationToken.ThrowIfCancellationRequested();
        }

        return Error.ServiceUnavailable("The session is being changed. Try again.", TimeSpan.FromSeconds(1));

        RotationOutcome OutcomeFor(Session session, DateTimeOffset now) =>
            Rotation.Decide(session, presented.Generation, now, options.RefreshReuseGrace);

        bool IsGranted(AccountSession current) => asked is null || asked.IsSubsetOf(current.GrantableScope);
    }
}
