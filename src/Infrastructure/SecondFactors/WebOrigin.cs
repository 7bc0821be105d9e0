namespace CleanJwt.Infrastructure.SecondFactors;

/// <summary>The origins of pages as browsers write them: in lower case, with the ASCII form of a domain.</summary>
internal static class WebOrigin
{
    /// <returns>Null for a text that is no http or https address.</returns>
    public static string? Of(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? Of(uri) : null;

    public static string Of(Uri address) => address.IsDefaultPort
        ? $"{address.Scheme}://{HostOf(address)}"
        : $"{address.Scheme}://{HostOf(address)}:{address.Port}";

    /// <returns>The host, an IPv6 address in its brackets.</returns>
    public static string HostOf(Uri address) =>
        address.HostNameType == UriHostNameType.IPv6 ? address.Host : address.IdnHost;
}
