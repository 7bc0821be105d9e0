using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace CleanJwt.Application.Paging;

/// <summary>Some items of a list that is ordered by time, the newest first.</summary>
/// <param name="Next">Asks for the items after these; null when there are none.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, PageCursor? Next)
{
    public const int MaxLimit = 100;
    public const int DefaultLimit = 20;

    /// <param name="found">One more than the limit, if there are so many.</param>
    public static Page<T> Of(IReadOnlyList<T> found, int limit, Func<T, PageCursor> cursorOf) => found.Count <= limit
        ? new Page<T>(found, null)
        : new Page<T>([.. found.Take(limit)], cursorOf(found[limit - 1]));
}

/// <summary>The place of an item in such a list. What comes after it is found by an index, however long the list is, and however it grows meanwhile.</summary>
/// <remarks>Clients get it as an opaque text. It says nothing but a time and an id of the list it comes from, and gives access to nothing.</remarks>
public sealed record PageCursor(DateTimeOffset At, Guid Id)
{
    private const char Separator = '.';

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks:x}{Separator}{Id:N}");

    public static bool TryParse(string text, [NotNullWhen(true)] out PageCursor? cursor)
    {
        cursor = text.Split(Separator) is [var ticks, var id]
            && long.TryParse(ticks, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var at)
            && at >= 0 && at <= DateTimeOffset.MaxValue.UtcTicks
            && Guid.TryParseExact(id, "N", out var guid)
            ? new PageCursor(new DateTimeOffset(at, TimeSpan.Zero), guid)
            : null;
        return cursor is not null;
    }
}
