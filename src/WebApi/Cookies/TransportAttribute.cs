using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Results;
using CleanJwt.WebApi.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace CleanJwt.WebApi.Cookies;

/// <summary>
/// Gives an action the transport that the query asks for, as a <see cref="TokenTransport"/> parameter. If the client
/// may not use the cookie, the action does not run and the answer is 400 or 403.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TransportAttribute() : ModelBinderAttribute(typeof(TransportBinder))
{
    public override BindingSource BindingSource => BindingSource.Query;
}

internal sealed class TransportBinder(RefreshCookie cookie) : IModelBinder
{
    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var request = bindingContext.HttpContext.Request;
        Result<TokenTransport> transport = request.Query[bindingContext.FieldName] switch
        {
            [] or ["body"] => TokenTransport.Body,
            ["cookie"] => cookie.Check(request) is { } error ? error : TokenTransport.Cookie,
            _ => Error.ValidationFailed(bindingContext.FieldName, "One of: body, cookie."),
        };
        if (transport.IsSuccess)
        {
            bindingContext.Result = ModelBindingResult.Success(transport.Value);
        }
        else
        {
            bindingContext.Refuse(transport.Error);
        }

        return Task.CompletedTask;
    }
}
