using CleanJwt.Application.Ports;
using CleanJwt.Infrastructure.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Tokens;

/// <summary>Registers access tokens, refresh tokens and their settings.</summary>
internal static class TokenServices
{
    public static void AddTokens(this IServiceCollection services, IHostEnvironment environment)
    {
        services.AddSettings<JwtOptions>(JwtOptions.SectionName).PostConfigure(options =>
            options.Issuer ??= environment.IsDevelopment() ? JwtOptions.IssuerOfDevelopment : null);
        services.AddSingleton<IValidateOptions<JwtOptions>, JwtOptionsRule>();
        services.AddSettings<TokenCacheOptions>(TokenCacheOptions.SectionName);
        services.AddSingleton<TokenCache>();
        services.AddSingleton<IAccessTokenService, JwtAccessTokenService>();
        services.AddSingleton<IIssuerMetadata, IssuerMetadata>();
        services.AddSingleton<IRefreshTokenService, DataProtectedRefreshTokens>();
    }
}
