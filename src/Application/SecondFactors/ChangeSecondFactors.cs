using System.Text.Json.Serialization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.SecondFactors;

/// <summary>
/// Removes the authenticator app of the caller's account, and ends its other sessions. An account without one stays as
/// it is.
/// </summary>
[NoValidator("It has no input.")]
public sealed record RemoveTotpCommand(Caller Caller) : ICommand<Result<Done>>;

public sealed class RemoveTotpHandler(ISecondFactorRepository factors, Notices notices, TimeProvider time)
    : ICommandHandler<RemoveTotpCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(RemoveTotpCommand command, CancellationToken cancellationToken)
    {
        var (caller, now) = (command.Caller, time.GetUtcNow());
        var audit = caller.Audit(AuditActions.RemoveTotp, now) with
        {
            Mails = notices.SecondFactorChanged(
                caller.AccountId, SecondFactorChanges.TotpRemoved, caller.Client, now),
        };
        return await factors.RemoveTotpAsync(caller.AccountId, audit, CancellationToken.None);
    }
}

/// <summary>Replaces the recovery codes of the caller's account. The old ones are worthless from then on.</summary>
[NoValidator("It has no input.")]
public sealed record ReplaceRecoveryCodesCommand(Caller Caller) : ICommand<Result<NewRecoveryCodes>>;

public sealed class ReplaceRecoveryCodesHandler(ISecondFactorRepository factors, Notices notices, TimeProvider time)
    : ICommandHandler<ReplaceRecoveryCodesCommand, Result<NewRecoveryCodes>>
{
    public async ValueTask<Result<NewRecoveryCodes>> Handle(
        ReplaceRecoveryCodesCommand command, CancellationToken cancellationToken)
    {
        var (caller, now) = (command.Caller, time.GetUtcNow());
        var codes = RecoveryCodes.Create();
        var audit = caller.Audit(AuditActions.NewRecoveryCodes, now) with
        {
            Mails = notices.SecondFactorChanged(
                caller.AccountId, SecondFactorChanges.RecoveryCodesReplaced, caller.Client, now),
        };
        var replaced = await factors.ReplaceRecoveryCodesAsync(
            caller.AccountId, codes, audit, CancellationToken.None);
        return replaced.IsSuccess ? new NewRecoveryCodes(RecoveryCodes.Format(codes)) : replaced.Error;
    }
}

/// <summary>
/// Turns the second factor on or off for an account that has passkeys and no authenticator app. Where that changes
/// something, the other sessions of the account end.
/// </summary>
/// <param name="Required">Whether a sign-in by password asks for a second factor.</param>
public sealed record RequireSecondFactorCommand(bool? Required) : ICommand<Result<SecondFactorStatus>>
{
    [JsonIgnore]
    public Caller Caller { get; init; } = Caller.None;
}

public sealed class RequireSecondFactorValidator : AbstractValidator<RequireSecondFactorCommand>
{
    public RequireSecondFactorValidator() =>
        RuleFor(command => command.Required).NotNull().WithMessage("Required.");
}

public sealed class RequireSecondFactorHandler(ISecondFactorRepository factors, Notices notices, TimeProvider time)
    : ICommandHandler<RequireSecondFactorCommand, Result<SecondFactorStatus>>
{
    public async ValueTask<Result<SecondFactorStatus>> Handle(
        RequireSecondFactorCommand command, CancellationToken cancellationToken)
    {
        var (caller, now, isOn) = (command.Caller, time.GetUtcNow(), command.Required!.Value);
        var action = isOn ? AuditActions.RequireSecondFactor : AuditActions.WaiveSecondFactor;
        var change = isOn ? SecondFactorChanges.SecondFactorRequired : SecondFactorChanges.SecondFactorWaived;
        var audit = caller.Audit(action, now) with
        {
            Mails = notices.SecondFactorChanged(caller.AccountId, change, caller.Client, now),
        };
        return await factors.SetRequiredAsync(caller.AccountId, isOn, audit, CancellationToken.None);
    }
}
