using System.Text.Json.Serialization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Passwords;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Accounts;

/// <summary>Replaces a forgotten password, ends every session of the account and confirms its address.</summary>
/// <param name="NewPassword">
/// 12 to 128 characters of any kind. It must not be a commonly used password, nor contain the part of the email address
/// before the @.
/// </param>
/// <param name="FlowToken">The flow token of the request for the mail.</param>
/// <param name="Code">The code from the mail. Spaces, dashes and case do not count.</param>
/// <param name="Token">The token from the link of the mail, instead of a flow token and a code.</param>
public sealed record ResetPasswordCommand(
    string NewPassword, string? FlowToken = null, string? Code = null, string? Token = null) : ICommand<Result<Done>>
{
    [JsonIgnore]
    public ClientInfo Client { get; init; } = ClientInfo.Unknown;

    public override string ToString() => nameof(ResetPasswordCommand); // a record would print the password
}

public sealed class ResetPasswordValidator : AbstractValidator<ResetPasswordCommand>
{
    public ResetPasswordValidator()
    {
        RuleFor(command => command.NewPassword).MustBeAGoodPassword();
        this.MustProveAMailbox(command => command.FlowToken, command => command.Code, command => command.Token);
    }
}

public sealed class ResetPasswordHandler(
    IUserRepository users,
    IAccountSecurity security,
    IAuditLog auditLog,
    IFlowTokens tokens,
    MailFlows flows,
    Notices notices,
    TimeProvider time)
    : ICommandHandler<ResetPasswordCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(ResetPasswordCommand command, CancellationToken cancellationToken)
    {
        var proved = command.Token is { } token
            ? await ProveByLinkAsync(token, cancellationToken)
            : await ProveByCodeAsync(command.FlowToken!, command.Code!, command.Client, cancellationToken);
        if (proved is not { Account: { Locked: false } account, Spent: var spent })
        {
            return MailErrors.InvalidCode;
        }

        if (PasswordRules.Contains(command.NewPassword, EmailAddress.Parse(account.Account.Email)))
        {
            return Error.ValidationFailed("newPassword", ValidationRules.ContainsLocalPart);
        }

        var now = time.GetUtcNow();
        var id = account.Account.Id;
        var entry = command.Client.AuditEntry(AuditActions.ResetPassword, id, sessionId: null, now);
        var audit = new AuditContext(now, [entry]) { Mails = notices.PasswordChanged(id, command.Client, now) };

        // Not cancellable: an owner who fears for the account and closes the tab still wants the new password.
        var reset = await security.TryResetPasswordAsync(
            account, command.NewPassword, spent, command.Client.Network, audit, CancellationToken.None);
        if (!reset.IsSuccess)
        {
            return reset.Error;
        }

        return reset.Value ? default(Done) : MailErrors.InvalidCode;
    }

    // An address without an account takes the same steps. No mail ever held its code.
    private async Task<ProvedAccount?> ProveByCodeAsync(
        string flowToken, string code, ClientInfo client, CancellationToken cancellationToken)
    {
        if (tokens.Read(MailKinds.ResetPassword, flowToken) is not { } flow)
        {
            return null;
        }

        var account = await users.FindStateAsync(flow.Email, cancellationToken);
        var check = await flows.CheckCodeAsync(flow, account, code, cancellationToken);
        if (check == CodeCheck.Wrong)
        {
            // Not cancellable: a client that guesses codes must not avoid the audit entry by disconnecting.
            var (id, now) = (account?.Account.Id, time.GetUtcNow());
            var failure = client.AuditEntry(
                AuditActions.ResetPassword, id, sessionId: null, now, AuditOutcome.Failure);
            await auditLog.AddAsync(failure, CancellationToken.None);
        }

        return check == CodeCheck.Right && account is not null
            ? new ProvedAccount(account, SpentToken.Of(flow.Id, flow.ExpiresAt))
            : null;
    }

    private async Task<ProvedAccount?> ProveByLinkAsync(string token, CancellationToken cancellationToken) =>
        tokens.ReadLink(MailKinds.ResetPassword, token) is { } link
        && await users.FindStateAsync(link.AccountId, cancellationToken) is { } account
        && account.SecurityVersion == link.SecurityVersion
            ? new ProvedAccount(account, SpentToken.Of(link.FlowId, link.ExpiresAt))
            : null;

    private sealed record ProvedAccount(AccountState Account, SpentToken Spent);
}
