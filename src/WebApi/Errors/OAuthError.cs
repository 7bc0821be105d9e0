using System.Text.Json.Serialization;

namespace CleanJwt.WebApi.Errors;

/// <summary>The body of every error under <c>/oauth</c> (RFC 6749, section 5.2).</summary>
/// <param name="Error">
/// <c>invalid_request</c>, <c>invalid_client</c>, <c>temporarily_unavailable</c> or <c>server_error</c>.
/// </param>
/// <param name="ErrorDescription">An explanation for developers.</param>
public sealed record OAuthError(string Error, [property: JsonPropertyName("error_description")] string ErrorDescription)
{
    internal const string ContentType = "application/json";

    internal static OAuthError From(HttpError error) => new(
        error.Status switch
        {
            StatusCodes.Status401Unauthorized => "invalid_client",
            StatusCodes.Status503ServiceUnavailable => "temporarily_unavailable",
            >= StatusCodes.Status500InternalServerError => "server_error",
            _ => "invalid_request",
        },

        // The details of these errors elsewhere speak of JSON, but these routes take a form.
        error.Status is StatusCodes.Status400BadRequest or StatusCodes.Status415UnsupportedMediaType
            ? ApiErrors.InvalidOAuthRequest.Detail
            : error.Detail);
}
