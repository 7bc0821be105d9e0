using System.Net.Http.Json;
using System.Text.Json;
using CleanJwt.WebApi.FunctionalTests.Sessions;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CleanJwt.WebApi.FunctionalTests.OAuth;

/// <summary>Another service asks whether a token is good now, and what it says (RFC 7662).</summary>
internal sealed class IntrospectingTokens
{
    private static readonly DateTimeOffset SignIn = new(2031, 2, 3, 4, 5, 6, 789, TimeSpan.Zero);

    private readonly CleanJwtApp _app = SharedService.App;

    /// <summary>Ways to end a session from another one of the same account.</summary>
    private static IEnumerable<TestCaseData> Endings()
    {
        yield return Row("Logout", async (client, doomed, _) => await client.LogoutAsync(doomed));
        yield return Row("EndSession", async (client, doomed, other) =>
            await DoAsync(client, other, $"DELETE /api/users/me/sessions/{doomed.SessionId}"));
        yield return Row(
            "EndSessions",
            async (client, _, other) => await DoAsync(client, other, "DELETE /api/users/me/sessions?except=current"));
        yield return Row("PasswordChange", async (client, _, other) =>
            await (await client.ChangePasswordAsync(other.AccessToken, "a new horse and a new staple"))
                .ShouldBeAsync(204));
        yield return Row("Deletion", async (client, _, other) => await DoAsync(client, other, "DELETE /api/users/me"));
        yield return Row("Lock", async (client, doomed, _) =>
            await (await client.LockAsync(await client.AdminAsync(), doomed.AccountId)).ShouldBeAsync(204));
        yield return Row("EndSessionsByAdmin", async (client, doomed, _) =>
            await DoAsync(client, await client.AdminAsync(), $"DELETE /api/admin/users/{doomed.AccountId}/sessions"));
        yield return Row("SetRoles", async (client, doomed, _) =>
            await (await client.SetRolesAsync(await client.AdminAsync(), doomed.AccountId)).ShouldBeAsync(200));
        yield return Row("DeletionByAdmin", async (client, doomed, _) =>
            await (await client.DeleteUserAsync(await client.AdminAsync(), doomed.AccountId)).ShouldBeAsync(204));
        yield return Row(
            "RevokedByClient",
            async (client, doomed, _) => await (await client.RevokeAsync(doomed.AccessToken)).ShouldBeAsync(200));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task AccessToken_IsToldWhole(bool isAdmin)
    {
        await using var app = At(SignIn);
        var first = await app.LoginAsync(isAdmin ? await app.RegisterAdminAsync() : null);
        app.Time.Advance(TimeSpan.FromMinutes(1));
        var tokens = await NextAsync(app, first.RefreshToken);

        var said = await (await app.CreateClient().IntrospectAsync(tokens.AccessToken)).ShouldBeActiveAsync();
        var expected = new Dictionary<string, string>
        {
            ["active"] = "true",
            ["scope"] = $"\"{(isAdmin ? ContractScopes.OfAdmins : ContractScopes.OfEveryAccount)}\"",
            ["client_id"] = "\"cleanjwt\"",
            ["token_type"] = "\"Bearer\"",
            ["exp"] = $"{SignIn.AddMinutes(11).ToUnixTimeSeconds()}",
            ["iat"] = $"{SignIn.AddMinutes(1).ToUnixTimeSeconds()}",
            ["nbf"] = $"{SignIn.AddMinutes(1).ToUnixTimeSeconds()}",
            ["jti"] = $"\"{Jwt.Payload(tokens.AccessToken)["jti"]}\"",
            ["iss"] = "\"http://localhost:5080\"",
            ["aud"] = "\"cleanjwt-api\"",
            ["sub"] = $"\"{tokens.AccountId}\"",
            ["sid"] = $"\"{tokens.SessionId}\"",
            ["auth_time"] = $"{SignIn.ToUnixTimeSeconds()}",
            ["acr"] = "\"urn:cleanjwt:acr:one-factor\"",
            ["amr"] = "[\"pwd\"]",
        };
        if (isAdmin)
        {
            expected["roles"] = "[\"admin\"]";
        }

        Assert.That(Members(said), Is.EquivalentTo(expected));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task RefreshToken_IsToldAsItsSession(bool isAdmin)
    {
        await using var app = At(SignIn);
        var first = await app.LoginAsync(isAdmin ? await app.RegisterAdminAsync() : null);
        app.Time.Advance(TimeSpan.FromMinutes(1));
        var tokens = await NextAsync(app, first.RefreshToken);

        foreach (var token in new[] { tokens.RefreshToken, first.RefreshToken })
        {
            var said = await (await app.CreateClient().IntrospectAsync(token)).ShouldBeActiveAsync();
            Assert.That(Members(said), Is.EquivalentTo(new Dictionary<string, string>
            {
                ["active"] = "true",
                ["scope"] = $"\"{(isAdmin ? ContractScopes.OfAdmins : ContractScopes.OfEveryAccount)}\"",
                ["client_id"] = "\"cleanjwt\"",
                ["exp"] = $"{SignIn.AddMinutes(1).AddDays(14).ToUnixTimeSeconds()}",
                ["iss"] = "\"http://localhost:5080\"",
                ["sub"] = $"\"{tokens.AccountId}\"",
                ["sid"] = $"\"{tokens.SessionId}\"",
                ["auth_time"] = $"{SignIn.ToUnixTimeSeconds()}",
                ["acr"] = "\"urn:cleanjwt:acr:one-factor\"",
                ["amr"] = "[\"pwd\"]",
            }));
        }
    }

    [Test]
    public async Task Settings_AreToldAsTheyAre()
    {
        await using var app = new CleanJwtApp(new(OAuthRequests.WithClients)
        {
            ["Jwt:Issuer"] = "https://example.com/auth",
            ["Jwt:Audience"] = "another-api",
            ["Jwt:ClientId"] = "another-client",
        });
        var tokens = await app.LoginAsync();
        var access = await (await app.CreateClient().IntrospectAsync(tokens.AccessToken)).ShouldBeActiveAsync();
        var refresh = await (await app.CreateClient().IntrospectAsync(tokens.RefreshToken)).ShouldBeActiveAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(access.Text("aud"), Is.EqualTo("another-api"));
            foreach (var said in new[] { access, refresh })
            {
                Assert.That(
                    (said.Text("iss"), said.Text("client_id")),
                    Is.EqualTo(("https://example.com/auth", "another-client")));
            }
        }
    }

    [Test]
    public async Task NarrowedToken_HasItsOwnScopeAndTheSessionKeepsIts()
    {
        var first = await _app.LoginAsync();
        var response = await _app.CreateClient().PostAsJsonAsync(
            "/api/auth/refresh", new { refreshToken = first.RefreshToken, scope = "account:read" });
        var narrow = TokenPair.From(await response.JsonAsync());
        Assert.That((await AboutAsync(narrow.AccessToken)).Text("scope"), Is.EqualTo("account:read"));
        Assert.That((await AboutAsync(narrow.RefreshToken)).Text("scope"), Is.EqualTo(ContractScopes.OfEveryAccount));
        Assert.That((await AboutAsync(first.AccessToken)).Text("scope"), Is.EqualTo(ContractScopes.OfEveryAccount));

        var session = await _app.LoginAsync(scope: "account:write");
        Assert.That((await AboutAsync(session.RefreshToken)).Text("scope"), Is.EqualTo("account:write"));
    }

    [TestCase("access_token")]
    [TestCase("refresh_token")]
    [TestCase("nonsense")]
    [TestCase("")]
    public async Task Hint_ChangesNothing(string hint)
    {
        var (tokens, client) = (await _app.LoginAsync(), _app.CreateClient());
        Assert.That(
            (await (await client.IntrospectAsync(tokens.AccessToken, hint)).ShouldBeActiveAsync()).Names(),
            Does.Contain("token_type"));
        Assert.That(
            (await (await client.IntrospectAsync(tokens.RefreshToken, hint)).ShouldBeActiveAsync()).Names(),
            Does.Not.Contain("token_type"));
        await (await client.IntrospectAsync("garbage", hint)).ShouldBeInactiveAsync();
    }

    [Test]
    [Category("Exhaustive")]
    public async Task AccessToken_IsActiveForAsLongAsItIsAccepted()
    {
        await using var app = At(SignIn);
        var (tokens, client) = (await app.LoginAsync(), app.CreateClient());
        app.Time.Advance(TimeSpan.FromSeconds(604)); // with the clock skew of RefusedBearerTokens
        await (await client.IntrospectAsync(tokens.AccessToken)).ShouldBeActiveAsync();
        await (await app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await (await client.IntrospectAsync(tokens.AccessToken)).ShouldBeInactiveAsync();
        await (await client.IntrospectAsync(tokens.RefreshToken)).ShouldBeActiveAsync();
    }

    [Test]
    public async Task RefreshToken_IsActiveUntilItsSessionExpires()
    {
        await using var app = At(SignIn);
        var (tokens, client) = (await app.LoginAsync(), app.CreateClient());
        app.Time.Advance(TimeSpan.FromDays(14) - TimeSpan.FromSeconds(1));
        await (await client.IntrospectAsync(tokens.RefreshToken)).ShouldBeActiveAsync();
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await (await client.IntrospectAsync(tokens.RefreshToken)).ShouldBeInactiveAsync();
    }

    [Test]
    public async Task SpentRefreshToken_IsActiveWithinTheGraceAndEndsNothingAfterwards()
    {
        await using var app = At(SignIn);
        var client = app.CreateClient();
        var first = await app.LoginAsync();
        var second = await NextAsync(app, first.RefreshToken);
        app.Time.Advance(TimeSpan.FromSeconds(29.999));
        await (await client.IntrospectAsync(first.RefreshToken)).ShouldBeActiveAsync();
        app.Time.Advance(TimeSpan.FromSeconds(0.001));
        await (await client.IntrospectAsync(first.RefreshToken)).ShouldBeInactiveAsync();
        await (await client.IntrospectAsync(second.RefreshToken)).ShouldBeActiveAsync();
        await (await app.MeAsync(second.AccessToken)).ShouldBeAsync(200);

        var third = await NextAsync(app, second.RefreshToken);
        await (await client.IntrospectAsync(first.RefreshToken)).ShouldBeInactiveAsync();
        await (await client.IntrospectAsync(second.RefreshToken)).ShouldBeActiveAsync();
        await (await client.IntrospectAsync(third.RefreshToken)).ShouldBeActiveAsync();
        await NextAsync(app, third.RefreshToken);
        Assert.That(app.Sql("SELECT COUNT(*) FROM AuditEntries WHERE Action NOT IN ('register', 'login')"), Is.Zero);
    }

    [TestCaseSource(nameof(Endings))]
    public async Task EndedSession_HasNoActiveToken(Func<HttpClient, TokenPair, TokenPair, Task> end)
    {
        var (client, email) = (_app.CreateClient(), await _app.RegisterAsync());
        var (doomed, other) = (await _app.LoginAsync(email), await _app.LoginAsync(email));
        await (await client.IntrospectAsync(doomed.AccessToken)).ShouldBeActiveAsync();
        await (await client.IntrospectAsync(doomed.RefreshToken)).ShouldBeActiveAsync();
        await end(client, doomed, other);
        await (await client.IntrospectAsync(doomed.AccessToken)).ShouldBeInactiveAsync();
        await (await client.IntrospectAsync(doomed.RefreshToken)).ShouldBeInactiveAsync();
    }

    [Test]
    public async Task SessionThatReuseEnded_HasNoActiveToken()
    {
        await using var app = At(SignIn);
        var client = app.CreateClient();
        var first = await app.LoginAsync();
        var second = await NextAsync(app, first.RefreshToken);
        app.Time.Advance(TimeSpan.FromSeconds(30));
        await (await app.RefreshAsync(first.RefreshToken)).ShouldBeProblemAsync(401, "refresh-token-reused");
        foreach (var token in new[] { first.AccessToken, first.RefreshToken, second.AccessToken, second.RefreshToken })
        {
            await (await client.IntrospectAsync(token)).ShouldBeInactiveAsync();
        }
    }

    [Test]
    public async Task SessionThatIsGone_HasNoActiveRefreshToken()
    {
        var tokens = await _app.LoginAsync();
        _app.Sql("DELETE FROM Sessions WHERE lower(Id) = @p0", tokens.SessionId);
        await (await _app.CreateClient().IntrospectAsync(tokens.RefreshToken)).ShouldBeInactiveAsync();
    }

    [TestCaseSource(typeof(UnreadableRefreshTokens), nameof(UnreadableRefreshTokens.Changes))]
    [Category("Exhaustive")]
    public async Task ChangedRefreshToken_IsInactiveAndEndsNobodysSession(Func<string, string> change)
    {
        var (tokens, client) = (await _app.LoginAsync(), _app.CreateClient());
        await (await client.IntrospectAsync(change(tokens.RefreshToken))).ShouldBeInactiveAsync();
        await (await client.IntrospectAsync(tokens.RefreshToken)).ShouldBeActiveAsync();
    }

    [TestCase("garbage")]
    [TestCase("..")]
    [TestCase("Bearer x")]
    [TestCase("00000000-0000-0000-0000-000000000000")]
    [TestCase("ключ🔑\0\r\n")]
    public async Task Garbage_IsInactive(string token) =>
        await (await _app.CreateClient().IntrospectAsync(token)).ShouldBeInactiveAsync();

    [Test]
    public async Task TokensOfAnotherService_AreInactive()
    {
        await using var another = new CleanJwtApp();
        var (tokens, client) = (await another.LoginAsync(), _app.CreateClient());
        await (await client.IntrospectAsync(tokens.AccessToken)).ShouldBeInactiveAsync();
        await (await client.IntrospectAsync(tokens.RefreshToken)).ShouldBeInactiveAsync();
    }

    private static CleanJwtApp At(DateTimeOffset start) => new(OAuthRequests.WithClients, new FakeTimeProvider(start));

    private static Dictionary<string, string> Members(JsonElement json) =>
        json.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetRawText());

    private static async Task<TokenPair> NextAsync(CleanJwtApp app, string refreshToken) =>
        await AccountRequests.TokensOfAsync(await app.RefreshAsync(refreshToken));

    private static async Task DoAsync(HttpClient client, TokenPair by, string request) =>
        await (await client.DoAsync(by, request)).ShouldBeAsync(204);

    private async Task<JsonElement> AboutAsync(string token) =>
        await (await _app.CreateClient().IntrospectAsync(token)).ShouldBeActiveAsync();

    private static TestCaseData Row(string name, Func<HttpClient, TokenPair, TokenPair, Task> end) =>
        new TestCaseData(end).SetArgDisplayNames(name);
}
