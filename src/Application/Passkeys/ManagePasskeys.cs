using System.Text.Json.Serialization;
using CleanJwt.Application.Accounts;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Passkeys;

/// <summary>Lists the passkeys of an account, the newest first.</summary>
/// <param name="AccountId">The token's <c>sub</c>.</param>
[NoValidator("The id comes from an accepted token, not from the request.")]
public sealed record ListPasskeysQuery(Guid AccountId) : IQuery<Result<PasskeyList>>;

/// <param name="RelyingPartyId">The domain that the passkeys belong to.</param>
/// <param name="UserHandle">The text whose bytes authenticators know the account by.</param>
public sealed record PasskeyList(string RelyingPartyId, string UserHandle, IReadOnlyList<Passkey> Passkeys);

public sealed class ListPasskeysHandler(IPasskeyRepository passkeys, IPasskeyCeremonies ceremonies)
    : IQueryHandler<ListPasskeysQuery, Result<PasskeyList>>
{
    public async ValueTask<Result<PasskeyList>> Handle(
        ListPasskeysQuery query, CancellationToken cancellationToken) => new PasskeyList(
        ceremonies.RelyingPartyId,
        ceremonies.UserHandleOf(query.AccountId),
        await passkeys.ListAsync(query.AccountId, cancellationToken));
}

/// <summary>Renames a passkey of the caller's account.</summary>
/// <param name="Name">1 to 100 characters, as display names have them.</param>
public sealed record RenamePasskeyCommand(string Name) : ICommand<Result<Passkey>>
{
    [JsonIgnore]
    public Caller Caller { get; init; } = Caller.None;

    /// <summary>The id as the path has it. Text that is not an id belongs to no passkey.</summary>
    [JsonIgnore]
    public string Id { get; init; } = "";
}

public sealed class RenamePasskeyValidator : AbstractValidator<RenamePasskeyCommand>
{
    public RenamePasskeyValidator()
    {
        RuleFor(command => (string?)command.Name).MustBeADisplayName();
        RuleFor(command => command.Name)
            .Must(name => !DisplayName.IsValid(name) || DisplayName.Normalize(name) is not null)
            .WithMessage("Required.");
    }
}

public sealed class RenamePasskeyHandler(IPasskeyRepository passkeys, TimeProvider time)
    : ICommandHandler<RenamePasskeyCommand, Result<Passkey>>
{
    public async ValueTask<Result<Passkey>> Handle(
        RenamePasskeyCommand command, CancellationToken cancellationToken)
    {
        var caller = command.Caller;
        return PathId.TryParse(command.Id, out var id)
            ? await passkeys.RenameAsync(
                caller.AccountId,
                id,
                DisplayName.Normalize(command.Name)!,
                caller.Audit(AuditActions.RenamePasskey, time.GetUtcNow()),
                CancellationToken.None)
            : PasskeyErrors.PasskeyNotFound;
    }
}

/// <summary>Removes a passkey of the caller's account, and ends the other sessions that it began.</summary>
/// <param name="Id">The id as the path has it. Text that is not an id belongs to no passkey.</param>
[NoValidator("The handler answers text that is not an id like an unknown id.")]
public sealed record RemovePasskeyCommand(Caller Caller, string Id) : ICommand<Result<Done>>;

public sealed class RemovePasskeyHandler(IPasskeyRepository passkeys, Notices notices, TimeProvider time)
    : ICommandHandler<RemovePasskeyCommand, Result<Done>>
{
    public async ValueTask<Result<Done>> Handle(RemovePasskeyCommand command, CancellationToken cancellationToken)
    {
        var (caller, now) = (command.Caller, time.GetUtcNow());
        if (!PathId.TryParse(command.Id, out var id))
        {
            return PasskeyErrors.PasskeyNotFound;
        }

        var audit = caller.Audit(AuditActions.RemovePasskey, now) with
        {
            Mails = notices.SecondFactorChanged(
                caller.AccountId, SecondFactorChanges.PasskeyRemoved, caller.Client, now),
        };
        return await passkeys.RemoveAsync(caller.AccountId, id, audit, CancellationToken.None);
    }
}
