using CleanJwt.Application.Passkeys;
using CleanJwt.Application.Ports;
using CleanJwt.Application.SecondFactors;
using CleanJwt.Infrastructure.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.SecondFactors;

/// <summary>Registers authenticator apps, recovery codes, passkeys and their settings.</summary>
internal static class SecondFactorServices
{
    public static void AddSecondFactors(this IServiceCollection services)
    {
        services.AddSettings<SecondFactorOptions>(SecondFactorOptions.SectionName);
        services.AddSettings<PasskeySettings>(PasskeySettings.SectionName);
        services.AddSingleton<IValidateOptions<PasskeySettings>, PasskeySettingsRule>();
        services.AddSingleton<TotpSecrets>();
        services.AddSingleton<RecoveryCodeMacs>();
        services.AddSingleton<ProofUses>();
        services.AddSingleton<ISecondFactorTokens, SecondFactorTokens>();
        services.AddSingleton<ISecondFactorRepository, SecondFactorRepository>();
        services.AddSingleton<PasskeyOrigins>();
        services.AddSingleton<PasskeyDomain>();
        services.AddSingleton<IPasskeyCeremonies, PasskeyCeremonies>();
        services.AddSingleton<IPasskeyRepository, PasskeyRepository>();
    }
}
