using System.Text.Json.Serialization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Accounts;

/// <summary>Asks for a mail with which the caller can confirm the address of their account.</summary>
/// <param name="Frontend">The name of the frontend that the link of the mail leads to.</param>
public sealed record RequestEmailConfirmationCommand(string? Frontend = null) : ICommand<Result<FlowTicket>>
{
    [JsonIgnore]
    public Caller Caller { get; init; } = Caller.None;
}

public sealed class RequestEmailConfirmationValidator : AbstractValidator<RequestEmailConfirmationCommand>
{
    public RequestEmailConfirmationValidator(FrontendOptions frontends) =>
        RuleFor(command => command.Frontend).MustBeAFrontend(frontends);
}

public sealed class RequestEmailConfirmationHandler(IUserRepository users, MailFlows flows)
    : ICommandHandler<RequestEmailConfirmationCommand, Result<FlowTicket>>
{
    public async ValueTask<Result<FlowTicket>> Handle(
        RequestEmailConfirmationCommand command, CancellationToken cancellationToken) =>
        await users.FindAsync(command.Caller.AccountId, cancellationToken) switch
        {
            null => AccessTokenErrors.TokenRevoked, // deleted meanwhile
            { EmailConfirmed: true } => MailErrors.EmailConfirmedAlready,
            { } account => await flows.BeginAsync(
                MailKinds.ConfirmEmail,
                EmailAddress.Parse(account.Email),
                account.Id,
                command.Caller.Client,
                command.Frontend,
                signUp: null,
                cancellationToken),
        };
}

/// <summary>Confirms the address of the caller's account. A second time changes nothing.</summary>
/// <remarks>
/// It needs a session of the account besides the mailbox. Otherwise the owner of the mailbox could, by one careless
/// click, prove an account that a stranger made with their address.
/// </remarks>
/// <param name="FlowToken">The flow token of the request for the mail.</param>
/// <param name="Code">The code from the mail. Spaces, dashes and case do not count.</param>
/// <param name="Token">The token from the link of the mail, instead of a flow token and a code.</param>
public sealed record ConfirmEmailCommand(string? FlowToken = null, string? Code = null, string? Token = null)
    : ICommand<Result<Account>>
{
    [JsonIgnore]
    public Caller Caller { get; init; } = Caller.None;

    public override string ToString() => nameof(ConfirmEmailCommand); // a record would print the token
}

public sealed class ConfirmEmailValidator : AbstractValidator<ConfirmEmailCommand>
{
    public ConfirmEmailValidator() =>
        this.MustProveAMailbox(command => command.FlowToken, command => command.Code, command => command.Token);
}

public sealed class ConfirmEmailHandler(
    IUserRepository users, IAccountSecurity security, IFlowTokens tokens, MailFlows flows, TimeProvider time)
    : ICommandHandler<ConfirmEmailCommand, Result<Account>>
{
    public async ValueTask<Result<Account>> Handle(ConfirmEmailCommand command, CancellationToken cancellationToken)
    {
        var caller = command.Caller;
        if (await users.FindStateAsync(caller.AccountId, cancellationToken) is not { } account)
        {
            return AccessTokenErrors.TokenRevoked; // deleted meanwhile
        }

        var proved = command.Token is { } token
            ? tokens.ReadLink(MailKinds.ConfirmEmail, token) is { } link
                && link.AccountId == caller.AccountId && link.SecurityVersion == account.SecurityVersion
            : tokens.Read(MailKinds.ConfirmEmail, command.FlowToken!) is { } flow
                && flow.Email.Normalized == EmailAddress.Parse(account.Account.Email).Normalized // counts as its tries
                && await flows.CheckCodeAsync(flow, account, command.Code!, cancellationToken) == CodeCheck.Right;
        return proved
            ? await security.ConfirmEmailAsync(
                caller.AccountId,
                account.SecurityVersion,
                caller.Audit(AuditActions.ConfirmEmail, time.GetUtcNow()),
                CancellationToken.None)
            : MailErrors.InvalidCode;
    }
}
