using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Input;

/// <summary>
/// Headers by which other services let a client choose the method, the address, or even who it is: here they change
/// nothing.
/// </summary>
[Category("Exhaustive")]
internal sealed class MisleadingHeaders
{
    private static readonly string[] MethodHeaders = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override",
        "X-Original-Method", "_method"];

    // One for all rows: none of them changes anything. Sign-ins are of another account, whose sessions may be many.
    private static readonly Lazy<Task<TokenPair>> User = new(() => SharedService.App.LoginAsync());
    private static readonly Lazy<Task<string>> Email = new(() => SharedService.App.RegisterAsync());

    private readonly CleanJwtApp _app = SharedService.App;

    private static IEnumerable<TestCaseData> Methods() =>
        from header in MethodHeaders
        from method in new[] { "DELETE", "delete", "PATCH", "PUT", "TRACE", "CONNECT" }
        select new TestCaseData(header, method);

    private static IEnumerable<TestCaseData> Origins()
    {
        (string Name, string Value)[] headers =
        [
            ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-For", "127.0.0.1, ::1"), ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Proto", "javascript"), ("X-Forwarded-Scheme", "https"), ("X-Forwarded-Ssl", "on"),
            ("X-Forwarded-Host", "evil.example.com"), ("X-Forwarded-Port", "1"), ("X-Forwarded-Prefix", "/evil"),
            ("X-Forwarded-PathBase", "/evil"), ("X-Forwarded-Server", "evil.example.com"),
            ("X-Forwarded-By", "127.0.0.1"),
            ("Forwarded", "for=203.0.113.9;host=evil.example.com;proto=https"), ("Forwarded", "for=\"[::1]\""),
            ("X-Host", "evil.example.com"), ("X-HTTP-Host-Override", "evil.example.com"), ("Host", "evil.example.com"),
            ("Host", "localhost:1"), ("Host", "localhost@evil.example.com"), ("Origin", "http://evil.example.com"),
            ("Referer", "http://evil.example.com/"), ("X-Real-IP", "127.0.0.1"), ("X-Client-IP", "127.0.0.1"),
            ("X-Originating-IP", "127.0.0.1"), ("X-Remote-Addr", "127.0.0.1"), ("True-Client-IP", "127.0.0.1"),
            ("CF-Connecting-IP", "127.0.0.1"), ("X-Original-For", "127.0.0.1"), ("X-Original-Proto", "https"),
            ("X-Original-Host", "evil.example.com"), ("X-ARR-SSL", "x"), ("Front-End-Https", "on"),
            ("Via", "1.1 evil.example.com"), ("X-Custom-IP-Authorization", "127.0.0.1"),
        ];
        return headers.Select(header => new TestCaseData(header.Name, header.Value));
    }

    [TestCaseSource(nameof(Methods))]
    public async Task Method_IsTheOneOfTheRequest(string header, string method)
    {
        var tokens = await User.Value;
        foreach (var route in new[] { "/api/users/me", "/api/users/me/sessions",
            $"/api/users/me/sessions/{tokens.SessionId}" })
        {
            var plain = await SendAsync(HttpMethod.Get, route, tokens);
            var misled = await SendAsync(HttpMethod.Get, route, tokens, (header, method));
            Assert.That(misled.StatusCode, Is.EqualTo(plain.StatusCode), route);
            Assert.That(await WithoutTraceAsync(misled), Is.EqualTo(await WithoutTraceAsync(plain)), route);

            // Nor in the places where some frameworks look for the name of a form's field.
            await (await SendAsync(HttpMethod.Post, $"{route}?{header}={method}", tokens, (header, method)))
                .ShouldBeProblemAsync(405, "method-not-allowed");
            using var form = new FormUrlEncodedContent([new(header, method), new("_method", method)]);
            await (await _app.CreateClient(tokens.AccessToken).PostAsync(route, form)).ShouldBeProblemAsync(
                405, "method-not-allowed");
        }

        await (await _app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
    }

    [TestCaseSource(nameof(Origins))]
    public async Task Address_IsTheOneOfTheSettings(string header, string value)
    {
        string[] routes = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server",
            "/.well-known/jwks.json", "/openapi/v1.json", "/", "/nothing", "/api/users/me"];

        // The description of the API is tried at the address that it was read from.
        foreach (var route in routes.Where(route => header != "Host"
            || !route.StartsWith("/openapi", StringComparison.Ordinal)))
        {
            var (plain, misled) = (
                await SendAsync(HttpMethod.Get, route), await SendAsync(HttpMethod.Get, route, null, (header, value)));
            Assert.That(misled.StatusCode, Is.EqualTo(plain.StatusCode), route);
            Assert.That(misled.Headers.Location, Is.EqualTo(plain.Headers.Location), route);
            Assert.That(await WithoutTraceAsync(misled), Is.EqualTo(await WithoutTraceAsync(plain)), route);
        }

        var registered = await SendAsync(HttpMethod.Post, "/api/auth/register", null, (header, value));
        await registered.ShouldBeAsync(201);
        Assert.That(registered.Headers.Location?.OriginalString, Is.EqualTo("/api/users/me"));
    }

    [TestCaseSource(nameof(Origins))]
    public async Task WhereASessionCameFrom_IsNotTheClientsToSay(string header, string value)
    {
        var email = await Email.Value;
        using var request = new HttpRequestMessage(
            HttpMethod.Post, "/api/auth/login")
        {
            Content = JsonContent.Create(
                new { email, password = TestAccounts.Password })
        };
        request.Headers.TryAddWithoutValidation(header, value);
        var tokens = await AccountRequests.TokensOfAsync(await _app.CreateClient().SendAsync(request));
        Assert.That(Jwt.Payload(tokens.AccessToken)["iss"]!.ToString(), Is.EqualTo("http://localhost:5080"));
        var sessions = await (
            await SendAsync(HttpMethod.Get, "/api/users/me/sessions", tokens, (header, value))).JsonAsync();
        var mine = sessions.GetProperty("items").EnumerateArray().Single(
            session => session.GetProperty("current").GetBoolean());

        // A request of the test host comes from nowhere.
        Assert.That(mine.GetProperty("ipAddress").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [TestCase("X-Original-URL")]
    [TestCase("X-Rewrite-URL")]
    [TestCase("X-Original-URI")]
    [TestCase("X-Forwarded-Uri")]
    [TestCase("X-Forwarded-Path")]
    [TestCase("X-Override-URL")]
    public async Task Path_IsTheOneOfTheRequest(string header)
    {
        var tokens = await User.Value;
        foreach (var other in new[] { "/api/admin/users", "/api/auth/token", "/health/live", "/docs" })
        {
            await (await SendAsync(HttpMethod.Get, "/nothing", tokens, (header, other))).ShouldBeProblemAsync(
                404, "not-found");
            await (await SendAsync(HttpMethod.Get, "/api/admin/users", tokens, (header, other))).ShouldBeProblemAsync(
                403, "insufficient-scope");
            await (await SendAsync(HttpMethod.Get, "/api/users/me", null, (header, other))).ShouldBeProblemAsync(
                401, "missing-token");
        }

        await (await SendAsync(HttpMethod.Get, "/health/live", null, (header, "/api/admin/users"))).ShouldBeAsync(200);
    }

    [TestCase("X-User")]
    [TestCase("X-User-Id")]
    [TestCase("X-Account-Id")]
    [TestCase("X-Remote-User")]
    [TestCase("Remote-User")]
    [TestCase("X-Forwarded-User")]
    [TestCase("X-Forwarded-Email")]
    [TestCase("X-Authenticated-User")]
    [TestCase("X-MS-CLIENT-PRINCIPAL")]
    [TestCase("X-MS-CLIENT-PRINCIPAL-ID")]
    [TestCase("X-Client-Cert")]
    [TestCase("X-Roles")]
    [TestCase("X-Scope")]
    public async Task Caller_IsTheOneOfTheToken(string header)
    {
        var tokens = await User.Value;
        foreach (var value in new[] { tokens.AccountId, TestAccounts.AdminEmail, "admin", "users:read users:write" })
        {
            await BearerErrors.ShouldBeRefusedAsync(
                await SendAsync(HttpMethod.Get, "/api/users/me", null, (header, value)), "missing-token");
            await (await SendAsync(HttpMethod.Get, "/api/admin/users", tokens, (header, value))).ShouldBeProblemAsync(
                403, "insufficient-scope");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string route, TokenPair? by = null, params (string Name, string Value)[] headers)
    {
        var body = route == "/api/auth/register" ? new
        {
            email = TestAccounts.UniqueEmail(),
            password = TestAccounts.Password
        } : null;
        return await _app.CreateClient().SendAsync(
            method, route, body, by is null ? headers : [.. headers, ("Authorization", $"Bearer {by.AccessToken}")]);
    }

    private static async Task<string> WithoutTraceAsync(HttpResponseMessage response) =>
        Regex.Replace(await response.Content.ReadAsStringAsync(), "\"traceId\":\"[^\"]+\"", "");
}
