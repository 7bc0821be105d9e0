using CleanJwt.Application.Mail;
using CleanJwt.Application.Passkeys;
using CleanJwt.Application.SecondFactors;
using CleanJwt.Application.Sessions;
using FluentValidation;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Application;

public static class DependencyInjection
{
    /// <remarks>
    /// <c>AddMediator</c> registers the handlers and the pipeline, in the project that builds the container.
    /// </remarks>
    public static IServiceCollection AddApplication(this IServiceCollection services)
    {
        services.AddValidatorsFromAssembly(typeof(DependencyInjection).Assembly, ServiceLifetime.Singleton);
        services.AddSingleton<SessionTokens>();
        services.AddSingleton<SessionStart>();
        services.AddSingleton<SecondFactorCheck>();
        services.AddSingleton<PasskeyCheck>();
        services.AddSingleton<MailFlows>();
        services.AddSingleton<Notices>();
        return services;
    }
}
