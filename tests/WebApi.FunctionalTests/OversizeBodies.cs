using System.Text;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>Bodies over 64 KiB.</summary>
internal sealed class OversizeBodies
{
    private const int Limit = 64 * 1024;
    private readonly CleanJwtApp _app = SharedService.App;

    private static IEnumerable<TestCaseData> TooLarge() =>
        from size in new[] { Limit + 1, 1024 * 1024 }
        from chunked in new[] { false, true }
        from route in new[] { "/api/auth/register", "/api/auth/login", "/api/auth/refresh", "/api/auth/logout" }
        select new TestCaseData(route, size, chunked).SetArgDisplayNames(route.Split('/')[^1], $"{size}", chunked ? "Chunked" : "WithLength");

    [TestCaseSource(nameof(TooLarge))]
    public async Task TooLargeBody_IsRefused(string route, int size, bool chunked) =>
        await (await PostAsync(_app.CreateClient(), route, size, chunked)).ShouldBeProblemAsync(413, "body-too-large");

    [TestCase(true)]
    [TestCase(false)]
    public async Task BodyOfJust64KiB_IsRead(bool chunked) =>
        await (await PostAsync(_app.CreateClient(), "/api/auth/refresh", Limit, chunked)).ShouldBeProblemAsync(401, "invalid-refresh-token");

    internal static Task<HttpResponseMessage> PostAsync(HttpClient client, string route, int size, bool chunked)
    {
        const string Start = "{\"refreshToken\":\"x\",\"email\":\"a@b\",\"password\":\"p\",\"x\":\"";
        var body = Encoding.ASCII.GetBytes(Start + new string('x', size - Start.Length - 2) + "\"}");
        Assert.That(body, Has.Length.EqualTo(size));
        return chunked ? client.PostChunkedAsync(route, body) : client.PostRawAsync(route, body);
    }
}
