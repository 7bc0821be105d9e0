using System.Text.Json;
using System.Text.Json.Nodes;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>
/// The OpenAPI document of the shared service. It is read once, since the service writes it anew for each request.
/// </summary>
internal static class OpenApiDocument
{
    private static readonly Lazy<Task<string>> Text = new(async () =>
        await SharedService.App.CreateClient().GetStringAsync("/openapi/v1.json"));

    /// <summary>The document as the service answers it.</summary>
    public static Task<string> TextAsync() => Text.Value;

    public static async Task<JsonElement> ReadAsync() => JsonDocument.Parse(await TextAsync()).RootElement;

    /// <summary>
    /// The operations by method and route, as in <c>GET /api/users/me</c>. A response that is a reference is replaced
    /// by the component that it refers to.
    /// </summary>
    public static async Task<Dictionary<string, JsonElement>> OperationsAsync()
    {
        var document = JsonNode.Parse(await TextAsync())!;
        var shared = document["components"]!["responses"]!;
        var operations = new Dictionary<string, JsonElement>();
        foreach (var (path, methods) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                var responses = operation!["responses"]!.AsObject();
                foreach (var (status, reference) in responses
                    .Select(response => (response.Key, response.Value!["$ref"]?.GetValue<string>())).ToList())
                {
                    if (reference is not null)
                    {
                        responses[status] = shared[reference.Split('/')[^1]]!.DeepClone();
                    }
                }

                operations[$"{method.ToUpperInvariant()} {path}"] = JsonSerializer.SerializeToElement(operation);
            }
        }

        return operations;
    }
}
