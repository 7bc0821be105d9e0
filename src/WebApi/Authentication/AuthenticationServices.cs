using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;

namespace CleanJwt.WebApi.Authentication;

/// <summary>Registers the two ways to authenticate, and the proof that actions require.</summary>
internal static class AuthenticationServices
{
    public static void AddTokenAuthentication(this IServiceCollection services)
    {
        services.AddSingleton<AccessTokenHandler>();
        services.ConfigureOptions<JwtBearerSetup>();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
            .AddJwtBearer()
            .AddScheme<AuthenticationSchemeOptions, BasicClientHandler>(
                BasicClientHandler.SchemeName, configureOptions: null);
        services.AddAuthorization();
        services.AddSingleton<AcrDemands>();
        services.AddSingleton<IAuthorizationHandler, ProofHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AuthorizationAnswers>();
    }
}
