using System.Text.Json.Serialization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Accounts;

/// <summary>Creates an account.</summary>
/// <param name="Email">
/// One address of 3 to 254 characters. Surrounding white space is removed. The service does not verify who owns the
/// address.
/// </param>
/// <param name="Password">
/// 12 to 128 characters of any kind. It must not be a commonly used password, nor contain the part of the email address
/// before the @.
/// </param>
/// <param name="DisplayName">At most 100 characters on one line.</param>
public sealed record RegisterCommand(string Email, string Password, string? DisplayName = null)
    : ICommand<Result<Account>>
{
    [JsonIgnore]
    public ClientInfo Client { get; init; } = ClientInfo.Unknown;

    public override string ToString() => nameof(RegisterCommand); // a record would print the password
}

public sealed class RegisterValidator : AbstractValidator<RegisterCommand>
{
    public RegisterValidator()
    {
        RuleFor(command => command.Email).MustBeAnEmailAddress();
        RuleFor(command => command.Password).MustBeAGoodPasswordFor(command => command.Email);
        RuleFor(command => command.DisplayName).MustBeADisplayName();
    }
}

public sealed class RegisterHandler(IUserRepository users, TimeProvider time)
    : ICommandHandler<RegisterCommand, Result<Account>>
{
    public async ValueTask<Result<Account>> Handle(RegisterCommand command, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var account = new NewAccount(
            Guid.CreateVersion7(now),
            EmailAddress.Parse(command.Email),
            DisplayName.Normalize(command.DisplayName),
            Roles: []);
        var entry = command.Client.AuditEntry(AuditActions.Register, account.Id, sessionId: null, now);
        return await users.AddAsync(account, command.Password, new AuditContext(now, [entry]), cancellationToken);
    }
}
