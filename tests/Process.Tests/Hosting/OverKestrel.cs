using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Hosting;

/// <summary>What only the real server between client and service can show.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
internal sealed class OverKestrel
{
    private readonly TemporaryFolder _folder = new();
    private CleanJwtProcess? _process;

    private HttpClient Client => _process!.Client;

    [OneTimeSetUp]
    public async Task StartAsync() =>
        _process = await CleanJwtProcess.StartAsync(_folder.Path, OAuthRequests.WithClients);

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _process!.DisposeAsync();
        _folder.Dispose();
    }

    [TestCase("/api/users/me")]
    [TestCase("/nothing")]
    [TestCase("/health/live")]
    [TestCase("/docs")]
    [TestCase("/.well-known/jwks.json")]
    public async Task NoAnswer_NamesTheServer(string route)
    {
        var response = await Client.GetAsync(route);
        Assert.That(response.Headers.Server, Is.Empty);
        Assert.That(response.Headers.Contains("X-Powered-By"), Is.False);
        Assert.That(response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
    }

    [TestCase(1024 * 1024, false)]
    [TestCase(1024 * 1024, true)]
    [TestCase((64 * 1024) + 1, false)]
    [TestCase((64 * 1024) + 1, true)]
    public async Task TooLargeBody_IsRefused(int size, bool chunked)
    {
        foreach (
            var route in new[] { "/api/auth/register", "/api/auth/login", "/api/auth/refresh", "/api/auth/logout" })
        {
            await (await LargeBodies.PostAsync(Client, route, size, chunked)).ShouldBeProblemAsync(
                413, "body-too-large");
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task BodyOfJust64KiB_IsRead(bool chunked) =>
        await (await LargeBodies.PostAsync(Client, "/api/auth/refresh", 64 * 1024, chunked)).ShouldBeProblemAsync(
            401, "invalid-refresh-token");

    [TestCase("/oauth/introspect", false)]
    [TestCase("/oauth/introspect", true)]
    [TestCase("/oauth/revoke", false)]
    [TestCase("/oauth/revoke", true)]
    public async Task LargeForm_IsReadUpTo64KiB(string route, bool chunked)
    {
        using var client = new HttpClient { BaseAddress = Client.BaseAddress }.As(OAuthRequests.Basic());
        await (await LargeBodies.PostFormAsync(client, route, 64 * 1024, chunked)).ShouldBeAsync(200);
        await (await LargeBodies.PostFormAsync(client, route, (64 * 1024) + 1, chunked)).ShouldBeOAuthErrorAsync(
            413, "invalid_request");
        await (await LargeBodies.PostFormAsync(client, route, 1024 * 1024, chunked)).ShouldBeOAuthErrorAsync(
            413, "invalid_request");
    }

    [Test]
    public async Task TwoAuthorizationHeadersOfAClient_AreNone()
    {
        var header = $"Authorization: {OAuthRequests.Basic()}\r\n";
        Assert.That(await SendAsync(header), Does.StartWith("HTTP/1.1 200").And.EndWith("{\"active\":false}"));
        foreach (var other in new[] { header, "Authorization:\r\n", "Authorization: Bearer x\r\n" })
        {
            Assert.That(
                await SendAsync(header + other), Does.StartWith("HTTP/1.1 401").And.Contain("\"invalid_client\""));
        }

        Task<string> SendAsync(string headers) => SendRawAsync(
            $"POST /oauth/introspect HTTP/1.0\r\nHost: localhost\r\nContent-Type: {OAuthRequests.FormType}\r\nContent-Length: 7\r\n{headers}\r\ntoken=x");
    }

    [Test]
    public async Task TwoAuthorizationHeaders_AreNoToken()
    {
        var email = TestAccounts.UniqueEmail();
        await (await Client.PostAsJsonAsync("/api/auth/register", new { email, password = TestAccounts.Password }))
            .ShouldBeAsync(201);
        var login = await Client.PostAsJsonAsync("/api/auth/login", new { email, password = TestAccounts.Password });
        var header = $"Authorization: Bearer {(await login.JsonAsync()).Text("accessToken")}\r\n";
        Assert.That(
            await SendRawAsync($"GET /api/users/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\n"),
            Does.StartWith("HTTP/1.1 200"));
        Assert.That(
            await SendRawAsync(
                $"GET /api/users/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}{header}\r\n"),
            Does.StartWith("HTTP/1.1 401").And.Contain("invalid-token"));
    }

    [TestCase("If-Match:\r\n", 412)]
    [TestCase("If-Match: \r\n", 412)]
    [TestCase("If-Match: \"x\"\r\nIf-Match:\r\n", 412)]
    [TestCase("If-Match: \"x\"\r\nIf-Match: CURRENT\r\n", 200)]
    [TestCase("If-Match: *\r\nIf-Match: \"x\"\r\n", 412)]
    [TestCase("if-match: *\r\n", 200)]
    public async Task LinesOfIfMatch_AreReadTogether(string headers, int status)
    {
        var tokens = await Client.LoginAsync();
        var etag = (await Client.AskAsync(tokens.AccessToken, "/api/users/me")).Headers.ETag!.ToString();
        var answer = await SendRawAsync(
            $"PATCH /api/users/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {tokens.AccessToken}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: 21\r\n{headers.Replace("CURRENT", etag, StringComparison.Ordinal)}\r\n"
            + "{\"displayName\":\"Ada\"}");
        Assert.That(answer, Does.StartWith($"HTTP/1.1 {status}"));
    }

    [Test]
    public async Task LengthOfALieAboutTheBody_IsNoFault()
    {
        var answer = await SendRawAsync(
            "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{}", close: true);
        Assert.That(answer, Is.Empty.Or.StartWith("HTTP/1.1 400"));
        await (await Client.GetAsync("/health/live")).ShouldBeAsync(200);
        Assert.That(_process!.Output, Does.Not.Contain("fail:"));
    }

    [TestCase("/api/users/me/sessions/%00")]
    [TestCase("/api/admin/users/0193c7a2-1111-7000-8000-000000000000%00")]
    [TestCase("/api/admin/users/x\0/lock")]
    public async Task NulInThePath_IsNoFault(string path)
    {
        var tokens = await _process!.LoginAsync(await _process.RegisterAsync());
        var answer = await SendRawAsync(
            $"DELETE {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {tokens.AccessToken}\r\n\r\n");
        Assert.That(answer, Does.StartWith("HTTP/1.1 400"));
        await (await _process.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
        Assert.That(_process.Output, Does.Not.Contain("fail:"));
    }

    /// <summary>The server refuses these before the service sees them, and gives no way to write a body.</summary>
    [TestCase("GET /{0} HTTP/1.1\r\nHost: localhost\r\n\r\n", 9 * 1024, 414)]
    [TestCase("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {0}\r\n\r\n", 40 * 1024, 431)]
    [TestCase("{0}\r\n\r\n", 10, 400)]
    public async Task RequestThatTheServerCannotRead_IsRefusedWithoutABody(string request, int length, int status)
    {
        var answer = await SendRawAsync(request.Replace("{0}", new string('x', length), StringComparison.Ordinal));
        Assert.That(answer, Does.StartWith($"HTTP/1.1 {status}").And.Contain("Content-Length: 0"));
        Assert.That(answer, Does.EndWith("\r\n\r\n"));
    }

    [Test]
    public async Task RequestThatWentWell_IsNotLogged()
    {
        var tokens = await _process!.LoginAsync(await _process.RegisterAsync());
        await (await _process.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
        await (await _process.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
        Assert.That(
            _process.Output,
            Does.Not.Contain("dbug:").And.Not.Contain("/api/users/me").And.Not.Contain("/api/auth/refresh"));
    }

    private async Task<string> SendRawAsync(string request, bool close = false)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(Client.BaseAddress!.Host, Client.BaseAddress.Port);
        var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        if (close)
        {
            tcp.Client.Shutdown(SocketShutdown.Send);
        }

        using var reader = new StreamReader(stream);
        try
        {
            return await reader.ReadToEndAsync();
        }
        catch (IOException exception) when (
            close && exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return ""; // the server may hang up on a client that breaks off
        }
    }
}
