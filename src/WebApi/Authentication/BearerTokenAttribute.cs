using CleanJwt.Application.Accounts;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using CleanJwt.WebApi.Errors;
using Mediator;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ModelBinding.Validation;

namespace CleanJwt.WebApi.Authentication;

/// <summary>Gives an action what the request's access token says, as an <see cref="AccessToken"/> parameter. No database is asked.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class BearerTokenAttribute() : ModelBinderAttribute(typeof(BearerTokenBinder))
{
    public override BindingSource BindingSource => BindingSource.Special;
}

/// <summary>
/// Gives an action the current user, as an <see cref="Account"/> parameter, with one lookup. When the account is gone the action does not run,
/// and the answer is 401 <c>user-not-found</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class CurrentUserAttribute() : ModelBinderAttribute(typeof(CurrentUserBinder))
{
    public override BindingSource BindingSource => BindingSource.Special;
}

internal sealed class BearerTokenBinder : IModelBinder
{
    public async Task BindModelAsync(ModelBindingContext bindingContext) =>
        bindingContext.Bind(await AccessTokenAsync(bindingContext.HttpContext));

    /// <returns>The request's token, or why there is none: the action may have no attribute that asks for one.</returns>
    public static async Task<Result<AccessToken>> AccessTokenAsync(HttpContext context) => context.User.Identity is AccessTokenIdentity identity
        ? identity.Token
        : JwtBearerSetup.ErrorOf((await context.AuthenticateAsync()).Failure); // not judged again: the handler keeps its result
}

internal sealed class CurrentUserBinder(ISender sender) : IModelBinder
{
    public async Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var context = bindingContext.HttpContext;
        var token = await BearerTokenBinder.AccessTokenAsync(context);
        bindingContext.Bind(token.IsSuccess
            ? await sender.Send(new GetCurrentUserQuery(token.Value.AccountId), context.RequestAborted)
            : token.Error);
    }
}

internal static class ModelBindingContextExtensions
{
    public static void Bind<T>(this ModelBindingContext context, Result<T> result)
        where T : class
    {
        if (!result.IsSuccess)
        {
            context.ModelState.TryAddModelException(context.ModelName, new RefusedInputException(HttpError.From(result.Error)));
            return;
        }

        // It comes from this service itself, so there is nothing to validate.
        context.ValidationState.Add(result.Value, new ValidationStateEntry { SuppressValidation = true });
        context.Result = ModelBindingResult.Success(result.Value);
    }
}
