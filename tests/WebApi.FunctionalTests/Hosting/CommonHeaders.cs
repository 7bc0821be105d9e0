using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;
using CleanJwt.WebApi.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting.Internal;

namespace CleanJwt.WebApi.FunctionalTests.Hosting;

/// <summary>The headers that all answers have, errors included.</summary>
internal sealed class CommonHeaders
{
    private static readonly object[] ApiAnswers =
    [
        Row("Register400", 400, (client, _) => client.PostAsJsonAsync("/api/auth/register", new { })),
        Row("Register201", 201, (client, _) =>
            client.PostAsJsonAsync(
                "/api/auth/register", new { email = TestAccounts.UniqueEmail(), password = TestAccounts.Password })),
        Row("Login401", 401, (client, _) =>
            client.PostAsJsonAsync("/api/auth/login", new { email = "nobody@example.com", password = "x" })),
        Row("Refresh200", 200, (client, tokens) =>
            client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = tokens.RefreshToken })),
        Row("Refresh401", 401, (client, _) => client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = "x" })),
        Row(
            "Logout204",
            204,
            (client, tokens) => client.PostAsJsonAsync("/api/auth/logout", new { refreshToken = tokens.RefreshToken })),
        Row(
            "Token200",
            200,
            (client, tokens) => client.GetAsync("/api/auth/token", ("Authorization", $"Bearer {tokens.AccessToken}"))),
        Row(
            "Me200",
            200,
            (client, tokens) => client.GetAsync("/api/users/me", ("Authorization", $"Bearer {tokens.AccessToken}"))),
        Row("Me304", 304, (client, tokens) =>
            client.GetAsync("/api/users/me", ("Authorization", $"Bearer {tokens.AccessToken}"),
                ("If-None-Match", "*"))),
        Row("Me401", 401, (client, _) => client.GetAsync("/api/users/me")),
        Row("Malformed400", 400, (client, _) => client.PostRawAsync("/api/auth/login", "{")),
        Row("NotFound404", 404, (client, _) => client.GetAsync("/api/nothing")),
        Row("WrongMethod405", 405, (client, _) => client.DeleteAsync("/api/auth/login")),
        Row("TooLarge413", 413, (client, _) => client.PostRawAsync("/api/auth/login", new byte[70_000])),
        Row("Introspect200", 200, (client, tokens) => client.IntrospectAsync(tokens.AccessToken)),
        Row("IntrospectInactive200", 200, (client, _) => client.IntrospectAsync("garbage")),
        Row("Revoke200", 200, (client, tokens) => client.RevokeAsync(tokens.AccessToken)),
        Row(
            "Client401",
            401,
            (client, _) => client.PostRawAsync("/oauth/introspect", "token=x", OAuthRequests.FormType)),
        Row("OAuth404", 404, (client, _) => client.GetAsync("/oauth/nothing")),
        Row("MediaType415", 415, (client, _) => client.PostRawAsync("/api/auth/login", "x", "text/plain")),
    ];

    private readonly CleanJwtApp _app = SharedService.App;

    [TestCaseSource(nameof(ApiAnswers))]
    public async Task ApiAnswer_IsNotStored(int status, Func<HttpClient, TokenPair, Task<HttpResponseMessage>> send)
    {
        var response = await send(_app.CreateClient(), await _app.LoginAsync());
        await response.ShouldBeAsync(status);
        CommonResponseHeaders.ShouldHaveTheHeaders(response);
    }

    [TestCase("/")]
    [TestCase("/docs")]
    [TestCase("/nothing")]
    [TestCase("/openapi/v1.json")]
    [TestCase("/health/live")]
    [TestCase("/health/ready")]
    [TestCase("/.well-known/jwks.json")]
    public async Task AnyAnswer_IsForNoPageAndNoOtherSite(string route)
    {
        var response = await _app.CreateClient().GetAsync(route);
        Assert.That(response.Headers.Contains("Strict-Transport-Security"), Is.False);
        CommonResponseHeaders.ShouldBeForNoPage(response);
    }

    [TestCase("Development")]
    [TestCase("Production")]
    public async Task Headers_CostNoMemoryOfTheirOwn(string environment)
    {
        var response = new StartingResponse();
        var context = new DefaultHttpContext
        {
            Request = { Path = "/api/users/me", Scheme = "https",
            Host = new HostString("auth.example.com") }
        };
        context.Features.Set<IHttpResponseFeature>(response);
        var headers = new ResponseHeaders(
            _ => Task.CompletedTask, new HostingEnvironment { EnvironmentName = environment });
        long allocated = 0;
        for (var i = 0; i < 1000; i++)
        {
            response.Headers.Clear();
            var before = GC.GetAllocatedBytesForCurrentThread();
            await headers.InvokeAsync(context);
            await response.StartAsync();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.That(allocated, Is.Zero);
        Assert.That(response.Headers.ContainsKey("Strict-Transport-Security"), Is.EqualTo(environment == "Production"));
    }

    /// <summary>A response that keeps nothing of what it was.</summary>
    private sealed class StartingResponse : HttpResponseFeature
    {
        private (Func<object, Task> Callback, object State) _starting;

        public override void OnStarting(Func<object, Task> callback, object state) => _starting = (callback, state);

        public Task StartAsync() => _starting.Callback(_starting.State);
    }

    private static TestCaseData Row(
        string name, int status, Func<HttpClient, TokenPair, Task<HttpResponseMessage>> send) =>
        new TestCaseData(status, send).SetArgDisplayNames(name);
}
