namespace CleanJwt.WebApi.Errors;

/// <summary>The errors of HTTP itself, which the service returns before it asks a use case.</summary>
internal static class ApiErrors
{
    public static readonly HttpError MalformedRequest = new(
        StatusCodes.Status400BadRequest, "malformed-request", "The request is malformed",
        "The body must be one JSON object in UTF-8.");

    public static readonly HttpError NotFound = new(
        StatusCodes.Status404NotFound, "not-found", "There is nothing here", "No route matches this path.");

    public static readonly HttpError MethodNotAllowed = new(
        StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "The method is not allowed",
        "The header 'Allow' names the methods of this path.");

    public static readonly HttpError BodyTooLarge = new(
        StatusCodes.Status413PayloadTooLarge, "body-too-large", "The body is too large",
        $"A body may have at most {Http.RequestBody.MaxSize / 1024} KiB.");

    public static readonly HttpError UnsupportedMediaType = new(
        StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type",
        "The media type is not supported",
        "Send the body as 'application/json', in UTF-8.");

    public static readonly HttpError RateLimited = new(
        StatusCodes.Status429TooManyRequests, "rate-limited", "Too many requests",
        "This address sent too many requests. Try again after the time in the header 'Retry-After'.");

    public static readonly HttpError InternalError = new(
        StatusCodes.Status500InternalServerError, "internal-error", "Something went wrong",
        "The service has a fault. Its operator can find it in the log by the trace id.");

    /// <summary>
    /// The client did not authenticate (RFC 6749, section 5.2). Only <c>/oauth</c> returns this error.
    /// </summary>
    public static readonly HttpError InvalidClient = new(
        StatusCodes.Status401Unauthorized, "invalid-client", "The client is not authenticated",
        "Send the id and the secret of a client by HTTP Basic.")
    {
        Challenge = "Basic realm=\"cleanjwt\", charset=\"UTF-8\"",
    };

    /// <summary>The form is not valid (RFC 6749, section 5.2). Only <c>/oauth</c> returns this error.</summary>
    public static readonly HttpError InvalidOAuthRequest = new(
        StatusCodes.Status400BadRequest, "invalid-request", "The request is not valid",
        "Send the parameter 'token' once, in a form (application/x-www-form-urlencoded).");

    private static readonly HttpError[] ByStatus =
        [MalformedRequest, NotFound, MethodNotAllowed, BodyTooLarge, UnsupportedMediaType, InternalError];

    /// <returns>The error of a status that an answer without a body has. Null when there is none.</returns>
    public static HttpError? OfStatus(int status) => Array.Find(ByStatus, error => error.Status == status);
}
