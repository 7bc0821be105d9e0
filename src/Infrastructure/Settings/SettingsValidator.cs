using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Settings;

/// <summary>Checks a settings class by the attributes on its properties, and says of each failure the key, the value and what is allowed.</summary>
internal sealed class SettingsValidator<T>(string section) : IValidateOptions<T>
    where T : class
{
    public ValidateOptionsResult Validate(string? name, T options)
    {
        var failures = (
            from property in typeof(T).GetProperties()
            from attribute in property.GetCustomAttributes<ValidationAttribute>()
            let value = property.GetValue(options)
            where !attribute.IsValid(value)
            select Describe($"{section}:{property.Name}", value, attribute)).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static string Describe(string key, object? value, ValidationAttribute attribute)
    {
        var allowed = attribute switch
        {
            RangeAttribute range => $"{range.Minimum} to {range.Maximum}",
            AllowedValuesAttribute values => string.Join(", ", values.Values),
            _ => attribute.ErrorMessage,
        };
        return value is null
            ? $"{key} is not set; allowed: {allowed}."
            : string.Create(CultureInfo.InvariantCulture, $"{key} is '{value}'; allowed: {allowed}.");
    }
}
