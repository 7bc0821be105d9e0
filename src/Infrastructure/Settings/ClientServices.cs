using CleanJwt.Application.Clients;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Settings;

/// <summary>Registers the clients that the settings name. A client may introspect tokens.</summary>
internal static class ClientServices
{
    public static void AddClients(this IServiceCollection services)
    {
        services.AddOptions<ClientsOptions>().BindConfiguration("").ValidateOnStart();
        services.AddSingleton(new SettingsKeys("Clients", ["Clients:*:Id", "Clients:*:Secret"]));
        services.AddSingleton<IValidateOptions<ClientsOptions>, ClientsOptionsRule>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<ClientsOptions>>().Value);
    }
}
