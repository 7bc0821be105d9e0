using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace CleanJwt.WebApi.Errors;

/// <summary>
/// Carries an error out of model binding, whose only way to refuse is an entry in the model state. It is put there, never thrown.
/// </summary>
internal sealed class RefusedInputException(HttpError error) : Exception(error.Code)
{
    public HttpError Error => error;

    /// <summary>The answer to a request that could not be bound.</summary>
    public static IActionResult ToResult(ActionContext context) => new ProblemResult(
        Find(context.ModelState)?.Error
        ?? HttpError.From(Domain.Results.Error.ValidationFailed(Messages(context.ModelState))));

    public static RefusedInputException? Find(ModelStateDictionary modelState) => modelState.ErrorCount == 0 ? null : modelState.Values
        .SelectMany(entry => entry.Errors)
        .Select(modelError => modelError.Exception)
        .OfType<RefusedInputException>()
        .FirstOrDefault();

    private static Dictionary<string, string[]> Messages(ModelStateDictionary modelState) => modelState
        .Where(entry => entry.Value?.Errors.Count > 0)
        .ToDictionary(entry => entry.Key, entry => entry.Value!.Errors.Select(error => error.ErrorMessage).ToArray());
}

/// <summary>Sees to it that no action runs on refused input. <see cref="ApiControllerAttribute"/> does the same, but not every controller has it.</summary>
internal sealed class RefusedInputFilter : IActionFilter
{
    public void OnActionExecuting(ActionExecutingContext context)
    {
        if (RefusedInputException.Find(context.ModelState) is not null)
        {
            context.Result = RefusedInputException.ToResult(context);
        }
    }

    public void OnActionExecuted(ActionExecutedContext context)
    {
    }
}
