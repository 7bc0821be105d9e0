using Scalar.AspNetCore;

namespace CleanJwt.WebApi.OpenApi;

/// <summary>Registers and maps the OpenAPI document and the page that shows it.</summary>
internal static class ApiDocument
{
    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.AddDocumentTransformer<DocumentInfo>();
        options.AddOperationTransformer<DocumentInfo>();
    });

    public static void MapApiDocument(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/v1.json");
        routes.MapScalarApiReference("/docs", DocsPage.Configure);
    }
}
