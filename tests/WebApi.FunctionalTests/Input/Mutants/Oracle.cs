using System.Text.Json;

namespace CleanJwt.WebApi.FunctionalTests.Input.Mutants;

/// <summary>Judges what the service answered to a mutant.</summary>
internal static class Oracle
{
    public const string Accepted = "accepted";

    /// <summary>How an introspection says that a token is not good.</summary>
    public const string Inactive = "{\"active\":false}";

    private static readonly string[] Inside = ["Exception", "   at ", "SELECT "];

    /// <returns>What is wrong with the answer, or null.</returns>
    public static string? Judge(MutantRequest request, HttpResponseMessage response, string body)
    {
        var status = (int)response.StatusCode;
        var type = response.Content.Headers.ContentType?.MediaType;
        return status switch
        {
            >= 500 => "a fault",
            >= 400 => JudgeError(request.Route.StartsWith("/oauth", StringComparison.Ordinal), status, type, body),
            < 200 or >= 300 => "an answer that is neither good nor an error",
            _ when request.MayBeAccepted => null,
            _ when body == Inactive && !request.IsOfAnUnknownClient => null,
            _ => Accepted,
        };
    }

    private static string? JudgeError(bool oauth, int status, string? type, string body)
    {
        if (type != (oauth ? "application/json" : "application/problem+json"))
        {
            return $"an error as {type ?? "nothing"}";
        }

        if (Inside.Any(word => body.Contains(word, StringComparison.Ordinal)))
        {
            return "an error that shows the inside";
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            var error = document.RootElement;
            return oauth
                ? Text(error, "error") && Text(error, "error_description") ? null : "an error that is none of RFC 6749"
                : Text(error, "code") && Text(error, "type") && Text(error, "title") && Text(error, "detail") && Text(
                    error, "traceId")
                    && error.GetProperty("status").GetInt32() == status
                    ? null
                    : "an error without what a problem document has";
        }
        catch (Exception exception) when (
            exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return "an error that is no JSON object";
        }
    }

    private static bool Text(JsonElement error, string name) =>
        error.TryGetProperty(
            name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString()!.Length > 0;
}
