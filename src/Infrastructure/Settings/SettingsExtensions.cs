using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Settings;

/// <summary>Registers settings classes.</summary>
public static class SettingsExtensions
{
    /// <summary>
    /// Binds a section to a settings class, checks it before the start, and registers the class itself as a singleton.
    /// A key of the section that no class has stops the start.
    /// </summary>
    public static OptionsBuilder<T> AddSettings<T>(this IServiceCollection services, string section)
        where T : class
    {
        services.AddSingleton(SettingsKeys.Of(section, typeof(T)));
        services.AddSingleton<IValidateOptions<T>>(new SettingsValidator<T>(section));
        services.AddSingleton<IConfigureOptions<T>>(
            provider => new SettingsFormat<T>(section, provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<T>>().Value);
        return services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
    }
}
