using System.Globalization;
using CleanJwt.WebApi.Authentication;
using CleanJwt.WebApi.Errors;
using CleanJwt.WebApi.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.OpenApi;

namespace CleanJwt.WebApi.OpenApi;

/// <summary>
/// Adds to the OpenAPI document what the actions do not declare: the name of the service, the ways to authenticate,
/// and the errors that follow from the attributes of an action.
/// </summary>
internal sealed class DocumentInfo(PublicPaths paths) : IOpenApiDocumentTransformer, IOpenApiOperationTransformer
{
    public const string BearerScheme = "bearer";
    private const string BasicScheme = "basic";

    public Task TransformAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "CleanJwt",
            Version = "v1",
            Description = "Accounts and revocable JWTs. "
                + "Every error is a problem document (RFC 9457), whose `code` names the error.",
        };
        document.Servers = [new OpenApiServer { Url = paths.BaseAddress }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[BearerScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "The `accessToken` that a sign-in or a refresh returns.",
        };
        document.Components.SecuritySchemes[BasicScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "basic",
            Description = "The id and the secret of a client of `Clients`, form-urlencoded (RFC 6749, section 2.3.1). "
                + "Only other services have them, never a frontend.",
        };
        return Task.CompletedTask;
    }

    public async Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<IAuthorizeData>().Any(data => data.AuthenticationSchemes == BasicClientHandler.SchemeName))
        {
            await DescribeForClientsAsync(operation, context, cancellationToken);
            return;
        }

        var isProtected = metadata.OfType<IAuthorizeData>().Any() && !metadata.OfType<IAllowAnonymous>().Any();
        if (isProtected)
        {
            operation.Security = [Bearer(context)];
        }
        else if (operation.Responses?.ContainsKey("401") == true && operation.RequestBody is { Required: false })
        {
            operation.Security = [[], Bearer(context)]; // the bearer token of a sign-out is optional
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

        // The errors that any action with these attributes can return. An action that declares a status itself keeps
        // it.
        var problem = await context.GetOrCreateSchemaAsync(typeof(Problem), null, cancellationToken);
        var proof = metadata.OfType<ProofAttribute>().FirstOrDefault();
        var looksUpAccount = proof is RequireLiveSessionAttribute or RequireRecentSignInAttribute;
        if (isProtected)
        {
            Add(operation, problem, StatusCodes.Status401Unauthorized, [
                "missing-token", "invalid-token", "token-expired", "token-revoked",
                .. looksUpAccount ? ["user-not-found"] : Array.Empty<string>(),
                .. proof is RequireRecentSignInAttribute ? ["reauthentication-required"] : Array.Empty<string>(),
            ]);
        }

        if (proof?.Scope is not null)
        {
            Add(operation, problem, StatusCodes.Status403Forbidden, "insufficient-scope");
        }

        if (operation.RequestBody is not null)
        {
            Add(operation, problem, StatusCodes.Status413PayloadTooLarge, "body-too-large");
            Add(operation, problem, StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type");
        }

        if (metadata.OfType<EnableRateLimitingAttribute>().Any())
        {
            Add(operation, problem, StatusCodes.Status429TooManyRequests, ApiErrors.RateLimited.Code);
        }

        Add(operation, problem, StatusCodes.Status500InternalServerError, "internal-error");
        if (isProtected)
        {
            Add(
                operation, problem, StatusCodes.Status503ServiceUnavailable,
                "revocation-unavailable", "service-unavailable");
        }
        else if (context.Description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true)
        {
            Add(operation, problem, StatusCodes.Status503ServiceUnavailable, "service-unavailable");
        }
    }

    // The routes of the OAuth RFCs return the errors of these RFCs.
    private static async Task DescribeForClientsAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.Security = [Requirement(BasicScheme, context)];
        var error = await context.GetOrCreateSchemaAsync(typeof(OAuthError), null, cancellationToken);
        AddError(StatusCodes.Status401Unauthorized, "invalid_client");
        AddError(StatusCodes.Status413PayloadTooLarge, "invalid_request");
        AddError(StatusCodes.Status415UnsupportedMediaType, "invalid_request");
        AddError(StatusCodes.Status500InternalServerError, "server_error");
        AddError(StatusCodes.Status503ServiceUnavailable, "temporarily_unavailable");

        void AddError(int status, string code) => Add(operation, OAuthError.ContentType, error, status, code);
    }

    private static OpenApiSecurityRequirement Bearer(OpenApiOperationTransformerContext context) =>
        Requirement(BearerScheme, context);

    private static OpenApiSecurityRequirement Requirement(
        string scheme, OpenApiOperationTransformerContext context) =>
        new() { [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [] };

    private static void Add(OpenApiOperation operation, OpenApiSchema problem, int status, params string[] codes) =>
        Add(operation, ProblemWriter.ContentType, problem, status, codes);

    private static void Add(
        OpenApiOperation operation, string contentType, OpenApiSchema body, int status, params string[] codes)
    {
        operation.Responses ??= [];
        operation.Responses.TryAdd(status.ToString(CultureInfo.InvariantCulture), new OpenApiResponse
        {
            Description = ProducesProblemAttribute.Describe(codes),
            Content = new Dictionary<string, OpenApiMediaType> { [contentType] = new() { Schema = body } },
        });
    }
}
