using Microsoft.AspNetCore.Mvc;
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
        context.ModelState.Values
            .SelectMany(entry => entry.Errors)
            .Select(modelError => modelError.Exception)
            .OfType<RefusedInputException>()
            .FirstOrDefault()?.Error
        ?? HttpError.From(Domain.Results.Error.ValidationFailed(Messages(context.ModelState))));

    private static Dictionary<string, string[]> Messages(ModelStateDictionary modelState) => modelState
        .Where(entry => entry.Value?.Errors.Count > 0)
        .ToDictionary(entry => entry.Key, entry => entry.Value!.Errors.Select(error => error.ErrorMessage).ToArray());
}
