using CleanJwt.WebApi.Authentication;
using CleanJwt.WebApi.Errors;
using Microsoft.OpenApi;

namespace CleanJwt.WebApi.OpenApi;

/// <summary>
/// An error that many routes return and no action declares. The document describes each once, as a component that the
/// operations refer to. Described in each operation, these errors would be most of the document.
/// </summary>
/// <param name="Name">The name of the component.</param>
internal sealed record CommonError(string Name, int Status, params string[] Codes)
{
    public static readonly CommonError InsufficientScope =
        new("InsufficientScope", StatusCodes.Status403Forbidden, "insufficient-scope")
        {
            Header = ResponseHeader.WwwAuthenticate,
        };

    public static readonly CommonError BodyTooLarge =
        new("BodyTooLarge", StatusCodes.Status413PayloadTooLarge, ApiErrors.BodyTooLarge.Code);

    public static readonly CommonError UnsupportedMediaType =
        new("UnsupportedMediaType", StatusCodes.Status415UnsupportedMediaType, ApiErrors.UnsupportedMediaType.Code);

    public static readonly CommonError RateLimited =
        new("RateLimited", StatusCodes.Status429TooManyRequests, ApiErrors.RateLimited.Code);

    public static readonly CommonError InternalError =
        new("InternalError", StatusCodes.Status500InternalServerError, ApiErrors.InternalError.Code);

    public static readonly CommonError ServiceUnavailable =
        new("ServiceUnavailable", StatusCodes.Status503ServiceUnavailable, "service-unavailable");

    /// <summary>A route that requires a token needs the node's knowledge of revocations too.</summary>
    public static readonly CommonError RevocationUnavailable = new(
        "RevocationUnavailable", StatusCodes.Status503ServiceUnavailable,
        "revocation-unavailable", "service-unavailable");

    private static readonly string[] TokenCodes = ["missing-token", "invalid-token", "token-expired", "token-revoked"];

    private static readonly CommonError NoToken = new("NoToken", StatusCodes.Status401Unauthorized, TokenCodes);

    private static readonly CommonError NoLiveSession =
        new("NoLiveSession", StatusCodes.Status401Unauthorized, [.. TokenCodes, "user-not-found"]);

    private static readonly CommonError NoRecentSignIn = new(
        "NoRecentSignIn", StatusCodes.Status401Unauthorized,
        [.. NoLiveSession.Codes, "reauthentication-required"]);

    private ResponseHeader? Header { get; init; } = ResponseHeader.OfEvery(Status);

    /// <summary>The error of a request without the proof that the action requires.</summary>
    public static CommonError Without(ProofAttribute? proof) => proof switch
    {
        RequireRecentSignInAttribute => NoRecentSignIn,
        RequireLiveSessionAttribute => NoLiveSession,
        _ => NoToken,
    };

    /// <summary>Adds the component to the document, if the document does not have it.</summary>
    public IOpenApiResponse In(OpenApiDocument document)
    {
        if (document.Components?.Responses?.ContainsKey(Name) != true)
        {
            var response = Describe(ProblemWriter.ContentType, nameof(Problem), document, Codes);
            Header?.AddTo(response, document);
            document.AddComponent<IOpenApiResponse>(Name, response);
        }

        return new OpenApiResponseReference(Name, document);
    }

    /// <summary>Describes an error by its codes, with a body of the schema.</summary>
    public static OpenApiResponse Describe(
        string contentType, string schema, OpenApiDocument document, params string[] codes)
    {
        var body = new OpenApiMediaType { Schema = new OpenApiSchemaReference(schema, document) };
        return new OpenApiResponse
        {
            Description = ProducesProblemAttribute.Describe(codes),
            Content = new Dictionary<string, OpenApiMediaType> { [contentType] = body },
        };
    }
}
