using System.Text.Json.Serialization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Passwords;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Accounts;

/// <summary>Creates the account of a sign-up whose address is proved, and signs in to it.</summary>
/// <param name="FlowToken">The flow token of the sign-up. It holds the password and the display name.</param>
/// <param name="Code">The code from the mail. Spaces, dashes and case do not count.</param>
/// <param name="Token">The token from the link of the mail, instead of a flow token and a code.</param>
/// <param name="Password">The password of the new account. Needed with <c>token</c>, and with it only.</param>
/// <param name="DisplayName">The name of the new account. Used with <c>token</c> only.</param>
/// <param name="Scope">
/// The scopes of the session, as at a sign-in. Absent grants all scopes that the account may have.
/// </param>
public sealed record ConfirmRegistrationCommand(
    string? FlowToken = null,
    string? Code = null,
    string? Token = null,
    string? Password = null,
    string? DisplayName = null,
    string? Scope = null) : ICommand<Result<ConfirmedRegistration>>
{
    [JsonIgnore]
    public TokenTransport Transport { get; init; }

    [JsonIgnore]
    public ClientInfo Client { get; init; } = ClientInfo.Unknown;

    public override string ToString() => nameof(ConfirmRegistrationCommand); // a record would print the password
}

/// <summary>A new account, and the tokens of its first session.</summary>
public sealed record ConfirmedRegistration(Account Account, Tokens Tokens);

public sealed class ConfirmRegistrationValidator : AbstractValidator<ConfirmRegistrationCommand>
{
    public ConfirmRegistrationValidator()
    {
        this.MustProveAMailbox(command => command.FlowToken, command => command.Code, command => command.Token);
        When(command => command.Token is not null, () => RuleFor(command => command.Password!).MustBeAGoodPassword());
        RuleFor(command => command.DisplayName).MustBeADisplayName();
    }
}

public sealed class ConfirmRegistrationHandler(
    IUserRepository users,
    IFlowTokens tokens,
    MailFlows flows,
    SessionStart sessions,
    SessionTokens issuer,
    TimeProvider time)
    : ICommandHandler<ConfirmRegistrationCommand, Result<ConfirmedRegistration>>
{
    public async ValueTask<Result<ConfirmedRegistration>> Handle(
        ConfirmRegistrationCommand command, CancellationToken cancellationToken)
    {
        if (!ScopeSet.TryParseOptional(command.Scope, out var asked)
            || asked?.IsSubsetOf(ScopeSet.AllowedFor(roles: [])) == false)
        {
            return SessionErrors.InvalidScope;
        }

        var proved = command.Token is { } token
            ? await ProveByLinkAsync(token, command, cancellationToken)
            : await ProveByCodeAsync(command.FlowToken!, command.Code!, cancellationToken);
        if (!proved.IsSuccess)
        {
            return proved.Error;
        }

        // Not cancellable from here: the flow is used up once, and a client that disconnects must not lose it.
        var (email, signUp, spent) = proved.Value;
        var now = time.GetUtcNow();
        var account = new NewAccount(Guid.CreateVersion7(now), email, signUp.DisplayName, Roles: [])
        {
            EmailConfirmed = true,
        };
        var session = sessions.NewSession(
            account.Id, account.Roles, asked, Proof.Password, command.Client);
        var audit = new AuditContext(now, [
            command.Client.AuditEntry(AuditActions.Register, account.Id, sessionId: null, now),
            SessionStart.EntryOf(session, command.Client),
        ]);
        var added = await users.AddConfirmedAsync(
            account, signUp.PasswordHash, spent, session, audit, CancellationToken.None);
        return added.IsSuccess
            ? new ConfirmedRegistration(
                added.Value, issuer.Issue(session, added.Value, session.Scope, command.Transport, now))
            : added.Error;
    }

    private async Task<Result<ProvedSignUp>> ProveByCodeAsync(
        string flowToken, string code, CancellationToken cancellationToken) =>
        tokens.Read(MailKinds.ConfirmSignUp, flowToken) is { SignUp: { } signUp } flow
        && await flows.CheckCodeAsync(flow, account: null, code, cancellationToken) == CodeCheck.Right
            ? new ProvedSignUp(flow.Email, signUp, SpentToken.Of(flow.Id, flow.ExpiresAt))
            : MailErrors.InvalidCode;

    private async Task<Result<ProvedSignUp>> ProveByLinkAsync(
        string token, ConfirmRegistrationCommand command, CancellationToken cancellationToken)
    {
        if (tokens.ReadLink(MailKinds.ConfirmSignUp, token) is not { Email: { } email } link)
        {
            return MailErrors.InvalidCode;
        }

        if (PasswordRules.Contains(command.Password!, email))
        {
            return Error.ValidationFailed("password", ValidationRules.ContainsLocalPart);
        }

        var hash = await users.HashPasswordAsync(command.Password!, cancellationToken);
        return hash.IsSuccess
            ? new ProvedSignUp(
                email, new PendingSignUp(hash.Value, DisplayName.Normalize(command.DisplayName)), SpentToken.Of(link.FlowId, link.ExpiresAt))
            : hash.Error;
    }

    private sealed record ProvedSignUp(EmailAddress Email, PendingSignUp SignUp, SpentToken Spent);
}
