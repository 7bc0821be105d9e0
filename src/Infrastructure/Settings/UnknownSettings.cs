using Microsoft.Extensions.Configuration;

namespace CleanJwt.Infrastructure.Settings;

/// <summary>The keys that the service reads in one of its sections.</summary>
/// <param name="Section">The section, such as <c>Jwt</c>.</param>
/// <param name="Keys">Full keys. A <c>*</c> stands for the position in a list, as in <c>Jwt:KeyFiles:*</c>.</param>
internal sealed record SettingsKeys(string Section, IReadOnlyList<string> Keys)
{
    /// <summary>The keys that bind to the properties of a type.</summary>
    public static SettingsKeys Of(string section, Type type) => new(section, [.. KeysOf(section, type)]);

    private static IEnumerable<string> KeysOf(string path, Type type) => type.GetProperties().SelectMany(property =>
    {
        var key = $"{path}:{property.Name}";
        if (ElementOf(property.PropertyType) is not { } element)
        {
            return [key];
        }

        return element == typeof(string) ? [key, $"{key}:*"] : KeysOf($"{key}:*", element);
    });

    private static Type? ElementOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
            ? type.GetGenericArguments()[0]
            : null;
}

/// <summary>
/// Refuses settings that nothing reads. A misspelled key would otherwise leave the default in force without a word.
/// </summary>
/// <remarks>Only the service's own sections are checked. Other sections belong to .NET or to the application.</remarks>
internal sealed class UnknownSettings(IEnumerable<SettingsKeys> known, IConfiguration configuration)
{
    /// <exception cref="StartException">
    /// A key is unknown. The message has a line for each such key, with the nearest known key and without the value.
    /// </exception>
    public void Check()
    {
        var failures = known
            .GroupBy(keys => keys.Section.Split(':')[0], StringComparer.OrdinalIgnoreCase)
            .SelectMany(section => Check(section.Key, [.. section.SelectMany(keys => keys.Keys)]))
            .ToList();
        if (failures.Count > 0)
        {
            throw new StartException(string.Join(Environment.NewLine, failures));
        }
    }

    private IEnumerable<string> Check(string section, IReadOnlyList<string> keys) =>
        configuration.GetSection(section).GetChildren().SelectMany(Settings)
            .Where(setting => !keys.Any(key => Matches(key, setting)))
            .Select(setting => $"{setting} is set, and nothing reads it; the nearest key is {Nearest(setting, keys)}.");

    private static IEnumerable<string> Settings(IConfigurationSection section)
    {
        var children = section.GetChildren().ToList();
        return children.Count == 0 && section.Value is not null ? [section.Path] : children.SelectMany(Settings);
    }

    private static bool Matches(string known, string key)
    {
        var (expected, parts) = (known.Split(':'), key.Split(':'));
        return expected.Length == parts.Length && expected.Zip(parts).All(pair =>
            pair.First == "*" || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));
    }

    private static string Nearest(string key, IReadOnlyList<string> keys)
    {
        var position = key.Split(':').FirstOrDefault(part => part.All(char.IsAsciiDigit)) ?? "0";
        return keys.Select(known => known.Replace("*", position, StringComparison.Ordinal))
            .MinBy(known => Distance(known.ToUpperInvariant(), key.ToUpperInvariant()))!;
    }

    // The number of characters to insert, delete or replace (Levenshtein).
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
