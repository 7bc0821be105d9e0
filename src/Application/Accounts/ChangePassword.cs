using System.Text.Json.Serialization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Passwords;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Accounts;

/// <summary>Changes the password of the caller's account, and ends its other sessions.</summary>
/// <param name="CurrentPassword">
/// Proves that the owner makes the request, and not a person who found the device.
/// </param>
/// <param name="NewPassword">
/// 12 to 128 characters of any kind. It must not be a commonly used password, nor contain the part of the email address
/// before the @.
/// </param>
public sealed record ChangePasswordCommand(string CurrentPassword, string NewPassword) : ICommand<Result<Done>>
{
    [JsonIgnore]
    public Caller Caller { get; init; } = Caller.None;

    public override string ToString() => nameof(ChangePasswordCommand); // a record would print the passwords
}

public sealed class ChangePasswordValidator : AbstractValidator<ChangePasswordCommand>
{
    public ChangePasswordValidator()
    {
        RuleFor(command => command.CurrentPassword).MustBeAPresentedPassword();
        RuleFor(command => command.NewPassword).MustBeAGoodPassword();
    }
}

public sealed class ChangePasswordHandler(
    IUserRepository users, IAccountSecurity security, IAuditLog auditLog, Notices notices, TimeProvider time)
    : ICommandHandler<ChangePasswordCommand, Result<Done>>
{
    // Each failed attempt means that the account changed while its password was being checked.
    private const int MaxAttempts = 3;

    public async ValueTask<Result<Done>> Handle(ChangePasswordCommand command, CancellationToken cancellationToken)
    {
        var caller = command.Caller;
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var check = await users.VerifyPasswordAsync(caller.AccountId, command.CurrentPassword, cancellationToken);
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
                    caller.AuditFailure(AuditActions.ChangePassword, time.GetUtcNow()), CancellationToken.None);
                return Error.ValidationFailed("currentPassword", "Is not the password of this account.");
            }

            if (verified.Locked)
            {
                return AccessTokenErrors.TokenRevoked; // the lock has ended the session meanwhile
            }

            if (PasswordRules.Contains(command.NewPassword, EmailAddress.Parse(verified.Account.Email)))
            {
                return Error.ValidationFailed("newPassword", ValidationRules.ContainsLocalPart);
            }

            var now = time.GetUtcNow();
            var audit = caller.Audit(AuditActions.ChangePassword, now) with
            {
                Mails = notices.PasswordChanged(caller.AccountId, caller.Client, now),
            };

            // Not cancellable: an owner who fears for the account and closes the tab still wants the new password.
            var changed = await security.TryChangePasswordAsync(
                caller.AccountId, verified.SecurityVersion, command.NewPassword, exceptSession: caller.SessionId,
                audit, CancellationToken.None);
            if (!changed.IsSuccess)
            {
                return changed.Error;
            }

            if (changed.Value)
            {
                return default(Done);
            }
        }

        return AccountErrors.BeingChanged;
    }
}
