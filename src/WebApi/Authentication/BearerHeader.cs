namespace CleanJwt.WebApi.Authentication;

/// <summary>For the one route that takes a bearer token which need not be valid any more.</summary>
internal static class BearerHeader
{
    private const string Scheme = "Bearer ";

    /// <returns>
    /// The token, or null where there is none. Of several headers, all of them: that is no token, and will be refused as one.
    /// </returns>
    public static string? Read(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }
}
