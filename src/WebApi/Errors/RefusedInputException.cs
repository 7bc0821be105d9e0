using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace CleanJwt.WebApi.Errors;

/// <summary>
/// Carries an error out of model binding. A binder can refuse input only by an entry in the model state, so the
/// exception is put there and never thrown.
/// </summary>
internal sealed class RefusedInputException(HttpError error) : Exception(error.Code)
{
    public HttpError Error => error;

    /// <summary>Creates the answer to a request whose input was refused.</summary>
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

/// <summary>Answers a request whose input was refused, so that its action does not run.</summary>
internal sealed class RefusedInputFilter : IActionFilter, IOrderedFilter
{
    // The order of the filter that it replaces, ModelStateInvalidFilter.
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

/// <summary>
/// Adds the filters for refused input to every action that reads input. Other actions run without filters, which
/// would cost them more than the rest of the action.
/// </summary>
internal sealed class RefusedInputConvention : IActionModelConvention
{
    public void Apply(ActionModel action)
    {
        if (action.Parameters.Count > 0
            || action.Controller.ControllerProperties.Any(property => property.BindingInfo is not null))
        {
            action.Filters.Add(new UnsupportedContentTypeFilter());
            action.Filters.Add(new RefusedInputFilter());
        }
    }
}
