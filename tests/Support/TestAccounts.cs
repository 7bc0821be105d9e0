namespace CleanJwt;

/// <summary>The accounts that tests make, and their password.</summary>
internal static class TestAccounts
{
    public const string Password = "correct horse battery staple";
    public const string AdminEmail = "admin@example.com";

    /// <summary>
    /// Settings that make an administrator at the start: <see cref="AdminEmail"/>, whose password is <see
    /// cref="Password"/>.
    /// </summary>
    public static Dictionary<string, string?> WithAdmin =>
        new() { ["Admin:Email"] = AdminEmail, ["Admin:Password"] = Password };

    public static string UniqueEmail() => $"test+{Guid.NewGuid():N}@example.com";
}
