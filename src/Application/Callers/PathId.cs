namespace CleanJwt.Application.Callers;

/// <summary>Reads ids from the paths of requests.</summary>
internal static class PathId
{
    private const int Length = 36;

    /// <returns>
    /// False for anything but a UUID in its usual form. <see cref="Guid.TryParseExact(string?, string?, out Guid)"/>
    /// alone would trim white space.
    /// </returns>
    /// <param name="text">Null when the path has only white space, which MVC binds as null.</param>
    public static bool TryParse(string? text, out Guid id)
    {
        id = Guid.Empty;
        return text?.Length == Length && Guid.TryParseExact(text, "D", out id);
    }
}
