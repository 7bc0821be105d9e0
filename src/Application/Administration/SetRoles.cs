using System.Text.Json.Serialization;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;

namespace CleanJwt.Application.Administration;

/// <summary>
/// Replaces the roles of an account and ends its sessions, so that every token from now on carries the new roles.
/// </summary>
/// <param name="Roles">The new roles. The only known role is <c>admin</c>. An empty list removes all roles.</param>
public sealed record SetRolesCommand(IReadOnlyList<string> Roles) : ICommand<Result<ManagedAccount>>
{
    [JsonIgnore]
    public Caller Caller { get; init; } = Caller.None;

    /// <summary>The id as the path has it. Text that is not an id belongs to no account.</summary>
    [JsonIgnore]
    public string Id { get; init; } = "";
}

public sealed class SetRolesValidator : AbstractValidator<SetRolesCommand>
{
    public SetRolesValidator() => RuleFor(command => command.Roles)
        .Cascade(CascadeMode.Stop)
        .NotNull().WithMessage("Required.")
        .Must(roles => roles.All(Domain.Accounts.Roles.IsKnown))
        .WithMessage($"May hold '{Domain.Accounts.Roles.Admin}' and nothing else.");
}

public sealed class SetRolesHandler(IAccountSecurity security, TimeProvider time)
    : ICommandHandler<SetRolesCommand, Result<ManagedAccount>>
{
    public async ValueTask<Result<ManagedAccount>> Handle(SetRolesCommand command, CancellationToken cancellationToken)
    {
        if (!PathId.TryParse(command.Id, out var id))
        {
            return AccountErrors.NoSuchUser;
        }

        var audit = command.Caller.Audit(AdministrativeAction.SetRoles, id, time.GetUtcNow());
        return await security.SetRolesAsync(id, [.. command.Roles.Distinct()], audit, CancellationToken.None);
    }
}
