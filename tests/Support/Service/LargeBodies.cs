using System.Text;

namespace CleanJwt;

/// <summary>Requests whose bodies have an exact size.</summary>
internal static class LargeBodies
{
    /// <param name="size">In bytes.</param>
    /// <param name="chunked">Whether the body is sent in chunks, without its length beforehand.</param>
    public static Task<HttpResponseMessage> PostAsync(HttpClient client, string route, int size, bool chunked)
    {
        var body = BodyOf(size);
        return chunked ? client.PostChunkedAsync(route, body) : client.PostRawAsync(route, body);
    }

    /// <inheritdoc cref="PostAsync"/>
    public static Task<HttpResponseMessage> PostFormAsync(HttpClient client, string route, int size, bool chunked)
    {
        const string Start = "token=x&more=";
        var form = Encoding.ASCII.GetBytes(Start + new string('x', size - Start.Length));
        return chunked ? client.PostChunkedAsync(route, form, OAuthRequests.FormType) : client.PostRawAsync(
            route, form, OAuthRequests.FormType);
    }

    /// <returns>A JSON object with the fields of several routes.</returns>
    public static byte[] BodyOf(int size)
    {
        const string Start = "{\"refreshToken\":\"x\",\"email\":\"a@b\",\"password\":\"p\",\"x\":\"";
        var body = Encoding.ASCII.GetBytes(Start + new string('x', size - Start.Length - 2) + "\"}");
        Assert.That(body, Has.Length.EqualTo(size));
        return body;
    }
}
