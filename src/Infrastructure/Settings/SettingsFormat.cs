using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Settings;

/// <summary>Comes before the configuration binder, whose exception at a value of the wrong form does not say what is allowed.</summary>
internal sealed class SettingsFormat<T>(string section, IConfiguration configuration) : IConfigureOptions<T>
    where T : class
{
    public void Configure(T options)
    {
        var failures = (
            from property in typeof(T).GetProperties()
            let key = $"{section}:{property.Name}"
            let text = configuration[key]
            where text is not null && !(text.Length == 0 && IsList(property)) && !TypeDescriptor.GetConverter(property.PropertyType).IsValid(text)
            select SettingsDescription.Of(key, text, property)).ToList();
        if (failures.Count > 0)
        {
            throw new OptionsValidationException(section, typeof(T), failures);
        }
    }

    // "[]" in a JSON file.
    private static bool IsList(PropertyInfo property) => property.PropertyType == typeof(IReadOnlyList<string>);
}
