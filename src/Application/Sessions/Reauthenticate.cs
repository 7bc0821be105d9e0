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

/// <summary>Proves the password again within a session, for what needs a recent sign-in. The refresh token in use stays good.</summary>
public sealed record ReauthenticateCommand(string Password) : ICommand<Result<Tokens>>
{
    [JsonIgnore]
    public Caller Caller { get; init; } = Caller.None;

    public override string ToString() => nameof(ReauthenticateCommand); // a record would print the password
}

public sealed class ReauthenticateValidator : AbstractValidator<ReauthenticateCommand>
{
    public ReauthenticateValidator() => RuleFor(command => command.Password).MustBeAPresentedPassword();
}

public sealed class ReauthenticateHandler(
    IUserRepository users, ISessionRepository sessions, IAuditLog trail, SessionTokens tokens, SessionOptions options, TimeProvider time)
    : ICommandHandler<ReauthenticateCommand, Result<Tokens>>
{
    // An account that changes under every one of this many checked passwords is being fought over.
    private const int MaxTries = 3;

    public async ValueTask<Result<Tokens>> Handle(ReauthenticateCommand command, CancellationToken cancellationToken)
    {
        var caller = command.Caller;
        for (var attempt = 1; attempt <= MaxTries; attempt++)
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
                await trail.AddAsync(caller.AuditFailure(AuditActions.Reauthenticate, time.GetUtcNow()), CancellationToken.None);
                return AccountErrors.InvalidCredentials;
            }

            if (verified.Locked)
            {
                return AccessTokenErrors.TokenRevoked; // the lock has ended the session meanwhile
            }

            var now = time.GetUtcNow();
            if (await sessions.FindAsync(caller.SessionId, cancellationToken) is not var (session, _) || !session.IsLive(now))
            {
                return AccessTokenErrors.TokenRevoked;
            }

            var reauthenticated = session.Reauthenticate(now, options.ExpiryOf(session.CreatedAt, now));
            var audit = caller.Audit(AuditActions.Reauthenticate, now);
            if (await sessions.TryReauthenticateAsync(reauthenticated, verified.SecurityVersion, audit, cancellationToken) is var (stored, account))
            {
                return tokens.Issue(stored, account, stored.Scope, now);
            }
        }

        return Error.ServiceUnavailable("The account is being changed. Try again.", TimeSpan.FromSeconds(1));
    }
}
