using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Auth;

/// <summary>Signing up.</summary>
internal sealed class Registering
{
    private readonly CleanJwtApp _app = SharedService.App;

    [Test]
    public async Task ValidRequest_AnswersTheAccount()
    {
        await using var app = new CleanJwtApp(time: new(new DateTimeOffset(2031, 2, 3, 4, 5, 6, 789, TimeSpan.Zero)));
        var response = await app.CreateClient().PostAsJsonAsync(
            "/api/auth/register",
            new { email = "Ada@Example.com", password = TestAccounts.Password, displayName = "Ada Lovelace" });
        await response.ShouldBeAsync(201);
        var account = await response.JsonAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Headers.Location?.OriginalString, Is.EqualTo("/api/users/me"));
            Assert.That(
                response.Content.Headers.ContentType?.ToString(), Is.EqualTo("application/json; charset=utf-8"));
            Assert.That(account.Names(),
                Is.EquivalentTo(new[] { "id", "email", "emailConfirmed", "displayName", "roles", "createdAt",
                    "updatedAt" }));
            Assert.That(
                account.Text("id"), Does.Match("^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$"));
            Assert.That(account.Text("email"), Is.EqualTo("Ada@Example.com"));
            Assert.That(account.GetProperty("emailConfirmed").ValueKind, Is.EqualTo(JsonValueKind.False));
            Assert.That(account.Text("displayName"), Is.EqualTo("Ada Lovelace"));
            Assert.That(account.GetProperty("roles").GetRawText(), Is.EqualTo("[]"));
            Assert.That(account.Text("createdAt"), Is.EqualTo("2031-02-03T04:05:06.789Z"));
            Assert.That(account.Text("updatedAt"), Is.EqualTo("2031-02-03T04:05:06.789Z"));
        }
    }

    [Test]
    public async Task Account_IsTheSameWhenItsOwnerReadsItLater()
    {
        var email = TestAccounts.UniqueEmail();
        var registered = await PostAsync(new { email, password = TestAccounts.Password, displayName = "Ada" });
        var read = await _app.MeAsync((await _app.LoginAsync(email)).AccessToken);
        Assert.That(await read.Content.ReadAsStringAsync(), Is.EqualTo(await registered.Content.ReadAsStringAsync()));
    }

    [TestCase(null, null)]
    [TestCase("", null)]
    [TestCase(" \t\u3000 ", null)]
    [TestCase("  Ada  ", "Ada")]
    [TestCase("Ада 𝒜 e\u0301", "Ада 𝒜 e\u0301")]
    public async Task DisplayName_IsTrimmedAndEmptyIsNull(string? sent, string? kept)
    {
        var response = await PostAsync(
            new { email = TestAccounts.UniqueEmail(), password = TestAccounts.Password, displayName = sent });
        await response.ShouldBeAsync(201);
        Assert.That((await response.JsonAsync()).GetProperty("displayName").GetString(), Is.EqualTo(kept));
    }

    [Test]
    public async Task Email_LosesSurroundingWhiteSpace()
    {
        var email = TestAccounts.UniqueEmail();
        var response = await PostAsync(new { email = $" \t\u00a0{email}\u3000\n", password = TestAccounts.Password });
        await response.ShouldBeAsync(201);
        Assert.That((await response.JsonAsync()).Text("email"), Is.EqualTo(email));
    }

    [Test]
    public async Task TakenEmail_IsAConflict()
    {
        var email = await _app.RegisterAsync();
        var response = await PostAsync(new { email, password = "another password of mine" });
        await response.ShouldBeProblemAsync(409, "email-taken");
        await _app.LoginAsync(email);
    }

    [Test]
    public async Task UnknownFields_ChangeNothing()
    {
        var email = TestAccounts.UniqueEmail();
        var id = Guid.NewGuid();
        var response = await PostAsync(new
        {
            email,
            password = TestAccounts.Password,
            id,
            sub = id,
            accountId = id,
            userName = "root",
            normalizedEmail = "ROOT@EXAMPLE.COM",
            emailConfirmed = true,
            role = "admin",
            roles = new[] { "admin" },
            locked = true,
            isAdmin = true,
            version = 99,
            securityVersion = 99,
            passwordHash = "",
            createdAt = "2001-01-01T00:00:00Z",
            updatedAt = "2001-01-01T00:00:00Z",
            client = new { userAgent = "x", ipAddress = "y" },
            something = new { deep = new object?[] { 1, null, "x" } },
        });
        await response.ShouldBeAsync(201);
        var account = await response.JsonAsync();
        var tokens = await _app.LoginAsync(email);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(account.Text("id"), Is.Not.EqualTo(id.ToString()));
            Assert.That(account.Text("email"), Is.EqualTo(email));
            Assert.That(account.GetProperty("emailConfirmed").GetBoolean(), Is.False);
            Assert.That(account.GetProperty("roles").GetArrayLength(), Is.Zero);
            Assert.That(account.Text("createdAt"), Does.Not.StartWith("2001"));
            Assert.That(
                Jwt.Payload(tokens.AccessToken)["scope"]!.ToString(), Is.EqualTo(ContractScopes.OfEveryAccount));
            Assert.That(_app.Sql(
                "SELECT Version || ' ' || SecurityVersion || ' ' || Locked || ' ' || Roles FROM AspNetUsers WHERE Email = @p0", email), Is.EqualTo("1 1 0 "));
        }
    }

    [Test]
    public async Task Password_IsKeptAsAnArgon2idHashAlone()
    {
        var email = await _app.RegisterAsync();
        var hash = (string)_app.Sql("SELECT PasswordHash FROM AspNetUsers WHERE Email = @p0", email)!;
        Assert.That(hash, Does.Match(
            "^" + Regex.Escape("$argon2id$v=19$m=19456,t=2,p=1$") + "[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}$"));
    }

    private Task<HttpResponseMessage> PostAsync(object body) =>
        _app.CreateClient().PostAsJsonAsync("/api/auth/register", body);
}
