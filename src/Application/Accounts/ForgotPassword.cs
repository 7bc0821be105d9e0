using System.Text.Json.Serialization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Accounts;

/// <summary>Asks for a mail with which a forgotten password can be replaced.</summary>
/// <remarks>It does not look the address up, so it answers alike whether there is an account or not.</remarks>
/// <param name="Email">The address of the account.</param>
/// <param name="Frontend">The name of the frontend that the link of the mail leads to.</param>
public sealed record ForgotPasswordCommand(string Email, string? Frontend = null) : ICommand<Result<FlowTicket>>
{
    [JsonIgnore]
    public ClientInfo Client { get; init; } = ClientInfo.Unknown;

    public override string ToString() => nameof(ForgotPasswordCommand); // a record would print the address
}

public sealed class ForgotPasswordValidator : AbstractValidator<ForgotPasswordCommand>
{
    public ForgotPasswordValidator(FrontendOptions frontends)
    {
        RuleFor(command => command.Email).MustBeAnEmailAddress();
        RuleFor(command => command.Frontend).MustBeAFrontend(frontends);
    }
}

public sealed class ForgotPasswordHandler(MailFlows flows)
    : ICommandHandler<ForgotPasswordCommand, Result<FlowTicket>>
{
    public async ValueTask<Result<FlowTicket>> Handle(
        ForgotPasswordCommand command, CancellationToken cancellationToken) => await flows.BeginAsync(
            MailKinds.ResetPassword,
            EmailAddress.Parse(command.Email),
            accountId: null,
            command.Client,
            command.Frontend,
            signUp: null,
            cancellationToken);
}
