namespace CleanJwt.Domain.Accounts;

/// <summary>Restricts a scope of <see cref="Scopes"/> to accounts that have at least one of the roles.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class GrantedToAttribute(params string[] roles) : Attribute
{
    public IReadOnlyList<string> Roles { get; } = roles;
}
