using System.Net.Sockets;
using System.Text;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Hosting;

/// <summary>
/// Other ways to write a route under <c>/api/auth</c>, sent by a client that is at its limit. What routing takes for
/// the route counts as it does; what it does not is nowhere, limit or not.
/// </summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
internal sealed class RateLimitedRouteSpellings
{
    private readonly TemporaryFolder _folder = new();
    private CleanJwtProcess? _process;

    [OneTimeSetUp]
    public async Task StartAsync() => _process = await CleanJwtProcess.StartAsync(
        _folder.Path,
        new()
        {
            ["RateLimiting:Enabled"] = "true",
            ["RateLimiting:PermitsPerMinute"] = "1",
            ["RateLimiting:RefreshesPerMinute"] = "1",
        });

    // Before each: other tests may let a minute pass between two of these.
    [SetUp]
    public async Task SpendTheMinuteAsync()
    {
        foreach (var request in new[] { "GET /api/auth/token", "POST /api/auth/login" })
        {
            await StatusAsync(request);
            Assert.That(await StatusAsync(request), Is.EqualTo("429"));
        }
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _process!.DisposeAsync();
        _folder.Dispose();
    }

    [TestCase("GET /API/Auth/TOKEN")]
    [TestCase("GET /api/auth/token/")]
    [TestCase("GET /api/auth/token?")]
    [TestCase("GET /api/auth/token?x=/api/users/me")]
    [TestCase("GET /api/auth/%74oken")]
    [TestCase("GET /%61pi/auth/token")]
    [TestCase("GET /api/./auth/token")]
    [TestCase("GET /api/auth/x/../token")]
    [TestCase("GET /api/auth/%2e%2e/auth/token")]
    [TestCase("GET http://localhost/api/auth/token")]
    [TestCase("POST /api/auth/LOGIN")]
    [TestCase("POST /api/auth/log%69n")]
    public async Task SameRoute_IsRefused(string request) => Assert.That(await StatusAsync(request), Is.EqualTo("429"));

    [TestCase("GET /api//auth/token", "404")]
    [TestCase("GET //api/auth/token", "404")]
    [TestCase("GET /api/auth//token", "404")]
    [TestCase("GET /api/auth%2Ftoken", "404")]
    [TestCase("GET /api/auth/token;x=1", "404")]
    [TestCase("GET /api/auth/token%20", "404")]
    [TestCase("GET /api/auth/token%00", "400")]
    [TestCase("GET /api/auth/token.json", "404")]
    [TestCase("GET /api/auth\\token", "404")]
    [TestCase("GET /api/auth", "404")]
    [TestCase("GET /api/auth/nothing", "404")]
    [TestCase("POST /api/auth/login/", "404")]
    [TestCase("OPTIONS /api/auth/token", "405")]
    [TestCase("PUT /api/auth/login", "405")]
    public async Task AnythingElse_IsNowhere(string request, string status) =>
        Assert.That(await StatusAsync(request), Is.EqualTo(status));

    private async Task<string> StatusAsync(string request)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(_process!.Client.BaseAddress!.Host, _process.Client.BaseAddress.Port);
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
        using var reader = new StreamReader(tcp.GetStream());
        return (await reader.ReadLineAsync())!.Split(' ')[1];
    }
}
