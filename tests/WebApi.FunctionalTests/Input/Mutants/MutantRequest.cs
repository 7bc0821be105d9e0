using System.Text;

namespace CleanJwt.WebApi.FunctionalTests.Input.Mutants;

/// <summary>
/// One request that no honest client sends. Its text is all of it, so that it can be sent again by hand.
/// </summary>
/// <param name="Kind">What was mutated.</param>
internal sealed record MutantRequest(string Kind, string Method, string Route)
{
    public string? Authorization { get; init; }

    public string? ContentType { get; init; }

    public byte[]? Body { get; init; }

    /// <summary>
    /// Whether it may turn out to be a good request. Otherwise it proves nothing, and must be refused.
    /// </summary>
    public bool MayBeAccepted { get; init; }

    /// <summary>Whether even the answer that a token is not good is too much.</summary>
    public bool IsOfAnUnknownClient { get; init; }

    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(new HttpMethod(Method), Route);
        if (Authorization is not null)
        {
            message.Headers.TryAddWithoutValidation("Authorization", Authorization);
        }

        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Body);
            if (ContentType is not null)
            {
                message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
            }
        }

        return message;
    }

    public override string ToString()
    {
        var text = new StringBuilder($"{Method} {Route}\n");
        if (Authorization is not null)
        {
            text.Append("Authorization: ").AppendLine(Printable(Authorization));
        }

        if (ContentType is not null)
        {
            text.Append("Content-Type: ").AppendLine(Printable(ContentType));
        }

        if (Body is not null)
        {
            text.AppendLine().AppendLine(
                Body.All(IsPrintable) ? Encoding.ASCII.GetString(Body) : $"base64 {Convert.ToBase64String(Body)}");
        }

        return text.ToString();
    }

    private static string Printable(string value) =>
        string.Concat(value.Select(character => character < 0x80 && IsPrintable((byte)character) ? $"{character}"
            : $"\\u{(int)character:x4}"));

    private static bool IsPrintable(byte value) => value is >= 0x20 and < 0x7f;
}
