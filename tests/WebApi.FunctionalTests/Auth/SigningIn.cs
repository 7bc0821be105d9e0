using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Auth;

/// <summary>A sign-in that succeeds.</summary>
[OnDatabases]
internal sealed class SigningIn(DatabaseKind kind)
{
    private static readonly DateTimeOffset Now = new(2031, 2, 3, 4, 5, 6, 789, TimeSpan.Zero);

    [Test]
    public async Task RightPassword_AnswersTokens()
    {
        await using var app = new CleanJwtApp(kind: kind, time: new(Now));
        var email = await app.RegisterAsync();
        var response = await app.CreateClient().PostAsJsonAsync(
            "/api/auth/login", new { email, password = TestAccounts.Password });
        await response.ShouldBeAsync(200);
        var tokens = await response.JsonAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                tokens.Names(),
                Is.EquivalentTo(new[] { "tokenType", "accessToken", "expiresIn", "expiresAt", "refreshToken",
                    "refreshExpiresIn", "scope", "sessionId" }));
            Assert.That(tokens.Text("tokenType"), Is.EqualTo("Bearer"));
            Assert.That(tokens.GetProperty("expiresIn").GetRawText(), Is.EqualTo("600"));
            Assert.That(tokens.Text("expiresAt"), Is.EqualTo("2031-02-03T04:15:06.000Z"));
            Assert.That(tokens.GetProperty("refreshExpiresIn").GetRawText(), Is.EqualTo("1209600"));
            Assert.That(tokens.Text("scope"), Is.EqualTo(ContractScopes.OfEveryAccount));
            Assert.That(
                tokens.Text("sessionId"),
                Does.Match("^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$"));
            Assert.That(tokens.Text("refreshToken"), Is.Not.Empty.And.Not.Contain(tokens.Text("sessionId")));
        }
    }

    [Test]
    public async Task AccessToken_SaysWhatRfc9068Asks()
    {
        await using var app = new CleanJwtApp(kind: kind, time: new(Now));
        var tokens = await app.LoginAsync();
        var account = await (await app.MeAsync(tokens.AccessToken)).JsonAsync();
        var (header, claims) = (Jwt.Header(tokens.AccessToken), Jwt.Payload(tokens.AccessToken));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(header.Select(member => member.Key), Is.EquivalentTo(new[] { "alg", "typ", "kid" }));
            Assert.That(header["alg"]!.ToString(), Is.EqualTo("ES256"));
            Assert.That(header["typ"]!.ToString(), Is.EqualTo("at+jwt"));

            Assert.That(
                claims.Select(member => member.Key),
                Is.EquivalentTo(new[] { "iss", "aud", "sub", "client_id", "iat", "nbf", "exp", "jti", "sid", "scope",
                    "auth_time", "acr", "amr" }));
            Assert.That(claims["iss"]!.ToString(), Is.EqualTo("http://localhost:5080"));
            Assert.That(claims["aud"]!.ToJsonString(), Is.EqualTo("\"cleanjwt-api\""));
            Assert.That(claims["sub"]!.ToString(), Is.EqualTo(account.Text("id")));
            Assert.That(claims["client_id"]!.ToString(), Is.EqualTo("cleanjwt"));
            Assert.That(claims["iat"]!.GetValue<long>(), Is.EqualTo(Now.ToUnixTimeSeconds()));
            Assert.That(claims["nbf"]!.GetValue<long>(), Is.EqualTo(Now.ToUnixTimeSeconds()));
            Assert.That(claims["exp"]!.GetValue<long>(), Is.EqualTo(Now.ToUnixTimeSeconds() + 600));
            Assert.That(claims["jti"]!.ToString(), Is.Not.Empty);
            Assert.That(claims["sid"]!.ToString(), Is.EqualTo(tokens.SessionId));
            Assert.That(claims["scope"]!.ToString(), Is.EqualTo(ContractScopes.OfEveryAccount));
            Assert.That(claims["auth_time"]!.GetValue<long>(), Is.EqualTo(Now.ToUnixTimeSeconds()));
            Assert.That(claims["acr"]!.ToString(), Is.EqualTo("urn:cleanjwt:acr:one-factor"));
            Assert.That(claims["amr"]!.ToJsonString(), Is.EqualTo("[\"pwd\"]"));
            Assert.That(claims.ToJsonString(), Does.Not.Contain(account.Text("email")).And.Not.Contain("name\""));
        }
    }

    [Test]
    public async Task Roles_AreInTheTokenOfAnAdministrator()
    {
        var app = SharedService.On(kind);
        var email = await app.RegisterAsync();
        app.Sql("UPDATE AspNetUsers SET Roles = 'admin' WHERE Email = @p0", email);
        var tokens = await app.LoginAsync(email);
        var claims = Jwt.Payload(tokens.AccessToken);
        Assert.That(claims["roles"]!.ToJsonString(), Is.EqualTo("[\"admin\"]"));
        Assert.That(claims["scope"]!.ToString(), Is.EqualTo(ContractScopes.OfAdmins));
    }

    [Test]
    public async Task Settings_NameIssuerAudienceClientAndLifetime()
    {
        await using var app = new CleanJwtApp(kind: kind, settings: new()
        {
            ["Jwt:Issuer"] = "https://auth.example.com/tenant",
            ["Jwt:Audience"] = "shop",
            ["Jwt:ClientId"] = "shop-web",
            ["Jwt:AccessTokenLifetime"] = "00:01:30",
        });
        var tokens = await app.LoginAsync();
        var claims = Jwt.Payload(tokens.AccessToken);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(claims["iss"]!.ToString(), Is.EqualTo("https://auth.example.com/tenant"));
            Assert.That(claims["aud"]!.ToString(), Is.EqualTo("shop"));
            Assert.That(claims["client_id"]!.ToString(), Is.EqualTo("shop-web"));
            Assert.That(claims["exp"]!.GetValue<long>() - claims["iat"]!.GetValue<long>(), Is.EqualTo(90));
        }

        await (await app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task ShortSession_BoundsTheAccessToken()
    {
        await using var app = new CleanJwtApp(
            kind: kind, settings: new() { ["Sessions:AbsoluteLifetime"] = "00:05:00" }, time: new(Now));
        var email = await app.RegisterAsync();
        var tokens = await (await app.CreateClient()
            .PostAsJsonAsync("/api/auth/login", new { email, password = TestAccounts.Password })).JsonAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tokens.GetProperty("expiresIn").GetInt64(), Is.EqualTo(300));
            Assert.That(tokens.Text("expiresAt"), Is.EqualTo("2031-02-03T04:10:06.000Z"));
            Assert.That(tokens.GetProperty("refreshExpiresIn").GetInt64(), Is.EqualTo(300));
        }
    }

    [Test]
    public async Task EverySignIn_IsASessionOfItsOwn()
    {
        var app = SharedService.On(kind);
        var email = await app.RegisterAsync();
        var (one, other) = (await app.LoginAsync(email), await app.LoginAsync(email));
        Assert.That(other.SessionId, Is.Not.EqualTo(one.SessionId));
        Assert.That(
            Jwt.Payload(other.AccessToken)["jti"]!.ToString(),
            Is.Not.EqualTo(Jwt.Payload(one.AccessToken)["jti"]!.ToString()));
        await (await app.CreateClient(one.AccessToken).PostAsync("/api/auth/logout", null)).ShouldBeAsync(204);
        await (await app.MeAsync(other.AccessToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task UnknownFields_ChangeNothing()
    {
        var app = SharedService.On(kind);
        var email = await app.RegisterAsync();
        var id = Guid.NewGuid();
        var response = await app.CreateClient().PostAsJsonAsync("/api/auth/login", new
        {
            email,
            password = TestAccounts.Password,
            sub = id,
            id,
            sid = id,
            sessionId = id,
            roles = new[] { "admin" },
            amr = "hwk",
            client = new { userAgent = "forged", ipAddress = "192.0.2.1" },
        });
        await response.ShouldBeAsync(200);
        var tokens = await response.JsonAsync();
        Assert.That(tokens.Text("sessionId"), Is.Not.EqualTo(id.ToString()));
        Assert.That(
            Jwt.Payload(tokens.Text("accessToken")).ToJsonString(),
            Does.Not.Contain("admin").And.Not.Contain("hwk").And.Not.Contain(id.ToString()));
        Assert.That(
            app.Sql(
                "SELECT COUNT(*) FROM Sessions WHERE lower(Id) = @p0 AND UserAgent IS NULL", tokens.Text("sessionId")),
            Is.EqualTo(1),
            "where the client is cannot be told in the body");
    }

    [Test]
    public async Task Client_IsNotedWithTheSession()
    {
        var app = SharedService.On(kind);
        var email = await app.RegisterAsync();
        var client = app.CreateClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", new string('x', 5000));
        var response = await client.PostAsJsonAsync("/api/auth/login", new { email, password = TestAccounts.Password });
        await response.ShouldBeAsync(200);
        Assert.That(
            app.Sql(
                "SELECT UserAgent FROM Sessions WHERE lower(Id) = @p0", (await response.JsonAsync()).Text("sessionId")),
            Is.EqualTo(new string('x', 256)));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task Password_IsTheSameComposedAndDecomposed()
    {
        var app = SharedService.On(kind);
        var email = TestAccounts.UniqueEmail();
        var client = app.CreateClient();
        await (await client.PostAsJsonAsync(
            "/api/auth/register", new { email, password = "caf\u00e9 caf\u00e9 caf\u00e9" })).ShouldBeAsync(201);
        await (await client.PostAsJsonAsync(
            "/api/auth/login", new { email, password = "cafe\u0301 cafe\u0301 cafe\u0301" })).ShouldBeAsync(200);
        await (await client.PostAsJsonAsync("/api/auth/login", new { email, password = "cafe cafe cafe" }))
            .ShouldBeProblemAsync(401, "invalid-credentials");
    }

    [TestCase("with\0nul and this tail", "with\0nul and that tail", TestName = "AfterNul")]
    [TestCase("twelve chars ", "twelve chars", TestName = "WhiteSpaceAtTheEnd")]
    [TestCase("Twelve chars", "twelve chars", TestName = "Case")]
    [TestCase("twelve charsﬁ", "twelve charsfi", TestName = "Ligature")]
    [Category("Exhaustive")]
    public async Task Password_DiffersIn(string password, string other)
    {
        var app = SharedService.On(kind);
        var email = TestAccounts.UniqueEmail();
        var client = app.CreateClient();
        await (await client.PostAsJsonAsync("/api/auth/register", new { email, password })).ShouldBeAsync(201);
        await (await client.PostAsJsonAsync("/api/auth/login", new { email, password = other })).ShouldBeProblemAsync(
            401, "invalid-credentials");
        await (await client.PostAsJsonAsync("/api/auth/login", new { email, password })).ShouldBeAsync(200);
    }
}
