using System.Diagnostics.CodeAnalysis;

namespace CleanJwt.Domain.Accounts;

/// <summary>The names of what a token may be used for.</summary>
public static class Scopes
{
    public const string AccountRead = "account:read";
    public const string AccountWrite = "account:write";
    public const string UsersRead = "users:read";
    public const string UsersWrite = "users:write";
}

/// <summary>A set of known scopes, written as RFC 6749 section 3.3 has it: names with a space between.</summary>
public sealed class ScopeSet : IEquatable<ScopeSet>
{
    // The order here is the order in which a set is written.
    private static readonly string[] Everybody = [Scopes.AccountRead, Scopes.AccountWrite];
    private static readonly string[] Known = [.. Everybody, Scopes.UsersRead, Scopes.UsersWrite];

    private readonly string[] _names;
    private readonly string _text;

    private ScopeSet(IEnumerable<string> names)
    {
        _names = [.. Known.Intersect(names, StringComparer.Ordinal)];
        _text = string.Join(' ', _names);
    }

    /// <summary>All names there are, in the order in which a set is written.</summary>
    public static IReadOnlyList<string> KnownNames => Known;

    /// <summary>All that an account with these roles may have.</summary>
    public static ScopeSet AllowedFor(IEnumerable<string> roles) => new(roles.Contains(Roles.Admin) ? Known : Everybody);

    /// <returns>False when a name is unknown or there is none at all.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out ScopeSet? scopes)
    {
        var names = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        scopes = names.Length > 0 && names.All(Known.Contains) ? new ScopeSet(names) : null;
        return scopes is not null;
    }

    /// <summary>As <see cref="TryParse"/>, for a request's optional parameter: one that is absent asks for nothing in particular.</summary>
    public static bool TryParseOptional(string? text, out ScopeSet? scopes)
    {
        scopes = null;
        return text is null || TryParse(text, out scopes);
    }

    /// <exception cref="FormatException">The text names an unknown scope, or none.</exception>
    public static ScopeSet Parse(string text) =>
        TryParse(text, out var scopes) ? scopes : throw new FormatException("Not a set of known scopes.");

    public bool Contains(string name) => Array.IndexOf(_names, name) >= 0;

    public bool IsSubsetOf(ScopeSet other) => _names.All(other.Contains);

    public bool Equals(ScopeSet? other) => _text == other?._text;

    public override bool Equals(object? obj) => Equals(obj as ScopeSet);

    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => _text;
}
