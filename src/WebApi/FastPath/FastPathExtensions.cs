using Microsoft.AspNetCore.Authorization.Policy;

namespace CleanJwt.WebApi.FastPath;

/// <summary>
/// Adds the code that exists only for speed. A service without it gives the same answers and takes longer.
/// </summary>
internal static class FastPathExtensions
{
    // A private key of ASP.NET Core. WebApplication puts authentication in front of the whole pipeline unless the key
    // is set, and UseAuthentication sets it for its own branch only.
    private const string AuthenticationIsUsed = "__AuthenticationMiddlewareSet";

    /// <summary>
    /// Replaces services of the framework with faster ones. Call it after the registrations that it replaces:
    /// <c>AddLogging</c>, <c>AddAuthentication</c> and <c>AddAuthorization</c>.
    /// </summary>
    public static IServiceCollection AddFastPath(this IServiceCollection services)
    {
        services.AddSingleton<CachedTokenAuthentication>();
        services.AddTransient<PolicyEvaluator>(); // judges every request that ScopePolicyEvaluator does not decide
        services.AddSingleton<IPolicyEvaluator, ScopePolicyEvaluator>();
        services.AddSingleton<IExternalScopeProvider, LogScopes>();
        return services;
    }

    /// <summary>Lets requests whose token is in the cache skip the authentication of the framework.</summary>
    /// <param name="app">The pipeline. Without <see cref="AddFastPath"/>, no request skips anything.</param>
    /// <param name="useAuthentication">Adds the middleware that the other requests go through.</param>
    public static IApplicationBuilder UseFastPath(
        this IApplicationBuilder app, Action<IApplicationBuilder> useAuthentication)
    {
        if (app.ApplicationServices.GetService<CachedTokenAuthentication>() is not { } cached)
        {
            useAuthentication(app);
            return app;
        }

        app.UseWhen(context => !cached.TryAuthenticate(context), useAuthentication);
        app.Properties[AuthenticationIsUsed] = true;
        return app;
    }
}
