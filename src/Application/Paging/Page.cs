using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace CleanJwt.Application.Paging;

/// <summary>One page of a list that is ordered by time, newest first.</summary>
/// <param name="Next">The cursor of the next page. Null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, PageCursor? Next)
{
    public const int MaxLimit = 100;
    public const int DefaultLimit = 20;

    /// <param name="found">The items that were read: up to one more than the limit.</param>
    public static Page<T> Of(IReadOnlyList<T> found, int limit, Func<T, PageCursor> cursorOf) => found.Count <= limit
        ? new Page<T>(found, null)
        : new Page<T>([.. found.Take(limit)], cursorOf(found[limit - 1]));
}

/// <summary>
/// The position of an item in such a list. An index finds the items after it, however long the list is. New items do
/// not shift the pages.
/// </summary>
/// <remarks>
/// Clients get it as opaque text. It holds only the time and the id of an item of the list, and gives access to
/// nothing.
/// </remarks>
public sealed record PageCursor(DateTimeOffset At, Guid Id)
{
    private const char Separator = '.';

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks:x}{Separator}{Id:N}");

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
