using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Input;

/// <summary>
/// No route takes from its body what the account or the token says: the test reads the whole account afterwards, and
/// another one.
/// </summary>
[Category("Exhaustive")]
internal sealed class MassAssignment
{
    // All that a body may not say, in the database's words and in those of tokens, messages and other services.
    private static readonly string[] Untouchable =
    [
        "Id", "UserName", "NormalizedUserName", "NormalizedEmail", "EmailConfirmed", "PhoneNumber",
        "PhoneNumberConfirmed", "TwoFactorEnabled", "LockoutEnabled", "LockoutEnd", "AccessFailedCount", "Roles",
        "Locked",
        "CreatedAt", "Email",
    ];

    // What its owner may change too.
    private static readonly string[] Whole = [.. Untouchable, "PasswordHash", "SecurityStamp", "SecurityVersion",
        "Version", "UpdatedAt", "DisplayName"];

    // These succeed only with what an earlier answer or an authenticator gave.
    private static readonly string[] Ceremonies = ["second-factor", "passkey", "totp"];

    private readonly CleanJwtApp _app = SharedService.App;

    private static IEnumerable<TestCaseData> Rows() =>
        from route in BodyRoute.All
        where !route.NeedsMail && !Ceremonies.Any(part => route.Request.Contains(part, StringComparison.Ordinal))
        from spelling in new (string Name, Func<JsonObject, JsonObject> Of)[]
        {
            ("AsTheyAre", harm => harm),
            ("InCapitals", harm => Renamed(harm, name => char.ToUpperInvariant(name[0]) + name[1..])),
            ("InUpperCase", harm => Renamed(harm, name => name.ToUpperInvariant())),
            ("InSnakeCase", harm => Renamed(harm, name => string.Concat(name.Select(letter => char.IsUpper(letter)
                ? $"_{char.ToLowerInvariant(letter)}" : $"{letter}")))),
            ("Nested", harm => new(
            ) { ["user"] = harm.DeepClone(), ["account"] = harm.DeepClone(), ["command"] = harm.DeepClone(),
            ["__proto__"] = harm.DeepClone(), ["$set"] = harm }),
            ("AsPaths", harm => Renamed(harm, name => $"account.{name}")),
        }
        select new TestCaseData(route, spelling.Of).SetArgDisplayNames(route.Name, spelling.Name);

    [TestCaseSource(nameof(Rows))]
    public async Task WhatIsNotTheClientsToSay_ChangesNothing(BodyRoute route, Func<JsonObject, JsonObject> spell)
    {
        var (email, theirEmail) = (
            route.Name == "register" ? TestAccounts.UniqueEmail() : await _app.RegisterAsync(),
            await _app.RegisterAsync());
        var (mine, theirs) = (
            route.Name == "register" ? null : await _app.LoginAsync(email), await _app.LoginAsync(theirEmail));
        var (myRow, theirRow) = (Row(email, Untouchable), Row(theirEmail, Whole));
        var admin = route.Name == "roles" ? await _app.CreateClient().AdminAsync() : null;

        var fields = new Dictionary<string, string>(route.Fields);
        Set(fields, "email", email);
        Set(fields, "refreshToken", mine?.RefreshToken);
        foreach (var (name, value) in spell(Harm(theirs)))
        {
            // A field that the route knows is not to be sent twice, in whatever spelling.
            if (!route.Fields.Keys.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                fields[name] = value?.ToJsonString() ?? "null";
            }
        }

        var by = route.IsOpen ? null : admin ?? mine;
        var response = await route.SendAsync(by, mine?.AccountId, Encoding.UTF8.GetBytes(BodyRoute.Body(fields)));
        Assert.That(response.IsSuccessStatusCode, Is.True, await response.Content.ReadAsStringAsync());

        if (mine is not null)
        {
            Assert.That(Row(email, Untouchable), Is.EqualTo(myRow));
        }

        Assert.That(Row(theirEmail, Whole), Is.EqualTo(theirRow));
        await (await _app.MeAsync(theirs.AccessToken)).ShouldBeAsync(200);
        await ShouldBeAnOrdinaryAccountAsync(
            email, route.Name == "password" ? "a new horse and a new staple" : TestAccounts.Password, mine);
        if ((await response.Content.ReadAsStringAsync()).Contains("accessToken", StringComparison.Ordinal))
        {
            var claims = Jwt.Payload(TokenPair.From(await response.JsonAsync()).AccessToken);
            Assert.That(claims["sub"]!.ToString(), Is.EqualTo(mine!.AccountId));
            Assert.That(claims.ContainsKey("roles"), Is.False);
            Assert.That(
                claims["scope"]!.ToString(),
                Is.EqualTo(route.Fields.ContainsKey("scope") ? "account:read" : ContractScopes.OfEveryAccount));
            Assert.That(
                claims["sid"]!.ToString(),
                route.Name == "login" ? Is.Not.EqualTo(theirs.SessionId) : Is.EqualTo(mine.SessionId));
        }
    }

    private async Task ShouldBeAnOrdinaryAccountAsync(string email, string password, TokenPair? before)
    {
        var login = await _app.CreateClient().TryLoginAsync(email, password);
        await login.ShouldBeAsync(200);
        var tokens = TokenPair.From(await login.JsonAsync());
        var me = await (await _app.MeAsync(tokens.AccessToken)).JsonAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(before is null || me.Text("id") == before.AccountId, Is.True);
            Assert.That(me.Text("email"), Is.EqualTo(email));
            Assert.That(me.GetProperty("emailConfirmed").GetBoolean(), Is.False);
            Assert.That(me.GetProperty("roles").GetRawText(), Is.EqualTo("[]"));
            Assert.That(me.Text("createdAt"), Does.Not.StartWith("2001"));
            Assert.That(Jwt.Payload(tokens.AccessToken).ToJsonString(), Does.Not.Contain("admin"));
        }

        await (await _app.CreateClient().AskAsync(tokens.AccessToken, "/api/admin/users")).ShouldBeProblemAsync(
            403, "insufficient-scope");
    }

    private static JsonObject Harm(TokenPair theirs) => new()
    {
        ["id"] = theirs.AccountId,
        ["sub"] = theirs.AccountId,
        ["userId"] = theirs.AccountId,
        ["accountId"] = theirs.AccountId,
        ["sid"] = theirs.SessionId,
        ["sessionId"] = theirs.SessionId,
        ["jti"] = Guid.NewGuid().ToString(),
        ["caller"] = new JsonObject { ["accountId"] = theirs.AccountId, ["sessionId"] = theirs.SessionId },
        ["client"] = new JsonObject { ["userAgent"] = "forged", ["ipAddress"] = "192.0.2.1" },
        ["userName"] = "root",
        ["normalizedUserName"] = "ROOT",
        ["normalizedEmail"] = "ROOT@EXAMPLE.COM",
        ["emailConfirmed"] = true,
        ["role"] = "admin",
        ["roles"] = new JsonArray("admin"),
        ["isAdmin"] = true,
        ["admin"] = true,
        ["locked"] = true,
        ["lockoutEnabled"] = true,
        ["lockoutEnd"] = "2126-01-01T00:00:00Z",
        ["accessFailedCount"] = 5,
        ["phoneNumber"] = "1",
        ["phoneNumberConfirmed"] = true,
        ["twoFactorEnabled"] = true,
        ["version"] = 99,
        ["securityVersion"] = 99,
        ["securityStamp"] = "x",
        ["concurrencyStamp"] = "x",
        ["passwordHash"] = "x",
        ["createdAt"] = "2001-01-01T00:00:00Z",
        ["updatedAt"] = "2001-01-01T00:00:00Z",
        ["authTime"] = "2126-01-01T00:00:00Z",
        ["expiresAt"] = "2126-01-01T00:00:00Z",
        ["expiresIn"] = 999_999_999,
        ["generation"] = 99,
        ["amr"] = new JsonArray("hwk"),
        ["scopes"] = new JsonArray("users:write"),
        ["permissions"] = new JsonArray("*"),
    };

    private static JsonObject Renamed(JsonObject json, Func<string, string> rename) =>
        new(json.Select(member => KeyValuePair.Create(rename(member.Key), member.Value?.DeepClone())));

    private static void Set(Dictionary<string, string> fields, string name, string? value)
    {
        if (fields.ContainsKey(name))
        {
            fields[name] = JsonSerializer.Serialize(value);
        }
    }

    private object? Row(string email, string[] columns) =>
        _app.Sql($"SELECT {string.Join(" || '|' || ", columns.Select(column => $"COALESCE({column}, '')"))} FROM AspNetUsers WHERE Email = @p0", email);
}
