using System.Text.Json;
using System.Text.Json.Serialization;

namespace CleanJwt.WebApi.Http;

/// <summary>Writes lists of texts as they would be written anyway, without the stack that the serializer makes for anything that has parts.</summary>
internal sealed class TextsJsonConverter : JsonConverter<IReadOnlyList<string>>
{
    public override IReadOnlyList<string>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.Deserialize<List<string>>(ref reader, options);
        }
        catch (JsonException)
        {
            throw new JsonException(); // its path would begin here; this one's is given by whoever reads what the list is in
        }
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        for (var i = 0; i < value.Count; i++)
        {
            writer.WriteStringValue(value[i]);
        }

        writer.WriteEndArray();
    }
}
