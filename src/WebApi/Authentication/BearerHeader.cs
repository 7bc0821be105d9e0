namespace CleanJwt.WebApi.Authentication;

/// <summary>The <c>Authorization</c> header of RFC 6750, section 2.1.</summary>
internal static class BearerHeader
{
    private const string Scheme = "Bearer ";

    // RFC 9110, section 5.6.3. String.Trim would remove all white space of Unicode, and a token would have two
    // spellings.
    private const string WhiteSpace = " \t";

    /// <returns>
    /// The token, or null when there is none. Several headers are returned as one text, which is no valid token.
    /// </returns>
    public static ReadOnlyMemory<char>? Read(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header.AsMemory(Scheme.Length).Trim(WhiteSpace)
            : default(ReadOnlyMemory<char>?);
    }
}
