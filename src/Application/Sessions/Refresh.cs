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

/// <summary>Exchanges a refresh token for the next two tokens. A refresh token can be used once.</summary>
/// <param name="RefreshToken">The refresh token. Absent where a cookie holds it.</param>
/// <param name="Scope">Narrows the scopes of this one access token. Absent grants all scopes of the session.</param>
/// <param name="Rotate">
/// False asks for an access token alone, so that the refresh token in the cookie is not spent. Servers that render
/// pages need that. Only a refresh token in a cookie takes it.
/// </param>
public sealed record RefreshCommand(string? RefreshToken = null, string? Scope = null, bool? Rotate = null)
    : ICommand<Result<Tokens>>
{
    [JsonIgnore]
    public TokenTransport Transport { get; init; }

    [JsonIgnore]
    public ClientInfo Client { get; init; } = ClientInfo.Unknown;

    public override string ToString() => nameof(RefreshCommand); // a record would print the token
}

public sealed class RefreshValidator : AbstractValidator<RefreshCommand>
{
    public RefreshValidator()
    {
        When(command => command.Transport == TokenTransport.Body, () =>
        {
            RuleFor(command => command.RefreshToken).NotEmpty().WithMessage("Required.");
            RuleFor(command => command.Rotate)
                .NotEqual(false).WithMessage("False is for a refresh token in a cookie (transport=cookie).");
        });
    }
}

public sealed class RefreshHandler(
    ISessionRepository sessions,
    IRefreshTokenService refreshTokens,
    SessionTokens tokens,
    SessionOptions options,
    TimeProvider time)
    : ICommandHandler<RefreshCommand, Result<Tokens>>
{
    // Each failed attempt lost a race against another request of this session. A database with a single writer has no
    // such races.
    private const int MaxAttempts = 10;

    public async ValueTask<Result<Tokens>> Handle(RefreshCommand command, CancellationToken cancellationToken)
    {
        if (!ScopeSet.TryParseOptional(command.Scope, out var asked))
        {
            return SessionErrors.InvalidScope;
        }

        if (!refreshTokens.TryRead(command.RefreshToken!, command.Transport, out var presented))
        {
            return SessionErrors.InvalidRefreshToken;
        }

        var rule = options.RuleOf(command.Transport);

        // Chosen before the first attempt. If the connection breaks during a commit, the next read shows whether the
        // rotation was stored.
        var rotationId = Guid.NewGuid();

        // After a lost race, the session has another generation or is over, so the next read leads to another decision.
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var now = time.GetUtcNow();

            // Not cancellable: a client that disconnects must not stop reuse detection from ending the session. A
            // rotation is skipped for such a client, so that it does not lose its refresh token.
            var found = await sessions.RotateAsync(
                presented.SessionId,
                current => OutcomeFor(current.Session, now) is RotationOutcome.Rotate
                    && command.Rotate != false
                    && IsGranted(current)
                    && !cancellationToken.IsCancellationRequested
                    ? current.Session.Rotate(
                        rotationId, now, options.ExpiryOf(current.Session.CreatedAt, now), current.GrantableScope)
                    : null,
                CancellationToken.None);
            if (found is not var (session, account))
            {
                return SessionErrors.InvalidRefreshToken;
            }

            if (session.RotationId == rotationId && session.IsLive(now))
            {
                return Answer(found, command.Transport, now);
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
                var audit = new AuditContext(now, [entry]);
                await sessions.EndAsync(session.Id, SessionEndReason.RefreshTokenReused, audit, CancellationToken.None);
                return SessionErrors.RefreshTokenReused;
            }

            if (!IsGranted(found)) // its refresh token is not spent
            {
                return SessionErrors.InvalidScope;
            }

            if (outcome is RotationOutcome.Repeat || command.Rotate == false)
            {
                return Answer(found, HandsOver(session, now) ? command.Transport : null, now);
            }

            cancellationToken.ThrowIfCancellationRequested();
        }

        return Error.ServiceUnavailable("The session is being changed. Try again.", TimeSpan.FromSeconds(1));

        RotationOutcome OutcomeFor(Session session, DateTimeOffset now) =>
            Rotation.Decide(session, presented.Generation, now, rule);

        // A token that has expired on arrival would make a client refresh again and again.
        Result<Tokens> Answer(AccountSession current, TokenTransport? transport, DateTimeOffset now)
        {
            var scope = asked ?? current.GrantableScope;
            var issued = tokens.Issue(current.Session, current.Account, scope, transport, now);
            return issued.ExpiresIn > 0 ? issued : SessionErrors.InvalidRefreshToken;
        }

        bool HandsOver(Session session, DateTimeOffset now) =>
            command.Rotate != false
            && (presented.Generation != session.Generation || options.HandsOverAgain(session, command.Transport, now));

        bool IsGranted(AccountSession current) => asked is null || asked.IsSubsetOf(current.GrantableScope);
    }
}
