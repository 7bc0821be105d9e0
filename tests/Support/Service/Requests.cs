using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;

namespace CleanJwt;

/// <summary>Requests that no serializer would write.</summary>
internal static class Requests
{
    public static Task<HttpResponseMessage> PostRawAsync(
        this HttpClient client, string route, string body, string? contentType = "application/json") =>
        client.PostRawAsync(route, Encoding.UTF8.GetBytes(body), contentType);

    public static async Task<HttpResponseMessage> PostRawAsync(
        this HttpClient client, string route, byte[] body, string? contentType = "application/json")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        return await client.PostAsync(route, content);
    }

    /// <summary>Sends the body in chunks, without saying beforehand how long it is.</summary>
    public static async Task<HttpResponseMessage> PostChunkedAsync(
        this HttpClient client, string route, byte[] body, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, route)
        { Content = new StreamContent(new MemoryStream(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        request.Headers.TransferEncodingChunked = true;
        return await client.SendAsync(request);
    }

    public static async Task<HttpResponseMessage> GetAsync(
        this HttpClient client, string route, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, route);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request);
    }

    /// <summary>
    /// Sends an object as JSON, with these headers exactly as given: one that is named twice is sent twice.
    /// </summary>
    public static async Task<HttpResponseMessage> SendAsync(
        this HttpClient client, HttpMethod method, string route, object? body = null, params (
            string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(
            method, route)
        { Content = body is null ? null : JsonContent.Create(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request);
    }

    public static async Task<HttpResponseMessage> SendRawAsync(
        this HttpClient client, HttpMethod method, string route, string body)
    {
        using var request = new HttpRequestMessage(
            method, route)
        { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        return await client.SendAsync(request);
    }

    /// <summary>Posts with the header <c>Authorization</c> exactly as given.</summary>
    public static async Task<HttpResponseMessage> PostAsync(
        this HttpClient client, string route, HttpContent? content, string authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, route) { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await client.SendAsync(request);
    }
}
