using System.Text.Json.Serialization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Accounts;

/// <summary>Creates an account, or asks for a mail with which the owner of the address can create it.</summary>
/// <param name="Email">One address of 3 to 254 characters. Surrounding white space is removed.</param>
/// <param name="Password">
/// 12 to 128 characters of any kind. It must not be a commonly used password, nor contain the part of the email address
/// before the @.
/// </param>
/// <param name="DisplayName">At most 100 characters on one line.</param>
/// <param name="Frontend">The name of the frontend that the link of the mail leads to.</param>
public sealed record RegisterCommand(
    string Email, string Password, string? DisplayName = null, string? Frontend = null)
    : ICommand<Result<Registration>>
{
    [JsonIgnore]
    public ClientInfo Client { get; init; } = ClientInfo.Unknown;

    public override string ToString() => nameof(RegisterCommand); // a record would print the password
}

/// <summary>The outcome of a sign-up: an account, or a flow that leads to one.</summary>
/// <param name="Account">Null where the address must be confirmed first.</param>
/// <param name="Ticket">Null where the account exists.</param>
public sealed record Registration(Account? Account, FlowTicket? Ticket);

public sealed class RegisterValidator : AbstractValidator<RegisterCommand>
{
    public RegisterValidator(FrontendOptions frontends)
    {
        RuleFor(command => command.Email).MustBeAnEmailAddress();
        RuleFor(command => command.Password).MustBeAGoodPasswordFor(command => command.Email);
        RuleFor(command => command.DisplayName).MustBeADisplayName();
        RuleFor(command => command.Frontend).MustBeAFrontend(frontends);
    }
}

public sealed class RegisterHandler(
    IUserRepository users, AccountOptions options, MailFlows flows, TimeProvider time)
    : ICommandHandler<RegisterCommand, Result<Registration>>
{
    public ValueTask<Result<Registration>> Handle(RegisterCommand command, CancellationToken cancellationToken) =>
        options.RequireConfirmedEmail ? BeginAsync(command, cancellationToken) : AddAsync(command, cancellationToken);

    /// <remarks>
    /// An unproved sign-up is no account. The client keeps it in the flow token, so strangers fill no table, and nobody
    /// holds an address that is not theirs. The answer and the work are the same for a taken address.
    /// </remarks>
    private async ValueTask<Result<Registration>> BeginAsync(
        RegisterCommand command, CancellationToken cancellationToken)
    {
        var hash = await users.HashPasswordAsync(command.Password, cancellationToken);
        if (!hash.IsSuccess)
        {
            return hash.Error;
        }

        var begun = await flows.BeginAsync(
            MailKinds.ConfirmSignUp,
            EmailAddress.Parse(command.Email),
            accountId: null,
            command.Client,
            command.Frontend,
            new PendingSignUp(hash.Value, DisplayName.Normalize(command.DisplayName)),
            cancellationToken);
        return begun.IsSuccess ? new Registration(Account: null, begun.Value) : begun.Error;
    }

    private async ValueTask<Result<Registration>> AddAsync(
        RegisterCommand command, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var account = new NewAccount(
            Guid.CreateVersion7(now),
            EmailAddress.Parse(command.Email),
            DisplayName.Normalize(command.DisplayName),
            Roles: []);
        var entry = command.Client.AuditEntry(AuditActions.Register, account.Id, sessionId: null, now);
        var audit = new AuditContext(now, [entry])
        {
            Mails = flows.LinkFor(account.Id, command.Client, command.Frontend, now),
        };
        var added = await users.AddAsync(account, command.Password, audit, cancellationToken);
        return added.IsSuccess ? new Registration(added.Value, Ticket: null) : added.Error;
    }
}
