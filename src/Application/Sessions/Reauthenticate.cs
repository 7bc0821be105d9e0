using System.Text.Json.Serialization;
using CleanJwt.Application.Accounts;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Passkeys;
using CleanJwt.Application.Ports;
using CleanJwt.Application.SecondFactors;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Domain.Sessions;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Sessions;

/// <summary>
/// Authenticates the owner again within a session, for requests that need a recent sign-in or a stronger one. The
/// current refresh token stays valid. The request proves what a sign-in of the account does, or a passkey alone.
/// </summary>
/// <param name="Password">Absent where a passkey alone is the proof.</param>
/// <param name="Code">Six digits of the authenticator app. White space does not count.</param>
/// <param name="RecoveryCode">One of the recovery codes. Spaces, dashes and case do not count.</param>
/// <param name="Passkey">The answer to options that were made with the bearer token of this session.</param>
public sealed record ReauthenticateCommand(
    string? Password = null, string? Code = null, string? RecoveryCode = null, PresentedPasskey? Passkey = null)
    : ICommand<Result<Tokens>>
{
    [JsonIgnore]
    public PresentedFactor Factor => new(Code, RecoveryCode, Passkey);

    [JsonIgnore]
    public TokenTransport Transport { get; init; }

    [JsonIgnore]
    public Caller Caller { get; init; } = Caller.None;

    public override string ToString() => nameof(ReauthenticateCommand); // a record would print the password
}

public sealed class ReauthenticateValidator : AbstractValidator<ReauthenticateCommand>
{
    public ReauthenticateValidator()
    {
        When(command => command.Password is not null || command.Passkey is null, () =>
            RuleFor(command => command.Password!).MustBeAPresentedPassword());
        this.MustPresentAFactor(command => command.Factor, isRequired: false);
    }
}

public sealed class ReauthenticateHandler(
    IUserRepository users,
    SecondFactorCheck factors,
    PasskeyCheck passkeys,
    SessionStart sessions,
    IAuditLog auditLog,
    TimeProvider time)
    : ICommandHandler<ReauthenticateCommand, Result<Tokens>>
{
    // Each failed attempt means that the account changed while its proof was being checked.
    private const int MaxAttempts = 3;

    public async ValueTask<Result<Tokens>> Handle(ReauthenticateCommand command, CancellationToken cancellationToken)
    {
        var caller = command.Caller;
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var owner = await ProveAsync(command, cancellationToken);
            if (!owner.IsSuccess)
            {
                return await RefuseAsync(caller, owner.Error);
            }

            if (owner.Value.Account.Locked)
            {
                return AccessTokenErrors.TokenRevoked; // the lock has ended the session meanwhile
            }

            var issued = await sessions.TryReauthenticateAsync(
                owner.Value, caller, command.Transport, cancellationToken);
            if (issued.Error == SecondFactorErrors.Required)
            {
                return await factors.RequiredAsync(caller.AccountId, cancellationToken);
            }

            if (!issued.IsSuccess)
            {
                return await RefuseAsync(caller, issued.Error);
            }

            if (issued.Value is { } tokens)
            {
                return tokens;
            }
        }

        return AccountErrors.BeingChanged;
    }

    private async Task<Result<AuthenticatedOwner>> ProveAsync(
        ReauthenticateCommand command, CancellationToken cancellationToken)
    {
        var (id, purpose) = (command.Caller.AccountId, PasskeyPurpose.StepUp(command.Caller.SessionId));
        if (command.Password is not { } password)
        {
            return await passkeys.CheckAsync(command.Passkey!, purpose, id, cancellationToken);
        }

        var check = await users.VerifyPasswordAsync(id, password, cancellationToken);
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
            return AccountErrors.InvalidCredentials;
        }

        return command.Factor.IsNone || verified.Locked
            ? new AuthenticatedOwner(verified, Proof.Password)
            : await factors.CheckAsync(verified, command.Factor, purpose, cancellationToken);
    }

    // Not cancellable: a client that guesses must not avoid the audit entry by disconnecting.
    private async Task<Error> RefuseAsync(Caller caller, Error error)
    {
        if (error == AccountErrors.InvalidCredentials
            || error == SecondFactorErrors.InvalidSecondFactor
            || error == PasskeyErrors.InvalidPasskey)
        {
            var failure = caller.AuditFailure(AuditActions.Reauthenticate, time.GetUtcNow());
            await auditLog.AddAsync(failure, CancellationToken.None);
        }

        return error;
    }
}
