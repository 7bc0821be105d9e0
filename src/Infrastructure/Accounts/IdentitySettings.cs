using Microsoft.AspNetCore.Identity;

namespace CleanJwt.Infrastructure.Accounts;

/// <summary>The settings of ASP.NET Core Identity.</summary>
internal static class IdentitySettings
{
    public static void Apply(IdentityOptions options)
    {
        options.User.RequireUniqueEmail = true;
        options.User.AllowedUserNameCharacters = ""; // a user name is an address, which may hold any script

        // Version 3 has tables for passkeys. IdentityUserContext reads this option, and not the context's own property
        // of this name.
        options.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
    }
}
