using CleanJwt.Application.Accounts;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Administration;

/// <summary>Makes an administrator. The operator's commands use it.</summary>
/// <remarks>
/// The account with this address may be a stranger's, unless its address is confirmed. An existing account therefore
/// gets the new password too, and its sessions end.
/// </remarks>
/// <param name="ExistingId">
/// The account to promote, which the command showed to the operator. Null creates an account.
/// </param>
public sealed record AddAdminCommand(string Email, string Password, Guid? ExistingId) : ICommand<Result<Done>>
{
    public override string ToString() => nameof(AddAdminCommand); // a record would print the password
}

public sealed class AddAdminValidator : AbstractValidator<AddAdminCommand>
{
    public AddAdminValidator()
    {
        RuleFor(command => command.Email).MustBeAnEmailAddress();
        RuleFor(command => command.Password).MustBeAGoodPasswordFor(command => command.Email);
    }
}

public sealed class AddAdminHandler(
    IUserRepository users, IAccountSecurity security, Notices notices, TimeProvider time)
    : ICommandHandler<AddAdminCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(AddAdminCommand command, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = command.ExistingId ?? Guid.CreateVersion7(now);
        var audit = AuditContext.ByOperator(AuditActions.MadeAdminByOperator, id, now);
        if (command.ExistingId is not null)
        {
            var told = audit with { Mails = notices.PasswordChanged(id, ClientInfo.Unknown, now) };
            return await security.MakeAdminAsync(id, command.Password, told, cancellationToken);
        }

        var account = new NewAccount(id, EmailAddress.Parse(command.Email), DisplayName: null, [Roles.Admin]);
        var added = await users.AddAsync(account, command.Password, audit, cancellationToken);
        return added.IsSuccess ? default(Done) : added.Error;
    }
}
