using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Cookies;

/// <summary>The pages that may use the cookie, and the cookie of each kind of issuer.</summary>
internal sealed class WhoMayUseTheCookie
{
    private const string Issuer = "https://auth.example.com";
    private const string Frontend = "https://app.example.com";

    private static readonly Dictionary<string, string?> Settings =
        new() { ["Jwt:Issuer"] = Issuer, ["Cors:AllowedOrigins:0"] = Frontend };

    private static readonly Lazy<CleanJwtApp> App = new(() => new CleanJwtApp(Settings, environment: "Production"));

    [OneTimeTearDown]
    public static async Task StopAsync()
    {
        if (App.IsValueCreated)
        {
            await App.Value.DisposeAsync();
        }
    }

    [TestCase("same-origin", null, true)]
    [TestCase("same-origin", "https://evil.example", true)]
    [TestCase("same-site", Issuer, true)]
    [TestCase("cross-site", Frontend, true)]
    [TestCase(null, Issuer, true)]
    [TestCase(null, Frontend, true)]
    [TestCase(null, "http://node.internal", true, Description = "the host of the request")]
    [TestCase(null, "https://node.internal", true, Description = "a proxy received https and forwards http")]
    [TestCase(null, "https://node.internal:8443", false)]
    [TestCase("same-site", "https://node.internal", false)]
    [TestCase("cross-site", null, false)]
    [TestCase("same-site", null, false)]
    [TestCase("none", null, false)]
    [TestCase("none", "https://evil.example", false)]
    [TestCase("Same-Origin", null, false)]
    [TestCase("same-origin, same-origin", null, false)]
    [TestCase(null, null, false)]
    [TestCase(null, "", false)]
    [TestCase(null, "null", false)]
    [TestCase(null, "https://evil.example", false)]
    [TestCase(null, "http://auth.example.com", false)]
    [TestCase(null, "https://auth.example.com:8443", false)]
    [TestCase(null, "https://auth.example.com.evil.example", false)]
    [TestCase(null, "https://auth.example.com@evil.example", false)]
    [TestCase(null, "https://auth.example.com/", false)]
    [TestCase(null, "https://auth.example.com, https://evil.example", false)]
    [TestCase(null, "http://localhost:3000", false)]
    public async Task Row_IsDecided(string? fetchSite, string? origin, bool allowed)
    {
        var client = App.Value.CreateClientOf("http://node.internal");
        (string, string)[] headers =
        [
            .. fetchSite is null ? [] : new[] { ("Sec-Fetch-Site", fetchSite) },
            .. origin is null ? [] : new[] { ("Origin", origin) },
        ];
        var signIn = new { email = TestAccounts.UniqueEmail(), password = TestAccounts.Password };
        var refused = allowed ? (401, "invalid-credentials") : (403, "cross-origin-request");
        await (await client.SendAsync(HttpMethod.Post, "/api/auth/login?transport=cookie", signIn, headers))
            .ShouldBeProblemAsync(refused.Item1, refused.Item2);

        // The cookie is read or not, and a refresh without one asks the same.
        (string, string)[] withCookie = [.. headers, ("Cookie", "__Host-Http-cleanjwt=x")];
        await (await client.SendAsync(HttpMethod.Post, "/api/auth/refresh?transport=cookie", new { }, withCookie))
            .ShouldBeProblemAsync(allowed ? 401 : 403, allowed ? "invalid-refresh-token" : "cross-origin-request");
        await (await client.SendAsync(HttpMethod.Post, "/api/auth/refresh?transport=cookie", new { }, headers))
            .ShouldBeAsync(allowed ? 204 : 403);
        await (await client.SendAsync(HttpMethod.Post, "/api/auth/logout", new { }, withCookie))
            .ShouldBeAsync(allowed ? 204 : 403);
        await (await client.SendAsync(HttpMethod.Post, "/api/auth/logout?transport=cookie", new { }, headers))
            .ShouldBeAsync(allowed ? 204 : 403);
    }

    [TestCase("http://localhost:5173", 204)]
    [TestCase("http://[::1]:3000", 204)]
    [TestCase("http://localhost.evil.example", 403)]
    public async Task InDevelopment_EveryOriginOfThisMachineMay(string origin, int status) =>
        await (await new Browser(SharedService.App, origin).RefreshAsync()).ShouldBeAsync(status);

    [Test]
    public async Task ForeignSignOut_ChangesNothing()
    {
        var app = SharedService.App;
        var browser = new Browser(app);
        await browser.SignInAsync();
        var foreign = new Browser(app, "https://evil.example") { Cookie = browser.Cookie };
        await (await foreign.PostAsync("/api/auth/logout", null)).ShouldBeProblemAsync(403, "cross-origin-request");
        Assert.That(foreign.LastSet, Is.Null);
        await (await browser.RefreshAsync()).ShouldBeAsync(200);
    }

    [TestCase("https://auth.example.com", "__Host-Http-cleanjwt", "max-age path=/ secure samesite=strict httponly")]
    [TestCase("https://localhost:5080", "__Host-Http-cleanjwt", "max-age path=/ secure samesite=strict httponly")]
    [TestCase("https://x.example.com/auth", "__Host-Http-cleanjwt", "max-age path=/ secure samesite=strict httponly")]
    [TestCase("http://localhost:5080", "cleanjwt", "max-age path=/ samesite=strict httponly")]
    [TestCase("http://127.0.0.1:5080", "cleanjwt", "max-age path=/ samesite=strict httponly")]
    [TestCase("http://[::1]:5080", "cleanjwt", "max-age path=/ samesite=strict httponly")]
    [Category("Exhaustive")]
    public async Task Issuer_DecidesOnTheCookie(string issuer, string name, string attributes)
    {
        await using var app = new CleanJwtApp(new() { ["Jwt:Issuer"] = issuer });
        var browser = new Browser(app, new Uri(issuer).GetLeftPart(UriPartial.Authority));
        await browser.SignInAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(browser.LastSet!.Name, Is.EqualTo(name));
            Assert.That(string.Join(' ', browser.LastSet.Attributes), Is.EqualTo(attributes));
        }

        // A browser takes the deletion of a prefixed cookie only with the attributes of the prefix.
        await browser.PostAsync("/api/auth/logout", null);
        Assert.That(
            string.Join(' ', browser.LastSet.Attributes),
            Is.EqualTo(attributes.Replace("max-age", "expires", StringComparison.Ordinal)));
    }

    [Test]
    public async Task Lax_IsASetting()
    {
        await using var app = new CleanJwtApp(new() { ["Sessions:CookieSameSite"] = "Lax" });
        var browser = new Browser(app);
        await browser.SignInAsync();
        Assert.That(browser.LastSet!.Attributes, Does.Contain("samesite=lax"));
    }

    [Test]
    public async Task HttpIssuerOfAnotherMachine_HasNoCookies()
    {
        await using var app = new CleanJwtApp(new() { ["Jwt:Issuer"] = "http://auth.example.com" });
        var browser = new Browser(app, "http://auth.example.com") { Cookie = "cleanjwt=x" };
        var signIn = new { email = TestAccounts.UniqueEmail(), password = TestAccounts.Password };
        await (await browser.PostAsync("/api/auth/login?transport=cookie", signIn))
            .ShouldBeProblemAsync(400, "transport-unavailable");
        await (await browser.RefreshAsync()).ShouldBeProblemAsync(400, "transport-unavailable");
        await (await browser.PostAsync("/api/auth/logout", null)).ShouldBeProblemAsync(401, "missing-token");
        await (await browser.PostAsync("/api/auth/logout?transport=cookie", null))
            .ShouldBeProblemAsync(400, "transport-unavailable");
    }

    [TestCase("?transport=body", 401)]
    [TestCase("?transport=Cookie", 400)]
    [TestCase("?transport=", 400)]
    [TestCase("?transport", 400)]
    [TestCase("?transport=cookie&transport=cookie", 400)]
    [TestCase("?transport=body&transport=cookie", 400)]
    [TestCase("?transport=0", 400)]
    public async Task Transport_HasTwoValues(string query, int status)
    {
        var browser = new Browser(SharedService.App);
        foreach (var (route, body) in new (string, object)[]
        {
            ("/api/auth/login", new { email = TestAccounts.UniqueEmail(), password = TestAccounts.Password }),
            ("/api/auth/refresh", new { refreshToken = "x" }),
            ("/api/auth/logout", new { refreshToken = "x" }),
        })
        {
            var answer = await browser.PostAsync(route + query, body);
            await answer.ShouldBeAsync(status);
            if (status == 400)
            {
                var problem = await answer.ShouldBeProblemAsync(400, "validation-failed");
                Assert.That(problem.Fields(), Is.EqualTo(["transport"]), route);
            }
        }
    }

    [Test]
    public async Task TwoCookies_AreRefused()
    {
        var browser = new Browser(SharedService.App);
        await browser.SignInAsync();
        browser.Cookie = $"cleanjwt=x; {browser.Cookie}";
        await (await browser.RefreshAsync()).ShouldBeProblemAsync(400, "malformed-request");
        await (await browser.PostAsync("/api/auth/logout", null)).ShouldBeProblemAsync(400, "malformed-request");
    }

    [Test]
    [Category("Exhaustive")]
    public async Task OtherCookies_DoNotDisturb()
    {
        var browser = new Browser(SharedService.App);
        await browser.SignInAsync();
        browser.Cookie = $"a=1; cleanjwt2=x; CleanJwt=x; xcleanjwt=y; {browser.Cookie}; b";
        await (await browser.RefreshAsync()).ShouldBeAsync(200);
    }
}
