using System.Text.Json;
using System.Text.Json.Serialization;
using CleanJwt.Application.Accounts;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Application.SecondFactors;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Domain.Sessions;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Passkeys;

/// <summary>Begins to add a passkey to the caller's account.</summary>
[NoValidator("It has no input.")]
public sealed record BeginPasskeyCommand(Caller Caller) : ICommand<Result<PasskeyOptions>>;

public sealed class BeginPasskeyHandler(
    IUserRepository users, IPasskeyRepository passkeys, IPasskeyCeremonies ceremonies, PasskeySettings settings)
    : ICommandHandler<BeginPasskeyCommand, Result<PasskeyOptions>>
{
    public async ValueTask<Result<PasskeyOptions>> Handle(
        BeginPasskeyCommand command, CancellationToken cancellationToken)
    {
        var caller = command.Caller;
        if (await users.FindAsync(caller.AccountId, cancellationToken) is not { } account)
        {
            return AccessTokenErrors.TokenRevoked; // deleted meanwhile
        }

        var known = await passkeys.ListAsync(account.Id, cancellationToken);
        return known.Count >= settings.MaxPerAccount
            ? PasskeyErrors.TooManyPasskeys(settings.MaxPerAccount)
            : await ceremonies.BeginRegistrationAsync(
                new PasskeyOwner(account.Id, account.Email, account.DisplayName),
                known,
                PasskeyPurpose.Registration(caller.SessionId));
    }
}

/// <summary>Adds a passkey to the caller's account.</summary>
/// <param name="State">The <c>state</c> of the options, unchanged.</param>
/// <param name="Credential">What <c>PublicKeyCredential.toJSON()</c> gives.</param>
/// <param name="Name">
/// A name for the owner, of at most 100 characters. Absent names the browser and the system of the request.
/// </param>
public sealed record RegisterPasskeyCommand(string State, JsonElement Credential, string? Name = null)
    : ICommand<Result<Passkey>>
{
    [JsonIgnore]
    public Caller Caller { get; init; } = Caller.None;

    public override string ToString() => nameof(RegisterPasskeyCommand); // a record would print the state
}

public sealed class RegisterPasskeyValidator : AbstractValidator<RegisterPasskeyCommand>
{
    public RegisterPasskeyValidator()
    {
        RuleFor(command => command.State).MustBeASealedToken();
        RuleFor(command => command.Credential).MustBeAnObject();
        RuleFor(command => command.Name).MustBeADisplayName();
    }
}

public sealed class RegisterPasskeyHandler(
    IPasskeyRepository passkeys,
    IPasskeyCeremonies ceremonies,
    PasskeySettings settings,
    Notices notices,
    TimeProvider time)
    : ICommandHandler<RegisterPasskeyCommand, Result<Passkey>>
{
    private const string Unnamed = "Passkey";

    public async ValueTask<Result<Passkey>> Handle(
        RegisterPasskeyCommand command, CancellationToken cancellationToken)
    {
        var (caller, now) = (command.Caller, time.GetUtcNow());
        var registered = await ceremonies.RegisterAsync(
            new PresentedPasskey(command.State, command.Credential), PasskeyPurpose.Registration(caller.SessionId));
        if (!registered.IsSuccess)
        {
            return registered.Error;
        }

        var credential = registered.Value;
        var passkey = new Passkey
        {
            Id = Guid.CreateVersion7(now),
            AccountId = caller.AccountId,
            CredentialId = credential.CredentialId,
            PublicKey = credential.PublicKey,
            SignCount = credential.SignCount,
            Name = DisplayName.Normalize(command.Name) ?? NameOf(Device.Of(caller.Client.UserAgent)),
            CreatedAt = now,
            Transports = credential.Transports,
            IsSynced = credential.IsSynced,
            IsBackedUp = credential.IsBackedUp,
            RelyingPartyId = ceremonies.RelyingPartyId,
        };
        var audit = caller.Audit(AuditActions.AddPasskey, now) with
        {
            Mails = notices.SecondFactorChanged(
                caller.AccountId, SecondFactorChanges.PasskeyAdded, caller.Client, now),
        };
        var added = await passkeys.AddAsync(
            passkey, settings.MaxPerAccount, credential.State, audit, CancellationToken.None);
        return added.IsSuccess ? passkey : added.Error;
    }

    private static string NameOf(Device device) => device.ToString() is { Length: > 0 } name ? name : Unnamed;
}
