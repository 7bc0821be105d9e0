using CleanJwt.Infrastructure.Settings;
using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.AccountPages;

/// <summary>Registers the account pages.</summary>
internal static class AccountPagesServices
{
    public static void AddAccountPages(this IServiceCollection services)
    {
        services.AddSettings<AccountPagesOptions>(AccountPagesOptions.SectionName);
        services.AddSingleton<IValidateOptions<AccountPagesOptions>, AccountPagesRule>();
        services.AddSingleton<AccountAssets>();
    }
}
