using System.Text;
using CleanJwt.WebApi.FunctionalTests.Support;
using static CleanJwt.OAuthRequests;

namespace CleanJwt.WebApi.FunctionalTests.OAuth;

/// <summary>Requests under /oauth that are refused whatever their token. Their errors are those of RFC 6749.</summary>
internal sealed class RefusedOAuthRequests
{
    private const int Limit = 64 * 1024;

    private readonly CleanJwtApp _app = SharedService.App;

    private static IEnumerable<TestCaseData> BadForms =>
        from route in new[] { "/oauth/introspect", "/oauth/revoke" }
        from form in new (string Name, string Body)[]
        {
            ("NoBody", ""),
            ("NoToken", "token_type_hint=access_token"),
            ("NoValue", "token"),
            ("EmptyToken", "token="),
            ("TokenOfSpaces", "token=+%20"),
            ("TokenTwice", "token=x&token=y"),
            ("TokenTwiceTheSame", "token=x&token=x"),
            ("TokenTwiceOnceEmpty", "token=x&token="),
            ("OtherName", "access_token=x"),
            ("SeparatedBySemicolon", "x=y;token=x"),
            ("Json", "{\"token\":\"x\"}"),
            ("TooManyParameters", "token=x" + string.Concat(Enumerable.Range(0, 1024).Select(i => $"&a{i}=b"))),
            ("TooLongAName", $"token=x&{new string('a', 2049)}=b"),
        }
        select new TestCaseData(route, Encoding.ASCII.GetBytes(form.Body)).SetArgDisplayNames(route, form.Name);

    private static IEnumerable<TestCaseData> OtherTypes =>
        from route in new[] { "/oauth/introspect", "/oauth/revoke" }
        from type in new[]
        {
            null, "application/json", "application/problem+json", "text/plain", "application/xml",
            "application/octet-stream",
            "multipart/form-data; boundary=x", $"{FormType}; charset=iso-8859-1", $"{FormType}; charset=utf-16",
            $"{FormType}; charset=nonsense",
        }
        select new TestCaseData(route, type);

    [TestCaseSource(nameof(BadForms))]
    public async Task FormWithoutOneToken_IsInvalid(string route, byte[] form)
    {
        var response = await Client.PostRawAsync(route, form, FormType);
        await response.ShouldBeOAuthErrorAsync(400, "invalid_request");
        Assert.That(
            (await response.JsonAsync()).Text("error_description"),
            Is.EqualTo("Send the parameter 'token' once, in a form (application/x-www-form-urlencoded)."));
    }

    [TestCase("/oauth/introspect")]
    [TestCase("/oauth/revoke")]
    public async Task BytesThatAreNoUtf8_AreInvalid(string route)
    {
        await (await Client.PostRawAsync(route, [.. "token=x"u8, 0xff], FormType)).ShouldBeOAuthErrorAsync(
            400, "invalid_request");
        await (await Client.PostRawAsync(route, [.. "token=x&y="u8, 0xc3], FormType)).ShouldBeOAuthErrorAsync(
            400, "invalid_request");
    }

    [TestCase("/oauth/introspect")]
    [TestCase("/oauth/revoke")]
    public async Task TokenInTheQuery_DoesNotCount(string route)
    {
        var tokens = await _app.LoginAsync();
        await (await Client.PostRawAsync($"{route}?token={tokens.AccessToken}", "", FormType)).ShouldBeOAuthErrorAsync(
            400, "invalid_request");
        await (
            await Client.PostRawAsync($"{route}?token={tokens.AccessToken}", "token=x", FormType)).ShouldBeAsync(200);
        await (await _app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
    }

    [TestCaseSource(nameof(OtherTypes))]
    public async Task BodyThatIsNoForm_IsNotSupported(string route, string? type) =>
        await (await Client.PostRawAsync(route, "token=x", type)).ShouldBeOAuthErrorAsync(415, "invalid_request");

    [TestCase(FormType)]
    [TestCase("Application/X-WWW-Form-Urlencoded")]
    [TestCase($"{FormType}; charset=utf-8")]
    [TestCase($"{FormType}; charset=\"UTF-8\"")]
    public async Task Form_IsRead(string type)
    {
        var tokens = await _app.LoginAsync();
        var form = $"a=b&=&&token_type_hint=x&token={tokens.AccessToken}&token_type_hint=y";
        await (await Client.PostRawAsync("/oauth/introspect", form, type)).ShouldBeActiveAsync();
        await (await Client.PostRawAsync("/oauth/revoke", form, type)).ShouldBeAsync(200);
        await (await Client.PostRawAsync("/oauth/introspect", form, type)).ShouldBeInactiveAsync();
    }

    [Test]
    public async Task EscapedToken_IsUnescaped()
    {
        var escaped = string.Concat((await _app.LoginAsync()).AccessToken.Select(character => $"%{(int)character:x2}"));
        await (await Client.PostRawAsync("/oauth/introspect", $"%74oken={escaped}", FormType)).ShouldBeActiveAsync();
        await (await Client.PostRawAsync("/oauth/introspect", "token=%ff%zz", FormType)).ShouldBeInactiveAsync();
    }

    [Test]
    public async Task ManyParameters_AreRead()
    {
        var form = "token=x" + string.Concat(Enumerable.Range(0, 1023).Select(i => $"&a{i}=b"));
        await (await Client.PostRawAsync("/oauth/introspect", form, FormType)).ShouldBeInactiveAsync();
    }

    [TestCase("/oauth/introspect", false)]
    [TestCase("/oauth/introspect", true)]
    [TestCase("/oauth/revoke", false)]
    [TestCase("/oauth/revoke", true)]
    public async Task LargeForm_IsReadUpTo64KiB(string route, bool chunked)
    {
        await (await LargeBodies.PostFormAsync(Client, route, Limit, chunked)).ShouldBeAsync(200);
        await (await LargeBodies.PostFormAsync(Client, route, Limit + 1, chunked)).ShouldBeOAuthErrorAsync(
            413, "invalid_request");
        await (await LargeBodies.PostFormAsync(Client, route, 1024 * 1024, chunked)).ShouldBeOAuthErrorAsync(
            413, "invalid_request");
    }

    [TestCase("GET")]
    [TestCase("PUT")]
    [TestCase("DELETE")]
    [TestCase("PATCH")]
    public async Task OtherMethod_NamesTheAllowedOne(string method)
    {
        foreach (var route in new[] { "/oauth/introspect", "/oauth/revoke" })
        {
            foreach (var client in new[] { Client, _app.CreateClient() })
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), route);
                var response = await client.SendAsync(request);
                await response.ShouldBeOAuthErrorAsync(405, "invalid_request");
                Assert.That(response.Content.Headers.Allow, Is.EqualTo(new[] { "POST" }));
            }
        }
    }

    [TestCase("/oauth")]
    [TestCase("/oauth/")]
    [TestCase("/oauth/token")]
    [TestCase("/oauth/introspect/x")]
    [TestCase("/OAuth/nothing")]
    public async Task UnknownRoute_IsNotFound(string route)
    {
        await (await Client.GetAsync(route)).ShouldBeOAuthErrorAsync(404, "invalid_request");
        await (await Client.PostRawAsync(route, "token=x", FormType)).ShouldBeOAuthErrorAsync(404, "invalid_request");
    }

    [TestCase("text/html")]
    [TestCase("application/jwt")]
    [TestCase("application/token-introspection+jwt")]
    public async Task OtherAcceptedType_GetsJsonAllTheSame(string accept)
    {
        var client = Client;
        client.DefaultRequestHeaders.Add("Accept", accept);
        var response = await client.IntrospectAsync((await _app.LoginAsync()).AccessToken);
        await response.ShouldBeActiveAsync();
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
        await (await client.PostRawAsync("/oauth/introspect", "", FormType)).ShouldBeOAuthErrorAsync(
            400, "invalid_request");
    }

    private HttpClient Client => _app.CreateClient().As(Basic());
}
