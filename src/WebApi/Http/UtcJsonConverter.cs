using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CleanJwt.WebApi.Http;

/// <summary>Writes times as RFC 3339 in UTC with a <c>Z</c>, in milliseconds.</summary>
internal sealed class UtcJsonConverter : JsonConverter<DateTimeOffset>
{
    private const int FullLength = 28; // 2026-01-02T03:04:05.6789012Z
    private const int LengthToMilliseconds = 23;

    public override DateTimeOffset Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    // The format "O" is much faster than a custom format. It only has more digits.
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[FullLength];
        var written = value.UtcDateTime.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        Debug.Assert(written);
        text[LengthToMilliseconds] = (byte)'Z';
        writer.WriteStringValue(text[..(LengthToMilliseconds + 1)]);
    }
}
