using CleanJwt.WebApi.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CleanJwt.WebApi.OpenApi;

/// <summary>
/// Adds to the OpenAPI document what is true for the whole service: its name and address, the ways to authenticate,
/// and the purpose of each group of routes.
/// </summary>
internal sealed class DocumentInfo(PublicPaths paths) : IOpenApiDocumentTransformer
{
    public const string BearerScheme = "bearer";
    public const string BasicScheme = "basic";

    // The tag of a route is the name of its controller.
    private static readonly Dictionary<string, string> Tags = new()
    {
        ["AdminUsers"] = "All accounts. Only administrators can have the scopes that these routes require.",
        ["Auth"] = "Signing up, signing in and out, and new tokens.",
        ["OAuth"] = "Other services introspect and revoke tokens here.",
        ["Sessions"] = "The sessions of the caller's account.",
        ["Users"] = "The caller's account.",
        ["WellKnown"] = "The keys and the metadata by which other services verify access tokens.",
    };

    public Task TransformAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "CleanJwt",
            Version = "v1",
            Description = "Accounts and revocable JWTs. "
                + "Every error is a problem document (RFC 9457), whose `code` names the error.",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        document.Servers = [new OpenApiServer { Url = paths.BaseAddress }];
        document.AddComponent<IOpenApiSecurityScheme>(BearerScheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "The `accessToken` that a sign-in or a refresh returns.",
        });
        document.AddComponent<IOpenApiSecurityScheme>(BasicScheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "basic",
            Description = "The id and the secret of a client of `Clients`, form-urlencoded (RFC 6749, section 2.3.1). "
                + "Only other services have them, never a frontend.",
        });
        foreach (var tag in document.Tags ?? Enumerable.Empty<OpenApiTag>())
        {
            tag.Description = Tags.GetValueOrDefault(tag.Name ?? "");
        }

        return Task.CompletedTask;
    }
}
