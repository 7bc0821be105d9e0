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

/// <summary>
/// Gives an action the content of the access token as an <see cref="AccessToken"/> parameter, without a database
/// lookup.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class BearerTokenAttribute() : ModelBinderAttribute(typeof(BearerTokenBinder))
{
    public override BindingSource BindingSource => BindingSource.Special;
}

/// <summary>
/// Gives an action the account of the caller as an <see cref="Account"/> parameter, with one database lookup. If the
/// account no longer exists, the action does not run and the answer is 401 <c>user-not-found</c>.
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

    /// <returns>
    /// The access token, or the reason why there is none. An action without an authorization attribute can be called
    /// without a token.
    /// </returns>
    public static async Task<Result<AccessToken>> AccessTokenAsync(HttpContext context) =>
        context.User.Identity is AccessTokenIdentity identity
            ? identity.Token
            : JwtBearerSetup.ErrorOf((await context.AuthenticateAsync()).Failure); // the handler keeps its result
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
            context.Refuse(result.Error);
            return;
        }

        // The value comes from this service, not from the request, so MVC must not validate it.
        context.ValidationState.Add(result.Value, new ValidationStateEntry { SuppressValidation = true });
        context.Result = ModelBindingResult.Success(result.Value);
    }

    /// <summary>Keeps the action from running. The answer is the error.</summary>
    public static void Refuse(this ModelBindingContext context, Error error) =>
        context.ModelState.TryAddModelException(
            context.ModelName, new RefusedInputException(HttpError.From(error)));
}
