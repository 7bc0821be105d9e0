using System.Globalization;
using CleanJwt.WebApi.Authentication;
using CleanJwt.WebApi.Errors;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.OpenApi;

namespace CleanJwt.WebApi.OpenApi;

/// <summary>
/// Adds to an operation of the OpenAPI document what its action does not declare: how a caller authenticates, and the
/// errors and headers that follow from the attributes of the action.
/// </summary>
internal sealed class OperationInfo : IOpenApiOperationTransformer
{
    public async Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var document = context.Document!;
        operation.Responses ??= [];
        if (metadata.OfType<IAuthorizeData>().Any(data => data.AuthenticationSchemes == BasicClientHandler.SchemeName))
        {
            await AddSchemaAsync<OAuthError>(context, cancellationToken);
            DescribeForClients(operation, document);
        }
        else
        {
            await AddSchemaAsync<Problem>(context, cancellationToken);
            Describe(operation, metadata, context.Description.RelativePath, document);
        }

        AddHeaders(operation, metadata, document);
    }

    // The transformer of an operation gets a copy of a schema. Only components can be referred to.
    private static async Task AddSchemaAsync<T>(
        OpenApiOperationTransformerContext context, CancellationToken cancellationToken) =>
        context.Document!.AddComponent<IOpenApiSchema>(
            typeof(T).Name, await context.GetOrCreateSchemaAsync(typeof(T), null, cancellationToken));

    private static void Describe(
        OpenApiOperation operation, IList<object> metadata, string? path, OpenApiDocument document)
    {
        var isProtected = metadata.OfType<IAuthorizeData>().Any() && !metadata.OfType<IAllowAnonymous>().Any();
        if (isProtected)
        {
            operation.Security = [Requirement(DocumentInfo.BearerScheme, document)];
        }
        else if (operation.Responses!.ContainsKey("401") && operation.RequestBody is { Required: false })
        {
            // The bearer token of a sign-out is optional.
            operation.Security = [[], Requirement(DocumentInfo.BearerScheme, document)];
        }
        else
        {
            operation.Security = []; // says that the route is open. An absent member would leave it undefined.
        }

        foreach (var header in metadata.OfType<AcceptsHeaderAttribute>())
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = header.Name,
                In = ParameterLocation.Header,
                Description = header.Description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }

        // The service reads every such type. One is enough for a client, and generators would choose between them.
        operation.RequestBody?.Content?.Remove("application/*+json");
        foreach (var error in ErrorsOf(operation, metadata, path, isProtected))
        {
            var status = error.Status.ToString(CultureInfo.InvariantCulture);
            if (!operation.Responses!.ContainsKey(status))
            {
                operation.Responses[status] = error.In(document);
            }
        }
    }

    // The errors that any action with these attributes can return. An action that declares a status itself keeps it.
    private static IEnumerable<CommonError> ErrorsOf(
        OpenApiOperation operation, IList<object> metadata, string? path, bool isProtected)
    {
        var proof = metadata.OfType<ProofAttribute>().FirstOrDefault();
        if (isProtected)
        {
            yield return CommonError.Without(proof);
        }

        if (proof?.Scope is not null)
        {
            yield return CommonError.InsufficientScope;
        }

        if (operation.RequestBody is not null)
        {
            yield return CommonError.BodyTooLarge;
            yield return CommonError.UnsupportedMediaType;
        }

        if (metadata.OfType<EnableRateLimitingAttribute>().Any())
        {
            yield return CommonError.RateLimited;
        }

        yield return CommonError.InternalError;
        if (isProtected)
        {
            yield return CommonError.RevocationUnavailable;
        }
        else if (path?.StartsWith("api/", StringComparison.Ordinal) == true)
        {
            yield return CommonError.ServiceUnavailable;
        }
    }

    // The routes of the OAuth RFCs return the errors of these RFCs.
    private static void DescribeForClients(OpenApiOperation operation, OpenApiDocument document)
    {
        operation.Security = [Requirement(DocumentInfo.BasicScheme, document)];
        AddError(StatusCodes.Status401Unauthorized, "invalid_client");
        AddError(StatusCodes.Status413PayloadTooLarge, "invalid_request");
        AddError(StatusCodes.Status415UnsupportedMediaType, "invalid_request");
        AddError(StatusCodes.Status500InternalServerError, "server_error");
        AddError(StatusCodes.Status503ServiceUnavailable, "temporarily_unavailable");

        // OAuthForm requires its parameters. The framework does not know the attribute.
        foreach (var form in operation.RequestBody!.Content!.Values.Select(type => type.Schema).OfType<OpenApiSchema>())
        {
            form.Required = form.Properties?.Keys.ToHashSet();
        }

        void AddError(int status, string code) => operation.Responses!.TryAdd(
            status.ToString(CultureInfo.InvariantCulture),
            CommonError.Describe(OAuthError.ContentType, nameof(OAuthError), document, code));
    }

    private static void AddHeaders(OpenApiOperation operation, IList<object> metadata, OpenApiDocument document)
    {
        foreach (var (status, answer) in operation.Responses!)
        {
            if (answer is not OpenApiResponse response)
            {
                continue; // a common error, which has its header
            }

            var code = int.Parse(status, CultureInfo.InvariantCulture);
            ResponseHeader.OfEvery(code)?.AddTo(response, document);
            foreach (var declared in metadata.OfType<ProducesHeaderAttribute>().Where(it => it.StatusCode == code))
            {
                ResponseHeader.Named(declared.Name).AddTo(response, document);
            }
        }
    }

    private static OpenApiSecurityRequirement Requirement(string scheme, OpenApiDocument document) =>
        new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };
}
