using System.Text;
using System.Text.Unicode;
using CleanJwt.WebApi.Errors;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace CleanJwt.WebApi.Http;

/// <summary>
/// Reads a parameter of an OAuth request from its form. The form must hold the parameter exactly once (RFC 6749,
/// section 3.2). No other route reads forms.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class OAuthFormAttribute() : ModelBinderAttribute(typeof(OAuthFormBinder))
{
    public const string MediaType = "application/x-www-form-urlencoded";

    public override BindingSource BindingSource => BindingSource.Form;
}

internal sealed class OAuthFormBinder : IModelBinder
{
    public async Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var request = bindingContext.HttpContext.Request;
        if (!IsForm(request))
        {
            Refuse(bindingContext, ApiErrors.UnsupportedMediaType);
        }
        else if (await RequestBody.ReadAsync(request) is not { } body)
        {
            Refuse(bindingContext, ApiErrors.BodyTooLarge);
        }
        else if (Find(body, bindingContext.FieldName) is not { } value)
        {
            Refuse(bindingContext, ApiErrors.InvalidOAuthRequest);
        }
        else
        {
            bindingContext.Result = ModelBindingResult.Success(value);
        }
    }

    private static bool IsForm(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals(OAuthFormAttribute.MediaType, StringComparison.OrdinalIgnoreCase)
        && RequestBody.IsUtf8(type);

    /// <returns>The value of the parameter. Null when it is absent, empty, or occurs more than once.</returns>
    private static string? Find(byte[] body, string name)
    {
        try
        {
            return Utf8.IsValid(body)
                && new FormReader(Encoding.UTF8.GetString(body)).ReadForm().TryGetValue(name, out var values)
                && values is [{ Length: > 0 } value]
                    ? value
                    : null;
        }
        catch (InvalidDataException)
        {
            return null; // FormReader reads up to 1,024 parameters
        }
    }

    private static void Refuse(ModelBindingContext context, HttpError error) =>
        context.ModelState.TryAddModelException(context.ModelName, new RefusedInputException(error));
}
