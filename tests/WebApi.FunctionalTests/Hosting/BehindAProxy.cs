using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Hosting;

/// <summary>Whose word on where a request comes from counts.</summary>
internal sealed class BehindAProxy
{
    private const string Proxy = "10.1.2.3";

    [TestCase("203.0.113.9", ExpectedResult = Proxy, TestName = "WithoutKnownProxies_ForwardedHeadersAreIgnored")]
    public Task<string> Ignored(string forwarded) => AddressAsync([], Proxy, forwarded);

    [TestCase(Proxy, "203.0.113.9", ExpectedResult = "203.0.113.9")]
    [TestCase(Proxy, "2001:db8::7", ExpectedResult = "2001:db8::7")]
    [TestCase("::ffff:10.1.2.3", "203.0.113.9", ExpectedResult = "203.0.113.9")]
    [TestCase(Proxy, "198.51.100.1, 203.0.113.9", ExpectedResult = "203.0.113.9",
        Description = "what stands left of an unknown hop is the client's own invention")]
    [TestCase(Proxy, "203.0.113.9, 10.1.2.3", ExpectedResult = "203.0.113.9",
        Description = "two known ones, one behind the other")]
    [TestCase(Proxy, "nonsense", ExpectedResult = Proxy)]
    [TestCase("10.1.2.4", "203.0.113.9", ExpectedResult = "10.1.2.4")]
    [TestCase("127.0.0.1", "203.0.113.9", ExpectedResult = "127.0.0.1")]
    [Category("Exhaustive")]
    public Task<string> KnownProxy(string from, string forwarded) =>
        AddressAsync(new() { ["ForwardedHeaders:KnownProxies:0"] = Proxy }, from, forwarded);

    [TestCase("10.1.255.255", ExpectedResult = "203.0.113.9")]
    [TestCase("10.2.0.1", ExpectedResult = "10.2.0.1")]
    [TestCase("fd00::1", ExpectedResult = "203.0.113.9")]
    [TestCase("fd01::1", ExpectedResult = "fd01::1")]
    public Task<string> KnownNetwork(string from) => AddressAsync(
        new()
        {
            ["ForwardedHeaders:KnownNetworks:0"] = "10.1.0.0/16",
            ["ForwardedHeaders:KnownNetworks:1"] = "fd00::/16"
        }, from, "203.0.113.9");

    /// <summary>The proxy serves the service under a prefix and strips it.</summary>
    [TestCase("https://example.com/auth", null, "/auth", Description = "by the issuer")]
    [TestCase("https://example.com/auth/", null, "/auth")]
    [TestCase("https://example.com", null, "")]
    [TestCase("https://example.com/auth", "/other", "/other", Description = "by the header of a known proxy")]
    [TestCase("https://example.com/auth", "//evil.example", "/auth")]
    [Category("Exhaustive")]
    public async Task PathsForClients_HaveThePrefix(string issuer, string? header, string prefix)
    {
        await using var app = new CleanJwtApp(
            new() { ["Jwt:Issuer"] = issuer, ["ForwardedHeaders:KnownProxies:0"] = Proxy },
            configure: services => services.AddClientAddress(Proxy));
        await ShouldHaveThePrefixAsync(app, issuer, header, prefix);
    }

    [Test]
    public async Task PrefixThatAClientSends_IsIgnored()
    {
        await using var app = new CleanJwtApp(new() { ["Jwt:Issuer"] = "https://example.com/auth" });
        await ShouldHaveThePrefixAsync(app, "https://example.com/auth", "/evil", "/auth");
    }

    private static async Task ShouldHaveThePrefixAsync(CleanJwtApp app, string issuer, string? header, string prefix)
    {
        var client = app.CreateClient();
        client.DefaultRequestHeaders.Host = "evil.example";
        if (header is not null)
        {
            client.DefaultRequestHeaders.Add("X-Forwarded-Prefix", header);
        }

        var body = new { email = TestAccounts.UniqueEmail(), password = TestAccounts.Password };
        var registered = await client.PostAsJsonAsync("/api/auth/register", body);
        await registered.ShouldBeAsync(201);
        var root = await client.GetAsync("/");
        var document = await (await client.GetAsync("/openapi/v1.json")).JsonAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(registered.Headers.Location?.OriginalString, Is.EqualTo($"{prefix}/api/users/me"));
            Assert.That(root.Headers.Location?.OriginalString, Is.EqualTo($"{prefix}/docs"));
            Assert.That(document.GetProperty("servers")[0].Text("url"), Is.EqualTo(issuer.TrimEnd('/')));
            Assert.That(document.GetProperty("servers").GetArrayLength(), Is.EqualTo(1));
        }
    }

    /// <returns>The address from which a sign-in came, as its session tells it.</returns>
    private static async Task<string> AddressAsync(Dictionary<string, string?> settings, string from, string forwarded)
    {
        await using var app = new CleanJwtApp(settings, configure: services => services.AddClientAddress(from));
        var email = await app.RegisterAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login");
        request.Content = JsonContent.Create(new { email, password = TestAccounts.Password });
        request.Headers.Add("X-Forwarded-For", forwarded);
        var response = await app.CreateClient().SendAsync(request);
        await response.ShouldBeAsync(200);
        var tokens = TokenPair.From(await response.JsonAsync());
        var sessions = await (
            await app.CreateClient(tokens.AccessToken).GetAsync("/api/users/me/sessions")).JsonAsync();
        return sessions.GetProperty("items")[0].Text("ipAddress");
    }
}
