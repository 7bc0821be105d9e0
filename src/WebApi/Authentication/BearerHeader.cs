namespace CleanJwt.WebApi.Authentication;

/// <summary>The <c>Authorization</c> header of RFC 6750, section 2.1.</summary>
internal static class BearerHeader
{
    private const string Scheme = "Bearer ";

    // What RFC 9110, section 5.6.3, calls white space, and not what Unicode does.
    private const string WhiteSpace = " \t";

    /// <returns>
    /// The token, or null where there is none. Of several headers, all of them: that is no token, and will be refused as one.
    /// </returns>
    public static ReadOnlyMemory<char>? Read(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header.AsMemory(Scheme.Length).Trim(WhiteSpace) : default(ReadOnlyMemory<char>?);
    }
}
