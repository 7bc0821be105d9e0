using CleanJwt.Application.Ports;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Settings;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Accounts;

/// <summary>
/// Registers the accounts: ASP.NET Core Identity on the database, the repositories and the first administrator.
/// </summary>
internal static class AccountServices
{
    public static void AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<ILookupNormalizer, EmailNormalizer>();
        services.AddIdentityCore<AppUser>(IdentitySettings.Apply).AddEntityFrameworkStores<AppDbContext>();
        services.AddSingleton<IUserRepository, UserRepository>();
        services.AddSingleton<IUserDirectory, UserDirectory>();
        services.AddSingleton<AccountChanges>();
        services.AddSingleton<IAccountSecurity, AccountSecurity>();
        services.AddSettings<AdminOptions>(AdminOptions.SectionName);
        services.AddSingleton<IValidateOptions<AdminOptions>, AdminOptionsRule>();
        services.AddSingleton<FirstAdmin>();
    }
}
