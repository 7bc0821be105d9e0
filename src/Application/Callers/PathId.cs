namespace CleanJwt.Application.Callers;

/// <summary>Reads ids as paths have them.</summary>
internal static class PathId
{
    private const int Length = 36;

    /// <returns>False for everything but a UUID in its usual form. <see cref="Guid.TryParseExact(string?, string?, out Guid)"/> alone trims white space.</returns>
    /// <param name="text">Null for one of white space alone, which MVC takes for none.</param>
    public static bool TryParse(string? text, out Guid id)
    {
        id = Guid.Empty;
        return text?.Length == Length && Guid.TryParseExact(text, "D", out id);
    }
}
