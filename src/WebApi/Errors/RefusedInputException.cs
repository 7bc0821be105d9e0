using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
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

    private static RefusedInputException? Find(ModelStateDictionary modelState) => modelState.Values
        .SelectMany(entry => entry.Errors)
        .Select(modelError => modelError.Exception)
        .OfType<RefusedInputException>()
        .FirstOrDefault();

    private static Dictionary<string, string[]> Messages(ModelStateDictionary modelState) => modelState
        .Where(entry => entry.Value?.Errors.Count > 0)
        .ToDictionary(entry => entry.Key, entry => entry.Value!.Errors.Select(error => error.ErrorMessage).ToArray());
}

/// <summary>Sees to it that no action runs on input that was refused.</summary>
internal sealed class RefusedInputFilter : IActionFilter, IOrderedFilter
{
    // Where the framework's own filter for it stands.
    public int Order => -2000;

    public void OnActionExecuting(ActionExecutingContext context)
    {
        if (!context.ModelState.IsValid)
        {
            context.Result = RefusedInputException.ToResult(context);
        }
    }

    public void OnActionExecuted(ActionExecutedContext context)
    {
    }
}

/// <summary>Actions that take nothing from the request have nothing to refuse, and filters cost them more than anything else about an action does.</summary>
internal sealed class RefusedInputConvention : IActionModelConvention
{
    public void Apply(ActionModel action)
    {
        if (action.Parameters.Count > 0 || action.Controller.ControllerProperties.Any(property => property.BindingInfo is not null))
        {
            action.Filters.Add(new UnsupportedContentTypeFilter());
            action.Filters.Add(new RefusedInputFilter());
        }
    }
}
