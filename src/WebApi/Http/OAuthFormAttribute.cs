using CleanJwt.WebApi.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace CleanJwt.WebApi.Http;

/// <summary>Reads a parameter of an OAuth request from its form, which holds each at most once (RFC 6749, section 3.2). Nothing else here reads forms.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class OAuthFormAttribute() : ModelBinderAttribute(typeof(OAuthFormBinder))
{
    public override BindingSource BindingSource => BindingSource.Form;
}

internal sealed class OAuthFormBinder : IModelBinder
{
    private static readonly FormOptions Limits = new()
    {
        BufferBodyLengthLimit = RequestBody.MaxSize,
        ValueLengthLimit = RequestBody.MaxSize,
    };

    public async Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var request = bindingContext.HttpContext.Request;
        try
        {
            if (request.ContentLength > RequestBody.MaxSize)
            {
                Refuse(bindingContext, ApiErrors.BodyTooLarge);
                return;
            }

            var values = request.HasFormContentType
                ? (await request.ReadFormAsync(Limits, request.HttpContext.RequestAborted))[bindingContext.FieldName]
                : default;
            if (values is not [{ Length: > 0 } value])
            {
                Refuse(bindingContext, ApiErrors.InvalidOAuthRequest);
                return;
            }

            bindingContext.Result = ModelBindingResult.Success(value);
        }
        catch (Exception exception) when (exception is InvalidDataException or BadHttpRequestException)
        {
            Refuse(bindingContext, ApiErrors.InvalidOAuthRequest);
        }
    }

    private static void Refuse(ModelBindingContext context, HttpError error) =>
        context.ModelState.TryAddModelException(context.ModelName, new RefusedInputException(error));
}
