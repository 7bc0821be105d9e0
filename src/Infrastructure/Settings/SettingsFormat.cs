using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Settings;

/// <summary>
/// Checks that the binder can convert every value. The binder's own exception does not name the allowed values.
/// </summary>
internal sealed class SettingsFormat<T>(string section, IConfiguration configuration) : IConfigureOptions<T>
    where T : class
{
    public void Configure(T options)
    {
        var failures = (
            from property in typeof(T).GetProperties()
            let key = $"{section}:{property.Name}"
            let text = configuration[key]
            where text is not null && !(text.Length == 0 && IsList(property))
            where !TypeDescriptor.GetConverter(property.PropertyType).IsValid(text)
            select SettingsDescription.Of(key, text, property)).ToList();
        if (failures.Count > 0)
        {
            throw new OptionsValidationException(section, typeof(T), failures);
        }
    }

    // An empty list, "[]" in a JSON file, arrives as an empty text.
    private static bool IsList(PropertyInfo property) => property.PropertyType == typeof(IReadOnlyList<string>);
}
