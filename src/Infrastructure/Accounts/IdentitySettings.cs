using Microsoft.AspNetCore.Identity;

namespace CleanJwt.Infrastructure.Accounts;

/// <summary>How ASP.NET Core Identity is used here.</summary>
internal static class IdentitySettings
{
    public static void Apply(IdentityOptions options)
    {
        options.User.RequireUniqueEmail = true;
        options.User.AllowedUserNameCharacters = ""; // user names are addresses, and those may hold any script

        // Has room for passkeys. The context's own property of this name decides nothing: IdentityUserContext asks the options of its service provider.
        options.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
    }
}
