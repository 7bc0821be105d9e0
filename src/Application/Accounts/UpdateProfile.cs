using System.Text.Json.Serialization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Accounts;

/// <summary>Changes the caller's profile. A field that is absent keeps its value.</summary>
public sealed record UpdateProfileCommand : ICommand<Result<Account>>
{
    private readonly string? _displayName;

    /// <summary>At most 100 characters on one line. Null or empty clears it.</summary>
    public string? DisplayName
    {
        get => _displayName;
        init => (_displayName, SetsDisplayName) = (value, true);
    }

    /// <summary>Whether the request contains the field. Null clears the name; an absent field keeps it.</summary>
    [JsonIgnore]
    public bool SetsDisplayName { get; private init; }

    [JsonIgnore]
    public Caller Caller { get; init; } = Caller.None;

    /// <summary>The versions of the account that the change may apply to. Null allows any version.</summary>
    [JsonIgnore]
    public IReadOnlyCollection<int>? ExpectedVersions { get; init; }
}

public sealed class UpdateProfileValidator : AbstractValidator<UpdateProfileCommand>
{
    public UpdateProfileValidator() => RuleFor(command => command.DisplayName).MustBeADisplayName();
}

public sealed class UpdateProfileHandler(IUserRepository users, TimeProvider time)
    : ICommandHandler<UpdateProfileCommand, Result<Account>>
{
    public async ValueTask<Result<Account>> Handle(UpdateProfileCommand command, CancellationToken cancellationToken)
    {
        var (id, expected) = (command.Caller.AccountId, command.ExpectedVersions);
        if (command.SetsDisplayName)
        {
            var audit = command.Caller.Audit(AuditActions.UpdateProfile, time.GetUtcNow());
            return await users.UpdateProfileAsync(
                id, DisplayName.Normalize(command.DisplayName), expected, audit, cancellationToken);
        }

        return await users.FindAsync(id, cancellationToken) switch
        {
            null => AccountErrors.UserNotFound,
            { } account when expected?.Contains(account.Version) == false => AccountErrors.StaleVersion,
            { } account => account,
        };
    }
}
