using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Hosting;

/// <summary>HEAD answers as GET does, and without the body (RFC 9110, section 9.3.2).</summary>
internal sealed class HeadRequests
{
    private static readonly string[] OfOneAnswer = ["Date", "ETag", "traceId"];

    private readonly TemporaryFolder _folder = new();

    [TearDown]
    public void Clean() => _folder.Dispose();

    [Test]
    public async Task EveryGetRoute_AnswersHead()
    {
        await using var service = await CleanJwtProcess.StartAsync(_folder.Path);
        var token = (await service.LoginAsync(await service.RegisterAsync())).AccessToken;
        var paths = Contract.Routes.Where(route => route.Method == "GET")
            .Select(route => route.Path.Replace("{id}", $"{Guid.NewGuid()}", StringComparison.Ordinal))
            .Concat(["/", "/docs", "/openapi/v1.json", "/health/live", "/health/ready", "/api/nothing"])
            .Distinct();
        foreach (var path in paths)
        {
            using var get = await SendAsync(service, HttpMethod.Get, path, token);
            using var head = await SendAsync(service, HttpMethod.Head, path, token);
            Assert.That(head.StatusCode, Is.EqualTo(get.StatusCode), path);
            Assert.That(await head.Content.ReadAsByteArrayAsync(), Is.Empty, path);
            Assert.That(HeadersOf(head), Is.EquivalentTo(HeadersOf(get)), path);
        }
    }

    [TestCase("/health/live")]
    [TestCase("/health/ready")]
    public async Task OtherMethodOfAHealthCheck_IsNotAllowed(string path)
    {
        await using var service = await CleanJwtProcess.StartAsync(_folder.Path);
        using var response = await SendAsync(service, HttpMethod.Delete, path, token: null);
        await response.ShouldBeProblemAsync(405, "method-not-allowed");
        Assert.That(response.Content.Headers.Allow, Is.EquivalentTo(["GET", "HEAD"]));
    }

    // The nonce of a page and the length of a body that is written in parts differ.
    private static IEnumerable<string> HeadersOf(HttpResponseMessage response) => response.Headers
        .Concat(response.Content.Headers)
        .Where(header => !OfOneAnswer.Contains(header.Key))
        .Where(header => header.Key is not ("Content-Length" or "Transfer-Encoding" or "Content-Security-Policy"))
        .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}");

    private static async Task<HttpResponseMessage> SendAsync(
        CleanJwtProcess service, HttpMethod method, string path, string? token)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = service.Client.BaseAddress };
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = token is null ? null : new("Bearer", token);
        return await client.SendAsync(request);
    }
}
