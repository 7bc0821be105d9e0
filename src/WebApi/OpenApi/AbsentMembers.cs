using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CleanJwt.WebApi.OpenApi;

/// <summary>Says of a member that is left out when it is null that it is never null.</summary>
internal sealed class AbsentMembers : IOpenApiSchemaTransformer
{
    public Task TransformAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var ignore = context.JsonPropertyInfo?.AttributeProvider?
            .GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: false).OfType<JsonIgnoreAttribute>();
        if (ignore?.Any(attribute => attribute.Condition == JsonIgnoreCondition.WhenWritingNull) == true)
        {
            schema.Type &= ~JsonSchemaType.Null;
        }

        return Task.CompletedTask;
    }
}
