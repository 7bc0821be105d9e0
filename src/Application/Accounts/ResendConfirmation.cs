using System.Text.Json.Serialization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Accounts;

/// <summary>Asks for the mail of a sign-up once more. The code and the link of the earlier mail stay valid.</summary>
/// <param name="FlowToken">The flow token of the sign-up.</param>
/// <param name="Frontend">The name of the frontend that the link leads to. Absent means that of the sign-up.</param>
public sealed record ResendConfirmationCommand(string FlowToken, string? Frontend = null) : ICommand<Result<FlowTicket>>
{
    [JsonIgnore]
    public ClientInfo Client { get; init; } = ClientInfo.Unknown;

    public override string ToString() => nameof(ResendConfirmationCommand); // a record would print the token
}

public sealed class ResendConfirmationValidator : AbstractValidator<ResendConfirmationCommand>
{
    public ResendConfirmationValidator(FrontendOptions frontends)
    {
        RuleFor(command => command.FlowToken).NotEmpty().WithMessage("Required.");
        RuleFor(command => command.Frontend).MustBeAFrontend(frontends);
    }
}

public sealed class ResendConfirmationHandler(IFlowTokens tokens, MailFlows flows)
    : ICommandHandler<ResendConfirmationCommand, Result<FlowTicket>>
{
    public async ValueTask<Result<FlowTicket>> Handle(
        ResendConfirmationCommand command, CancellationToken cancellationToken) =>
        tokens.Read(MailKinds.ConfirmSignUp, command.FlowToken) is { } flow
            ? await flows.BeginAsync(
                flow.Kind,
                flow.Email,
                accountId: null,
                command.Client,
                command.Frontend ?? flow.Frontend,
                flow.SignUp,
                cancellationToken)
            : MailErrors.InvalidFlow;
}
