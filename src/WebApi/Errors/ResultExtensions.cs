using CleanJwt.Domain.Results;
using Microsoft.AspNetCore.Mvc;

namespace CleanJwt.WebApi.Errors;

internal static class ResultExtensions
{
    public static ActionResult ToActionResult<T>(this Result<T> result, Func<T, ActionResult> onSuccess) =>
        result.IsSuccess ? onSuccess(result.Value) : new ProblemResult(HttpError.From(result.Error));
}
