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
/// Reads JSON bodies. Unlike the reader of MVC, it tells malformed JSON and bytes that are not UTF-8 from fields of a
/// wrong type.
/// </summary>
internal sealed class RequestBody : InputFormatter
{
    /// <summary>The largest body that is accepted, in bytes.</summary>
    public const int MaxSize = 64 * 1024;

    /// <summary>The deepest nesting of objects and arrays that is accepted, in unknown members too.</summary>
    public const int MaxDepth = 64;

    // If a member occurred twice, this service and another reader of the request could use different values.
    private static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false,
        MaxDepth = MaxDepth,
    };

    private readonly JsonSerializerOptions _json;

    public RequestBody(JsonSerializerOptions json)
    {
        _json = json;
        SupportedMediaTypes.Add("application/json");
        SupportedMediaTypes.Add("application/*+json");
    }

    public override bool CanRead(InputFormatterContext context) =>
        base.CanRead(context)
        && MediaTypeHeaderValue.TryParse(context.HttpContext.Request.ContentType, out var type)
        && IsUtf8(type);

    /// <summary>Checks whether a media type names UTF-8, by its name or its alias, or no character set.</summary>
    public static bool IsUtf8(MediaTypeHeaderValue type) =>
        !type.Charset.HasValue
        || HeaderUtilities.RemoveQuotes(type.Charset) is var charset
            && (charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
                || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase));

    // The base class would answer an empty body as a missing field.
    public override Task<InputFormatterResult> ReadAsync(InputFormatterContext context) =>
        ReadRequestBodyAsync(context);

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
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Object => Deserialize(context, document.RootElement),
                JsonValueKind.Null when context.TreatEmptyInputAsDefaultValue => InputFormatterResult.Success(null),
                _ => Refuse(context, ApiErrors.MalformedRequest),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: the name of a member holds half of a surrogate pair.
            return Refuse(context, ApiErrors.MalformedRequest);
        }
    }

    /// <returns>The whole body. Null when it is larger than <see cref="MaxSize"/>.</returns>
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
            var errors = new Dictionary<string, string[]>
            {
                [FieldOf(exception)] = ["Has the wrong type or occurs twice."],
            };
            return Refuse(context, HttpError.From(Error.ValidationFailed(errors)));
        }
    }

    // A path such as "$.roles[0]" names the field "roles", the member of the outer object.
    private static string FieldOf(JsonException exception) =>
        exception.Path?.Split('.', '[', ']') is ["$", { Length: > 0 } field, ..] ? field : "$";

    private static InputFormatterResult Refuse(InputFormatterContext context, HttpError error)
    {
        context.ModelState.TryAddModelException(context.ModelName, new RefusedInputException(error));
        return InputFormatterResult.Failure();
    }
}
