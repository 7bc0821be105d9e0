using System.Net.Http.Json;
using System.Text.Json;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CleanJwt.WebApi.FunctionalTests.Sessions;

/// <summary>Where an account is signed in, as its owner sees it.</summary>
internal sealed class ListingSessions
{
    private const string Route = "/api/users/me/sessions";

    [Test]
    public async Task EverySession_IsListedAsItBegan()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2031, 2, 3, 4, 5, 6, 789, TimeSpan.Zero));
        await using var app = new CleanJwtApp(
            time: time, configure: services => services.AddClientAddress("192.0.2.7"));
        var email = await app.RegisterAsync();
        using var phone = app.CreateClient();
        phone.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "Phone/1.0 (a; b)");
        var login = await phone.PostAsJsonAsync(
            "/api/auth/login", new { email, password = TestAccounts.Password, scope = "account:read" });
        var tokens = TokenPair.From(await login.JsonAsync());

        var response = await app.CreateClient().AskAsync(tokens.AccessToken, Route);
        await response.ShouldBeAsync(200);
        var list = await response.JsonAsync();
        Assert.That(list.Names(), Is.EqualTo(new[] { "items" }));
        var session = list.GetProperty("items").EnumerateArray().Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                session.Names(),
                Is.EquivalentTo(new[] { "id", "current", "createdAt", "lastSeenAt", "expiresAt", "userAgent",
                    "ipAddress", "scope" }));
            Assert.That(session.Text("id"), Is.EqualTo(tokens.SessionId));
            Assert.That(session.GetProperty("current").GetBoolean(), Is.True);
            Assert.That(session.Text("createdAt"), Is.EqualTo("2031-02-03T04:05:06.789Z"));
            Assert.That(session.Text("lastSeenAt"), Is.EqualTo("2031-02-03T04:05:06.789Z"));
            Assert.That(session.Text("expiresAt"), Is.EqualTo("2031-02-17T04:05:06.789Z"));
            Assert.That(session.Text("userAgent"), Is.EqualTo("Phone/1.0 (a; b)"));
            Assert.That(session.Text("ipAddress"), Is.EqualTo("192.0.2.7"));
            Assert.That(session.Text("scope"), Is.EqualTo("account:read"));
            Assert.That(response.Headers.CacheControl?.NoStore, Is.True);
        }
    }

    [Test]
    public async Task ClientThatSaysNothingOfItself_IsListedWithNulls()
    {
        await using var app = new CleanJwtApp();
        var session = (await ListAsync(app, await app.LoginAsync())).Single();
        Assert.That(session.GetProperty("userAgent").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(session.GetProperty("ipAddress").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task LiveSessionsOfTheAccount_AreListedNewestFirst()
    {
        await using var app = new CleanJwtApp();
        var email = await app.RegisterAsync();
        await app.LoginAsync(); // of another account
        var mine = new List<TokenPair>();
        for (var i = 0; i < 4; i++)
        {
            mine.Add(await app.LoginAsync(email));
            app.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await app.CreateClient().LogoutAsync(mine[2]);

        // To be used is not to be new.
        await (await app.RefreshAsync(mine[0].RefreshToken)).ShouldBeAsync(200);
        var list = await ListAsync(app, mine[1]);
        Assert.That(
            list.Select(session => session.Text("id")),
            Is.EqualTo(new[] { mine[3].SessionId, mine[1].SessionId, mine[0].SessionId }));
        Assert.That(
            list.Select(session => session.GetProperty("current").GetBoolean()),
            Is.EqualTo(new[] { false, true, false }));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task ExpiredSession_IsNotListed()
    {
        await using var app = new CleanJwtApp();
        var email = await app.RegisterAsync();
        var first = await app.LoginAsync(email);
        app.Time.Advance(TimeSpan.FromDays(14) - TimeSpan.FromSeconds(1));
        var second = await app.LoginAsync(email);
        Assert.That(
            (await ListAsync(app, second)).Select(session => session.Text("id")),
            Is.EqualTo(new[] { second.SessionId, first.SessionId }));
        app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(
            (await ListAsync(app, second)).Select(session => session.Text("id")),
            Is.EqualTo(new[] { second.SessionId }));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task LastSeenAndExpiry_MoveAtARefresh()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.Zero));
        await using var app = new CleanJwtApp(time: time);
        var tokens = await app.LoginAsync();
        time.Advance(TimeSpan.FromMinutes(5));
        await (await app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
        tokens = TokenPair.From(await (await app.RefreshAsync(tokens.RefreshToken)).JsonAsync());
        var session = (await ListAsync(app, tokens)).Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(session.Text("createdAt"), Is.EqualTo("2031-02-03T04:05:06.000Z"));
            Assert.That(session.Text("lastSeenAt"), Is.EqualTo("2031-02-03T04:10:06.000Z"));
            Assert.That(session.Text("expiresAt"), Is.EqualTo("2031-02-17T04:10:06.000Z"));
        }
    }

    [Test]
    [Category("Exhaustive")]
    public async Task HundredAndFirstSignIn_EndsTheSessionUsedLongestAgo()
    {
        await using var app = new CleanJwtApp();
        var email = await app.RegisterAsync();
        var sessions = new List<TokenPair>();
        for (var i = 0; i < 100; i++)
        {
            sessions.Add(await app.LoginAsync(email));
            app.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await (await app.RefreshAsync(sessions[0].RefreshToken)).ShouldBeAsync(200);
        var last = await app.LoginAsync(email);
        var list = await ListAsync(app, last);
        Assert.That(
            list.Select(session => session.Text("id")),
            Is.EqualTo(sessions.Append(last).Except([sessions[1]]).Select(session => session.SessionId).Reverse()));
        await (await app.MeAsync(sessions[1].AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await app.RefreshAsync(sessions[1].RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    [Test]
    public async Task WithoutToken_NothingIsListedOrEnded()
    {
        var client = SharedService.App.CreateClient();
        await (await client.GetAsync(Route)).ShouldBeProblemAsync(401, "missing-token");
        await (await client.DeleteAsync(Route)).ShouldBeProblemAsync(401, "missing-token");
        await (await client.DeleteAsync($"{Route}/{Guid.NewGuid()}")).ShouldBeProblemAsync(401, "missing-token");
    }

    private static async Task<JsonElement[]> ListAsync(CleanJwtApp app, TokenPair tokens)
    {
        var response = await app.CreateClient().AskAsync(tokens.AccessToken, Route);
        await response.ShouldBeAsync(200);
        return [.. (await response.JsonAsync()).GetProperty("items").EnumerateArray()];
    }
}
