using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CleanJwt.Domain.Results;
using CleanJwt.WebApi.Errors;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.Net.Http.Headers;

namespace CleanJwt.WebApi.Http;

/// <summary>
/// Reads JSON bodies, and tells apart what MVC's own reader answers alike: malformed JSON, bytes that are not UTF-8, and fields of a wrong type.
/// </summary>
internal sealed class RequestBody : InputFormatter
{
    /// <summary>In bytes.</summary>
    public const int MaxSize = 64 * 1024;

    // A member that occurs twice means one thing to us and another to whatever else reads the request.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly JsonSerializerOptions _json;

    public RequestBody(JsonSerializerOptions json)
    {
        _json = json;
        SupportedMediaTypes.Add("application/json");
        SupportedMediaTypes.Add("application/*+json");
    }

    public override bool CanRead(InputFormatterContext context) =>
        base.CanRead(context) && MediaTypeHeaderValue.TryParse(context.HttpContext.Request.ContentType, out var type) && IsUtf8(type);

    /// <summary>Whether a media type names UTF-8, or no character set at all.</summary>
    public static bool IsUtf8(MediaTypeHeaderValue type) =>
        !type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase);

    // The base class answers an empty body itself, and as a missing field.
    public override Task<InputFormatterResult> ReadAsync(InputFormatterContext context) => ReadRequestBodyAsync(context);

    public override async Task<InputFormatterResult> ReadRequestBodyAsync(InputFormatterContext context)
    {
        var request = context.HttpContext.Request;
        if (await ReadAsync(request) is not { } body)
        {
            return Refuse(context, ApiErrors.BodyTooLarge);
        }

        if (body.Length == 0 && context.TreatEmptyInputAsDefaultValue)
        {
            return InputFormatterResult.Success(null);
        }

        if (!Utf8.IsValid(body))
        {
            return Refuse(context, ApiErrors.MalformedRequest);
        }

        try
        {
            using var document = JsonDocument.Parse(WithoutByteOrderMark(body), Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Deserialize(context, document.RootElement)
                : Refuse(context, ApiErrors.MalformedRequest);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return Refuse(context, ApiErrors.MalformedRequest); // the latter for a name that is half a surrogate pair
        }
    }

    /// <returns>The whole body; null when there is more than <see cref="MaxSize"/>.</returns>
    public static async Task<byte[]?> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > MaxSize)
        {
            return null;
        }

        while (true)
        {
            var result = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted);
            if (result.Buffer.Length > MaxSize)
            {
                request.BodyReader.AdvanceTo(result.Buffer.End);
                return null;
            }

            if (result.IsCompleted)
            {
                var body = result.Buffer.ToArray();
                request.BodyReader.AdvanceTo(result.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(byte[] body) =>
        body.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? body.AsMemory(Encoding.UTF8.Preamble.Length) : body;

    private InputFormatterResult Deserialize(InputFormatterContext context, JsonElement root)
    {
        try
        {
            return InputFormatterResult.Success(root.Deserialize(context.ModelType, _json));
        }
        catch (JsonException exception)
        {
            return Refuse(context, HttpError.From(Error.ValidationFailed(
                new Dictionary<string, string[]> { [FieldOf(exception)] = ["Has the wrong type, or occurs twice."] })));
        }
    }

    // "$.email" or "$.roles[0]": the field is what the client put into the object itself.
    private static string FieldOf(JsonException exception) =>
        exception.Path?.Split('.', '[', ']') is ["$", { Length: > 0 } field, ..] ? field : "$";

    private static InputFormatterResult Refuse(InputFormatterContext context, HttpError error)
    {
        context.ModelState.TryAddModelException(context.ModelName, new RefusedInputException(error));
        return InputFormatterResult.Failure();
    }
}
