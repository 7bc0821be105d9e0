using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Settings;

/// <summary>
/// Checks a settings class by the validation attributes of its properties. A property has one such attribute at most.
/// </summary>
internal sealed class SettingsValidator<T>(string section) : IValidateOptions<T>
    where T : class
{
    public ValidateOptionsResult Validate(string? name, T options)
    {
        var failures = (
            from property in typeof(T).GetProperties()
            let value = property.GetValue(options)
            where property.GetCustomAttribute<ValidationAttribute>()?.IsValid(value) == false
            select SettingsDescription.Of($"{section}:{property.Name}", value, property)).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
