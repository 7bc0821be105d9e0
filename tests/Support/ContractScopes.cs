namespace CleanJwt;

/// <summary>The scopes of the contract, in the order in which the service writes them. A new scope changes this list and no other test.</summary>
internal static class ContractScopes
{
    public const string OfEveryAccount = "account:read account:write";

    public const string OfAdmins = "account:read account:write users:read users:write";
}
