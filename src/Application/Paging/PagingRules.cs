using FluentValidation;

namespace CleanJwt.Application.Paging;

/// <summary>The validation rules for the parameters of paged lists.</summary>
internal static class PagingRules
{
    public static void MustBeALimit<T>(this IRuleBuilderInitial<T, int?> rule) =>
        rule.InclusiveBetween(1, Page<T>.MaxLimit).WithMessage($"Must be between 1 and {Page<T>.MaxLimit}.");

    public static void MustBeACursor<T>(this IRuleBuilderInitial<T, string?> rule) =>
        rule.Must(text => text is null || PageCursor.TryParse(text, out _))
            .WithMessage("Must be the 'next' of an earlier answer.");

    public static PageCursor? ToCursor(this string? text) =>
        text is not null && PageCursor.TryParse(text, out var cursor) ? cursor : null;
}
