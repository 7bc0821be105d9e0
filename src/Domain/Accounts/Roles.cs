namespace CleanJwt.Domain.Accounts;

/// <summary>The roles that an account can have.</summary>
public static class Roles
{
    public const string Admin = "admin";

    public static bool IsKnown(string? role) => role == Admin;
}
