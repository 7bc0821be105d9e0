namespace CleanJwt.Domain.Accounts;

/// <summary>
/// The scopes that a token can carry. A new scope is one more constant here, and the order of the constants is the
/// order in which a <see cref="ScopeSet"/> is written. Every account may have a scope, unless
/// <see cref="GrantedToAttribute"/> restricts it to roles.
/// </summary>
public static class Scopes
{
    public const string AccountRead = "account:read";
    public const string AccountWrite = "account:write";
    [GrantedTo(Roles.Admin)] public const string UsersRead = "users:read";
    [GrantedTo(Roles.Admin)] public const string UsersWrite = "users:write";
}
