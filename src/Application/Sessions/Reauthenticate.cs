using System.Text.Json.Serialization;
using CleanJwt.Application.Accounts;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Sessions;

/// <summary>
/// Proves the password again within a session, for requests that need a recent sign-in. The current refresh token stays
/// valid.
/// </summary>
public sealed record ReauthenticateCommand(string Password) : ICommand<Result<Tokens>>
{
    [JsonIgnore]
    public TokenTransport Transport { get; init; }

    [JsonIgnore]
    public Caller Caller { get; init; } = Caller.None;

    public override string ToString() => nameof(ReauthenticateCommand); // a record would print the password
}

public sealed class ReauthenticateValidator : AbstractValidator<ReauthenticateCommand>
{
    public ReauthenticateValidator() => RuleFor(command => command.Password).MustBeAPresentedPassword();
}

public sealed class ReauthenticateHandler(
    IUserRepository users,
    ISessionRepository sessions,
    IAuditLog auditLog,
    SessionTokens tokens,
    SessionOptions options,
    TimeProvider time)
    : ICommandHandler<ReauthenticateCommand, Result<Tokens>>
{
    // Each failed attempt means that the account changed while its password was being checked.
    private const int MaxAttempts = 3;

    public async ValueTask<Result<Tokens>> Handle(ReauthenticateCommand command, CancellationToken cancellationToken)
    {
        var caller = command.Caller;
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var check = await users.VerifyPasswordAsync(caller.AccountId, command.Password, cancellationToken);
            if (!check.IsSuccess)
            {
                return check.Error;
            }

            if (check.Value.AccountId is null)
            {
                return AccessTokenErrors.TokenRevoked; // deleted meanwhile
            }

            if (check.Value.Verified is not { } verified)
            {
                await auditLog.AddAsync(
                    caller.AuditFailure(AuditActions.Reauthenticate, time.GetUtcNow()), CancellationToken.None);
                return AccountErrors.InvalidCredentials;
            }

            if (verified.Locked)
            {
                return AccessTokenErrors.TokenRevoked; // the lock has ended the session meanwhile
            }

            var now = time.GetUtcNow();
            if (await sessions.FindAsync(caller.SessionId, cancellationToken) is not var (session, _)
                || !session.IsLive(now))
            {
                return AccessTokenErrors.TokenRevoked;
            }

            var reauthenticated = session.Reauthenticate(now, options.ExpiryOf(session.CreatedAt, now));
            var audit = caller.Audit(AuditActions.Reauthenticate, now);
            var stored = await sessions.TryReauthenticateAsync(
                reauthenticated, verified.SecurityVersion, audit, cancellationToken);
            if (stored is not null)
            {
                var handsOver = options.HandsOverAgain(stored.Session, command.Transport, now);
                var issued = tokens.Issue(
                    stored.Session, stored.Account, stored.Session.Scope, handsOver ? command.Transport : null, now);
                return issued.ExpiresIn > 0 ? issued : AccessTokenErrors.TokenExpired; // the session is over
            }
        }

        return Error.ServiceUnavailable("The account is being changed. Try again.", TimeSpan.FromSeconds(1));
    }
}
