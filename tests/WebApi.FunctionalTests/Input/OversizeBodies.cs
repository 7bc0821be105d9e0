using System.Text;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Input;

/// <summary>Bodies over 64 KiB.</summary>
internal sealed class OversizeBodies
{
    private const int Limit = 64 * 1024;
    private readonly CleanJwtApp _app = SharedService.App;

    private static IEnumerable<TestCaseData> TooLarge() =>
        from size in new[] { Limit + 1, 1024 * 1024 }
        from chunked in new[] { false, true }
        from route in BodyRoute.All
        select new TestCaseData(route, size, chunked).SetArgDisplayNames(route.Name, $"{size}", chunked ? "Chunked" : "WithLength");

    [TestCaseSource(nameof(TooLarge))]
    public async Task TooLargeBody_IsRefused(BodyRoute route, int size, bool chunked) =>
        await (await route.SendAsync(BodyOf(size), chunked: chunked)).ShouldBeProblemAsync(413, "body-too-large");

    [TestCase(true)]
    [TestCase(false)]
    public async Task BodyOfJust64KiB_IsRead(bool chunked) =>
        await (await PostAsync(_app.CreateClient(), "/api/auth/refresh", Limit, chunked)).ShouldBeProblemAsync(401, "invalid-refresh-token");

    internal static Task<HttpResponseMessage> PostAsync(HttpClient client, string route, int size, bool chunked)
    {
        var body = BodyOf(size);
        return chunked ? client.PostChunkedAsync(route, body) : client.PostRawAsync(route, body);
    }

    private static byte[] BodyOf(int size)
    {
        const string Start = "{\"refreshToken\":\"x\",\"email\":\"a@b\",\"password\":\"p\",\"x\":\"";
        var body = Encoding.ASCII.GetBytes(Start + new string('x', size - Start.Length - 2) + "\"}");
        Assert.That(body, Has.Length.EqualTo(size));
        return body;
    }
}
