using CleanJwt.Application.Accounts;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Administration;

/// <summary>Sets the password of an account and ends its sessions. The operator's commands use it.</summary>
/// <param name="AccountId">The account that the command showed to the operator.</param>
/// <param name="Email">The email address of that account. The password must not contain its local part.</param>
public sealed record SetPasswordCommand(Guid AccountId, string Email, string Password) : ICommand<Result<Done>>
{
    public override string ToString() => nameof(SetPasswordCommand); // a record would print the password
}

public sealed class SetPasswordValidator : AbstractValidator<SetPasswordCommand>
{
    public SetPasswordValidator() =>
        RuleFor(command => command.Password).MustBeAGoodPasswordFor(command => command.Email);
}

public sealed class SetPasswordHandler(IAccountSecurity security, Notices notices, TimeProvider time)
    : ICommandHandler<SetPasswordCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(SetPasswordCommand command, CancellationToken cancellationToken)
    {
        var (id, now) = (command.AccountId, time.GetUtcNow());
        var audit = AuditContext.ByOperator(AuditActions.PasswordSetByOperator, id, now) with
        {
            Mails = notices.PasswordChanged(id, ClientInfo.Unknown, now),
        };
        return await security.SetPasswordAsync(id, command.Password, audit, cancellationToken);
    }
}
