using System.Security.Cryptography;
using System.Text.Json.Serialization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Domain.Sessions;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.SecondFactors;

/// <summary>
/// Begins to set up an authenticator app. Nothing is stored: the secret is in the setup token, until a code proves that
/// the app has it.
/// </summary>
[NoValidator("It has no input.")]
public sealed record BeginTotpCommand(Caller Caller) : ICommand<Result<TotpTicket>>;

/// <summary>A secret for an authenticator app, and the token that carries it to the second request.</summary>
/// <param name="Email">The address of the account, which the app shows.</param>
public sealed record TotpTicket(string SetupToken, byte[] Secret, string Email, TimeSpan Lifetime)
{
    public override string ToString() => nameof(TotpTicket); // a record would print the secret
}

public sealed class BeginTotpHandler(
    IUserRepository users, ISecondFactorRepository factors, ISecondFactorTokens tokens, TimeProvider time)
    : ICommandHandler<BeginTotpCommand, Result<TotpTicket>>
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    public async ValueTask<Result<TotpTicket>> Handle(BeginTotpCommand command, CancellationToken cancellationToken)
    {
        var id = command.Caller.AccountId;
        if (await users.FindAsync(id, cancellationToken) is not { } account
            || await factors.FindStatusAsync(id, cancellationToken) is not { } status)
        {
            return AccessTokenErrors.TokenRevoked; // deleted meanwhile
        }

        if (status.Totp is not null)
        {
            return SecondFactorErrors.TotpAlreadySetUp;
        }

        var secret = RandomNumberGenerator.GetBytes(Totp.SecretSize);
        var setup = new TotpSetup(Guid.NewGuid(), id, secret, time.GetUtcNow() + Lifetime);
        return new TotpTicket(tokens.Write(setup), secret, account.Email, Lifetime);
    }
}

/// <summary>Sets up the authenticator app, and ends the other sessions of the account.</summary>
/// <param name="SetupToken">The token of the first request.</param>
/// <param name="Code">The six digits that the app shows. White space does not count. This code counts as used.</param>
public sealed record SetUpTotpCommand(string SetupToken, string Code) : ICommand<Result<NewRecoveryCodes>>
{
    [JsonIgnore]
    public Caller Caller { get; init; } = Caller.None;

    public override string ToString() => nameof(SetUpTotpCommand); // a record would print the token
}

/// <summary>Recovery codes, which are shown this one time.</summary>
/// <param name="RecoveryCodes">Ten codes. Null where the account has codes already.</param>
public sealed record NewRecoveryCodes(IReadOnlyList<string>? RecoveryCodes)
{
    public override string ToString() => nameof(NewRecoveryCodes); // a record would print the codes
}

public sealed class SetUpTotpValidator : AbstractValidator<SetUpTotpCommand>
{
    public SetUpTotpValidator()
    {
        RuleFor(command => command.SetupToken).MustBeASealedToken();
        RuleFor(command => (string?)command.Code).MustBeATypedCode()
            .NotNull().WithMessage("Required.").OverridePropertyName("code");
    }
}

public sealed class SetUpTotpHandler(
    ISecondFactorRepository factors, ISecondFactorTokens tokens, Notices notices, TimeProvider time)
    : ICommandHandler<SetUpTotpCommand, Result<NewRecoveryCodes>>
{
    public async ValueTask<Result<NewRecoveryCodes>> Handle(
        SetUpTotpCommand command, CancellationToken cancellationToken)
    {
        var (caller, now) = (command.Caller, time.GetUtcNow());
        if (tokens.ReadSetup(command.SetupToken) is not { } setup || setup.AccountId != caller.AccountId)
        {
            return SecondFactorErrors.InvalidSetup;
        }

        if (Totp.FindStep(command.Code, setup.Secret, now) is not { } step)
        {
            return Error.ValidationFailed("code", "Is not the code that the app shows now.");
        }

        var codes = RecoveryCodes.Create();
        var audit = caller.Audit(AuditActions.SetUpTotp, now) with
        {
            Mails = notices.SecondFactorChanged(
                caller.AccountId, SecondFactorChanges.TotpSetUp, caller.Client, now),
        };
        var added = await factors.AddTotpAsync(setup, step, codes, audit, CancellationToken.None);
        return added.IsSuccess
            ? new NewRecoveryCodes(added.Value ? RecoveryCodes.Format(codes) : null)
            : added.Error;
    }
}
