using Microsoft.OpenApi;

namespace CleanJwt.WebApi.OpenApi;

/// <summary>A header of responses. The document describes each once, as a component of its name.</summary>
internal sealed record ResponseHeader(string Name, JsonSchemaType Type, string Description)
{
    public static readonly ResponseHeader WwwAuthenticate =
        new("WWW-Authenticate", JsonSchemaType.String, "What the request must prove (RFC 6750, RFC 9470, RFC 7617).");

    private static readonly ResponseHeader RetryAfter =
        new("Retry-After", JsonSchemaType.Integer, "The seconds to wait before the next try.");

    private static readonly ResponseHeader[] All =
    [
        new("ETag", JsonSchemaType.String, "The version of the account, for `If-None-Match` and `If-Match`."),
        new("Location", JsonSchemaType.String, "The path of what was created."),
        new("Set-Cookie", JsonSchemaType.String, "The cookie of the refresh token, with `transport=cookie`."),
        RetryAfter,
        WwwAuthenticate,
    ];

    public static ResponseHeader Named(string name) => All.Single(header => header.Name == name);

    /// <returns>The header that every answer of the status has. Null when there is none.</returns>
    public static ResponseHeader? OfEvery(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => WwwAuthenticate,
        StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable => RetryAfter,
        _ => null,
    };

    /// <summary>Adds the header to the response, and the component to the document.</summary>
    public void AddTo(OpenApiResponse response, OpenApiDocument document)
    {
        if (document.Components?.Headers?.ContainsKey(Name) != true)
        {
            document.AddComponent<IOpenApiHeader>(
                Name, new OpenApiHeader { Description = Description, Schema = new OpenApiSchema { Type = Type } });
        }

        response.Headers ??= new Dictionary<string, IOpenApiHeader>();
        response.Headers[Name] = new OpenApiHeaderReference(Name, document);
    }
}
