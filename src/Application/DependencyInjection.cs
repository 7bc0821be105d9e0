using CleanJwt.Application.Sessions;
using FluentValidation;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Application;

public static class DependencyInjection
{
    /// <remarks>Handlers and the pipeline are registered by <c>AddMediator</c> in the project that builds the container.</remarks>
    public static IServiceCollection AddApplication(this IServiceCollection services)
    {
        services.AddValidatorsFromAssembly(typeof(DependencyInjection).Assembly, ServiceLifetime.Singleton);
        services.AddSingleton<SessionTokens>();
        return services;
    }
}
