using System.Text.Json;
using System.Text.Json.Serialization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Application.SecondFactors;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Domain.Sessions;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Passkeys;

/// <summary>
/// Begins a proof by a passkey. Without an MFA token and without a caller, the options are for a sign-in: they name no
/// account, and the database is not asked.
/// </summary>
/// <param name="MfaToken">The token of a sign-in that waits for a second factor.</param>
public sealed record BeginPasskeyProofCommand(string? MfaToken = null) : ICommand<Result<PasskeyOptions>>
{
    /// <summary>The caller who steps up. Null for a client without a token.</summary>
    [JsonIgnore]
    public Caller? Caller { get; init; }

    public override string ToString() => nameof(BeginPasskeyProofCommand); // a record would print the token
}

public sealed class BeginPasskeyProofValidator : AbstractValidator<BeginPasskeyProofCommand>
{
    public BeginPasskeyProofValidator() => When(command => command.MfaToken is not null, () =>
        RuleFor(command => command.MfaToken!).MustBeASealedToken());
}

public sealed class BeginPasskeyProofHandler(
    IUserRepository users,
    ISecondFactorTokens tokens,
    IPasskeyRepository passkeys,
    IPasskeyCeremonies ceremonies)
    : ICommandHandler<BeginPasskeyProofCommand, Result<PasskeyOptions>>
{
    public async ValueTask<Result<PasskeyOptions>> Handle(
        BeginPasskeyProofCommand command, CancellationToken cancellationToken)
    {
        if (command.MfaToken is { } token)
        {
            return tokens.ReadSignIn(token) is { } pending
                && await users.FindStateAsync(pending.AccountId, cancellationToken) is { Locked: false } account
                && account.SecurityVersion == pending.SecurityVersion
                    ? await BeginAsync(account.Account, PasskeyPurpose.SecondFactor(pending), cancellationToken)
                    : SecondFactorErrors.InvalidMfaToken;
        }

        if (command.Caller is { } caller)
        {
            return await users.FindAsync(caller.AccountId, cancellationToken) is { } account
                ? await BeginAsync(account, PasskeyPurpose.StepUp(caller.SessionId), cancellationToken)
                : AccessTokenErrors.TokenRevoked; // deleted meanwhile
        }

        return await ceremonies.BeginProofAsync(owner: null, allowed: null, PasskeyPurpose.SignIn);
    }

    private async Task<PasskeyOptions> BeginAsync(
        Account account, PasskeyPurpose purpose, CancellationToken cancellationToken) =>
        await ceremonies.BeginProofAsync(
            new PasskeyOwner(account.Id, account.Email, account.DisplayName),
            await passkeys.ListAsync(account.Id, cancellationToken),
            purpose);
}

/// <summary>Signs in by a passkey, without an address and without a password.</summary>
/// <param name="State">The <c>state</c> of the options, unchanged. It can be used once.</param>
/// <param name="Credential">What <c>PublicKeyCredential.toJSON()</c> gives.</param>
/// <param name="Scope">
/// The scopes of the session, as at a sign-in by password. Absent grants all that the account may have.
/// </param>
public sealed record LoginWithPasskeyCommand(string State, JsonElement Credential, string? Scope = null)
    : ICommand<Result<Tokens>>
{
    [JsonIgnore]
    public TokenTransport Transport { get; init; }

    [JsonIgnore]
    public ClientInfo Client { get; init; } = ClientInfo.Unknown;

    public override string ToString() => nameof(LoginWithPasskeyCommand); // a record would print the state
}

public sealed class LoginWithPasskeyValidator : AbstractValidator<LoginWithPasskeyCommand>
{
    public LoginWithPasskeyValidator()
    {
        RuleFor(command => command.State).MustBeASealedToken();
        RuleFor(command => command.Credential).MustBeAnObject();
    }
}

public sealed class LoginWithPasskeyHandler(
    PasskeyCheck passkeys, SessionStart sessions, IAuditLog auditLog, TimeProvider time)
    : ICommandHandler<LoginWithPasskeyCommand, Result<Tokens>>
{
    // Each failed attempt means that the account changed while the passkey was being checked.
    private const int MaxAttempts = 3;

    public async ValueTask<Result<Tokens>> Handle(
        LoginWithPasskeyCommand command, CancellationToken cancellationToken)
    {
        if (!ScopeSet.TryParseOptional(command.Scope, out var asked))
        {
            return SessionErrors.InvalidScope;
        }

        var presented = new PresentedPasskey(command.State, command.Credential);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var owner = await passkeys.CheckAsync(presented, PasskeyPurpose.SignIn, cancellationToken);
            if (!owner.IsSuccess)
            {
                return owner.Error;
            }

            var issued = await sessions.TryStartAsync(
                owner.Value, asked, command.Transport, command.Client, cancellationToken);
            if (!issued.IsSuccess)
            {
                var failure = command.Client.AuditEntry(
                    AuditActions.Login,
                    owner.Value.Account.Account.Id,
                    sessionId: null,
                    time.GetUtcNow(),
                    AuditOutcome.Failure);
                await auditLog.AddAsync(failure, CancellationToken.None);
                return issued.Error;
            }

            if (issued.Value is { } started)
            {
                return started;
            }
        }

        return AccountErrors.BeingChanged;
    }
}
