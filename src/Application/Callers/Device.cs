namespace CleanJwt.Application.Callers;

/// <summary>The kind of device that a <c>User-Agent</c> names: a browser or an app, on an operating system.</summary>
/// <param name="App">The browser, or else the product that the header names first.</param>
/// <param name="IsBrowser">Whether <paramref name="App"/> is one of the known browsers.</param>
/// <param name="System">Null when the header names no known system.</param>
public sealed record Device(string App, bool IsBrowser, string? System)
{
    // Most browsers also name the ones that they descend from, so the order counts.
    private static readonly (string Token, string Name)[] Browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari"),
    ];

    private static readonly (string Token, string Name)[] Systems =
    [
        ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iOS"), ("Macintosh", "macOS"),
        ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ];

    /// <returns>The device of a <c>User-Agent</c>. Versions do not count.</returns>
    public static Device Of(string? userAgent)
    {
        var text = userAgent ?? "";
        var system = Find(Systems, text);
        return Find(Browsers, text) is { } browser
            ? new Device(browser, IsBrowser: true, system)
            : new Device(text.Split('/', ' ')[0], IsBrowser: false, system);
    }

    /// <summary>
    /// Describes the device in words of this service. The client chose the header, and could write anything.
    /// </summary>
    /// <returns>Empty when nothing is known.</returns>
    public override string ToString() => (IsBrowser, System) switch
    {
        (true, { } system) => $"{App}, {system}",
        (true, null) => App,
        (false, { } system) => system,
        _ => "",
    };

    private static string? Find((string Token, string Name)[] known, string text) =>
        Array.Find(known, one => text.Contains(one.Token, StringComparison.Ordinal)).Name;
}
