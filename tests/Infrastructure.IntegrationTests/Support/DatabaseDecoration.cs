using CleanJwt.Infrastructure.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CleanJwt.Infrastructure.IntegrationTests.Support;

internal static class DatabaseDecoration
{
    /// <summary>Puts a decorator in front of the database of a node.</summary>
    public static void DecorateDatabase(this IServiceCollection services, Func<IDatabase, IDatabase> decorator)
    {
        var real = services.Single(service => service.ServiceType == typeof(IDatabase));
        services.Replace(ServiceDescriptor.Singleton(provider => decorator((IDatabase)(
            real.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(
                provider, real.ImplementationType!)))));
    }
}
