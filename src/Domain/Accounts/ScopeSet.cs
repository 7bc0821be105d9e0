using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace CleanJwt.Domain.Accounts;

/// <summary>
/// A set of known scopes. Its text form is that of RFC 6749, section 3.3: names with a space between.
/// </summary>
public sealed class ScopeSet : IEquatable<ScopeSet>
{
    private static readonly Scope[] All =
    [
        .. typeof(Scopes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .OrderBy(field => field.MetadataToken) // the order of declaration, which GetFields does not promise
            .Select(field => new Scope(
                (string)field.GetRawConstantValue()!, field.GetCustomAttribute<GrantedToAttribute>()?.Roles)),
    ];

    private readonly string[] _names;
    private readonly string _text;

    private ScopeSet(IEnumerable<Scope> scopes)
    {
        _names = [.. scopes.Select(scope => scope.Name)];
        _text = string.Join(' ', _names);
    }

    /// <summary>The names of all scopes, in the order in which a set is written.</summary>
    public static IReadOnlyList<string> KnownNames { get; } = [.. All.Select(scope => scope.Name)];

    /// <summary>All scopes that an account with these roles may have.</summary>
    public static ScopeSet AllowedFor(IReadOnlyCollection<string> roles) =>
        new(All.Where(scope => scope.IsGrantedTo(roles)));

    /// <summary>Reads the scopes that a request asks for.</summary>
    /// <returns>False when the text holds an unknown name, or no name.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out ScopeSet? scopes)
    {
        var names = Split(text);
        scopes = names.Length > 0 && names.All(KnownNames.Contains) ? ParseKnown(text) : null;
        return scopes is not null;
    }

    /// <summary>
    /// Reads an optional request parameter. Absent is valid and gives null; anything else is read by
    /// <see cref="TryParse"/>.
    /// </summary>
    public static bool TryParseOptional(string? text, out ScopeSet? scopes)
    {
        scopes = null;
        return text is null || TryParse(text, out scopes);
    }

    /// <summary>
    /// Reads the scopes that this service wrote into a token or a row. A node of a newer version may have written it,
    /// so names that this node does not know are left out. The set may be empty.
    /// </summary>
    public static ScopeSet ParseKnown(string text)
    {
        var names = Split(text);
        return new ScopeSet(All.Where(scope => names.Contains(scope.Name)));
    }

    public bool Contains(string name) => Array.IndexOf(_names, name) >= 0;

    public bool IsSubsetOf(ScopeSet other) => _names.All(other.Contains);

    public bool Equals(ScopeSet? other) => _text == other?._text;

    public override bool Equals(object? obj) => Equals(obj as ScopeSet);

    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => _text;

    private static string[] Split(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <param name="Roles">The roles that may have the scope. Null for a scope that every account may have.</param>
    private sealed record Scope(string Name, IReadOnlyList<string>? Roles)
    {
        public bool IsGrantedTo(IReadOnlyCollection<string> roles) => Roles is null || Roles.Any(roles.Contains);
    }
}
