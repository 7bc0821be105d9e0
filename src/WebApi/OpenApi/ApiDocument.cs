using System.Globalization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace CleanJwt.WebApi.OpenApi;

/// <summary>Registers and maps the OpenAPI document and the page that shows it.</summary>
internal static class ApiDocument
{
    private const string Name = "v1";

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.AddDocumentTransformer<DocumentInfo>();
        options.AddOperationTransformer<OperationInfo>();
        options.AddSchemaTransformer<AbsentMembers>();
    });

    // ASP.NET Core runs a RequestDelegate as it is. A handler with other parameters or results would be compiled at
    // each start.
    public static void MapApiDocument(this IEndpointRouteBuilder routes)
    {
        routes.MapGet($"/openapi/{Name}.json", AnswerAsync);
        routes.MapScalarApiReference("/docs", DocsPage.Configure);
    }

    // The handler of the framework indents the document, which makes it twice as long.
    private static async Task AnswerAsync(HttpContext context)
    {
        var provider = context.RequestServices.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name);
        var document = await provider.GetOpenApiDocumentAsync(context.RequestAborted);
        await using var text = new StringWriter(CultureInfo.InvariantCulture);
        var writer = new OpenApiJsonWriter(text, new OpenApiJsonWriterSettings { Terse = true });
        await document.SerializeAsync(writer, OpenApiSpecVersion.OpenApi3_1, context.RequestAborted);
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
    }
}
