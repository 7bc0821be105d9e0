using System.Text.Json.Serialization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.SecondFactors;

/// <summary>Finishes a sign-in that waits for a second factor. Send one of the three factors.</summary>
/// <param name="MfaToken">The token of the demand. It can be used once; a wrong code does not use it up.</param>
/// <param name="Code">Six digits of the authenticator app. White space does not count.</param>
/// <param name="RecoveryCode">One of the recovery codes. Spaces, dashes and case do not count.</param>
/// <param name="Passkey">The answer to options that were made for this MFA token.</param>
public sealed record LoginWithSecondFactorCommand(
    string MfaToken, string? Code = null, string? RecoveryCode = null, PresentedPasskey? Passkey = null)
    : ICommand<Result<Tokens>>
{
    [JsonIgnore]
    public PresentedFactor Factor => new(Code, RecoveryCode, Passkey);

    [JsonIgnore]
    public TokenTransport Transport { get; init; }

    [JsonIgnore]
    public ClientInfo Client { get; init; } = ClientInfo.Unknown;

    public override string ToString() => nameof(LoginWithSecondFactorCommand); // a record would print the code
}

public sealed class LoginWithSecondFactorValidator : AbstractValidator<LoginWithSecondFactorCommand>
{
    public LoginWithSecondFactorValidator()
    {
        RuleFor(command => command.MfaToken).MustBeASealedToken();
        this.MustPresentAFactor(command => command.Factor, isRequired: true);
    }
}

public sealed class LoginWithSecondFactorHandler(
    IUserRepository users,
    ISecondFactorTokens tokens,
    SecondFactorCheck factors,
    SessionStart sessions,
    IAuditLog auditLog,
    TimeProvider time)
    : ICommandHandler<LoginWithSecondFactorCommand, Result<Tokens>>
{
    public async ValueTask<Result<Tokens>> Handle(
        LoginWithSecondFactorCommand command, CancellationToken cancellationToken)
    {
        if (tokens.ReadSignIn(command.MfaToken) is not { } pending
            || await users.FindStateAsync(pending.AccountId, cancellationToken) is not { Locked: false } account
            || account.SecurityVersion != pending.SecurityVersion)
        {
            return SecondFactorErrors.InvalidMfaToken;
        }

        var owner = await factors.CheckAsync(
            account, command.Factor, PasskeyPurpose.SecondFactor(pending), cancellationToken);
        if (!owner.IsSuccess)
        {
            return await RefuseAsync(owner.Error);
        }

        var issued = await sessions.TryStartAsync(
            owner.Value with { MfaToken = SpentToken.Of(pending.Id, pending.ExpiresAt) },
            pending.Scope is { } names ? ScopeSet.ParseKnown(names) : null,
            command.Transport,
            command.Client,
            cancellationToken);
        if (!issued.IsSuccess)
        {
            return await RefuseAsync(issued.Error);
        }

        return issued.Value is { } started ? started : SecondFactorErrors.InvalidMfaToken;

        // Not cancellable: a client that guesses codes must not avoid the audit entry by disconnecting.
        async Task<Error> RefuseAsync(Error error)
        {
            if (error != SecondFactorErrors.InvalidSecondFactor && error != PasskeyErrors.InvalidPasskey)
            {
                return error;
            }

            var failure = command.Client.AuditEntry(
                AuditActions.Login, pending.AccountId, sessionId: null, time.GetUtcNow(), AuditOutcome.Failure);
            await auditLog.AddAsync(failure, CancellationToken.None);
            return error;
        }
    }
}
