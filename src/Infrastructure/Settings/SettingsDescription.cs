using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace CleanJwt.Infrastructure.Settings;

/// <summary>Describes an invalid setting: its key, its value and the allowed values.</summary>
internal static class SettingsDescription
{
    public static string Of(string key, object? value, PropertyInfo property)
    {
        var allowed = property.GetCustomAttribute<ValidationAttribute>() switch
        {
            RangeAttribute range => $"{range.Minimum} to {range.Maximum}",
            AllowedValuesAttribute values => string.Join(", ", values.Values),
            { ErrorMessage: { } message } => message,
            _ when property.PropertyType == typeof(bool) => "true, false",
            _ when property.PropertyType == typeof(IReadOnlyList<string>) => $"a list, as {key}:0, {key}:1 and so on",
            _ => $"a value of type {property.PropertyType.Name}",
        };
        return value is null
            ? $"{key} is not set; allowed: {allowed}."
            : string.Create(CultureInfo.InvariantCulture, $"{key} is '{value}'; allowed: {allowed}.");
    }
}
