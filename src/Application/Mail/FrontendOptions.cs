namespace CleanJwt.Application.Mail;

/// <summary>The frontends that the links of mails may lead to.</summary>
/// <remarks>A request names one by its name, never by an address: otherwise a mail could lead anywhere.</remarks>
public sealed class FrontendOptions
{
    public IReadOnlyList<Frontend> Frontends { get; init; } = [];

    /// <summary>Whether a request may name this frontend. A request that names none gets the default.</summary>
    public bool Knows(string? name) => name is null || Frontends.Any(frontend => frontend.Name == name);
}

/// <summary>One frontend.</summary>
public sealed class Frontend
{
    public string? Name { get; init; }

    /// <summary>The address that the paths of links are appended to.</summary>
    public string? Url { get; init; }
}
