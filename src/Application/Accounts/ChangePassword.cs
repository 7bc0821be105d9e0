using System.Text.Json.Serialization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Passwords;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Accounts;

/// <summary>Changes the password of whoever asks, and ends their other sessions.</summary>
/// <param name="CurrentPassword">Proves that it is the owner who asks, and not somebody who found the device.</param>
/// <param name="NewPassword">12 to 128 characters of any kind; it must not be a commonly used password, nor contain the part of the address before the @.</param>
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

public sealed class ChangePasswordHandler(IUserRepository users, IAccountSecurity security, IAuditLog trail, TimeProvider time)
    : ICommandHandler<ChangePasswordCommand, Result<Done>>
{
    // An account that changes under every one of this many checked passwords is being fought over.
    private const int MaxTries = 3;

    public async ValueTask<Result<Done>> Handle(ChangePasswordCommand command, CancellationToken cancellationToken)
    {
        var caller = command.Caller;
        for (var attempt = 1; attempt <= MaxTries; attempt++)
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
                await trail.AddAsync(caller.AuditFailure(AuditActions.ChangePassword, time.GetUtcNow()), CancellationToken.None);
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

            // Not the request's token: somebody who fears for their account and closes the tab means it, too.
            var changed = await security.TryChangePasswordAsync(
                caller.AccountId, verified.SecurityVersion, command.NewPassword, exceptSession: caller.SessionId,
                caller.Audit(AuditActions.ChangePassword, time.GetUtcNow()), CancellationToken.None);
            if (!changed.IsSuccess)
            {
                return changed.Error;
            }

            if (changed.Value)
            {
                return default(Done);
            }
        }

        return Error.ServiceUnavailable("The account is being changed. Try again.", TimeSpan.FromSeconds(1));
    }
}
