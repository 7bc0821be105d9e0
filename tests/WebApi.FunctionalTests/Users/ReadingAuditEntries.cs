using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Users;

/// <summary>The owner of an account and administrators read its audit entries page by page.</summary>
internal sealed class ReadingAuditEntries
{
    private const string Route = "/api/users/me/activity";

    private static HttpClient Client => SharedService.App.CreateClient();

    [Test]
    public async Task Entries_ComeNewestFirstAndAlikeToOwnerAndAdministrator()
    {
        await using var app = new CleanJwtApp(TestAccounts.WithAdmin);
        var client = app.CreateClient();
        var email = await client.RegisterAsync();
        app.Time.Advance(TimeSpan.FromMilliseconds(1));
        var owner = await client.LoginAsync(email);
        app.Time.Advance(TimeSpan.FromMilliseconds(1));
        await (await client.DoAsync(owner, "PATCH /api/users/me", new { displayName = "Ada" })).ShouldBeAsync(200);

        var (items, next) = await client.PageAsync(owner, Route);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                items.Select(item => item.Text("action")), Is.EqualTo(new[] { "update-profile", "login", "register" }));
            Assert.That(
                items.Select(item => string.Join(' ', item.Names())), Is.All.EqualTo(
                    "id at action outcome sessionId ipAddress userAgent"));
            Assert.That(items.Select(item => item.GetProperty("at").GetDateTimeOffset()), Is.Ordered.Descending);
            Assert.That(
                items.Select(item => item.Text("at")), Is.All.Match(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"));
            Assert.That(
                items.Select(item => item.Text("id")),
                Is.Unique.And.All.Match("^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$"));
            Assert.That(next, Is.Null);
        }

        var ofAdmin = (
            await client.PageAsync(await client.AdminAsync(), $"/api/admin/users/{owner.AccountId}/activity")).Items;
        Assert.That(ofAdmin.Select(item => item.GetRawText()), Is.EqualTo(items.Select(item => item.GetRawText())));
    }

    [Test]
    public async Task Entries_AreTheOwnersAlone()
    {
        var (mine, theirs) = (await Client.LoginAsync(), await Client.LoginAsync());
        var (items, _) = await Client.PageAsync(mine, Route);
        Assert.That(items, Has.Length.EqualTo(2));
        Assert.That(
            items.Select(item => item.GetProperty("sessionId").GetString()),
            Does.Contain(mine.SessionId).And.Not.Contain(theirs.SessionId));
    }

    [Test]
    public async Task Pages_HaveTwentyUnlessToldOtherwise()
    {
        var owner = await WithEntriesAsync(SharedService.App, 105);
        foreach (var (by, route) in new[] { (owner, Route),
            (await Client.AdminAsync(), $"/api/admin/users/{owner.AccountId}/activity") })
        {
            Assert.That((await Client.WalkAsync(by, route + "?")).Sizes, Is.EqualTo(new[] { 20, 20, 20, 20, 20, 5 }));
            Assert.That(
                (await Client.WalkAsync(by, route + "?limit=")).Sizes, Has.Count.EqualTo(6), "as if it were absent");
            Assert.That((await Client.WalkAsync(by, route + "?limit=100")).Sizes, Is.EqualTo(new[] { 100, 5 }));
            Assert.That(
                (await Client.WalkAsync(by, route + "?limit=35")).Sizes,
                Is.EqualTo(new[] { 35, 35, 35 }),
                "no empty page at the end");
            Assert.That(
                (await Client.PageAsync(by, route + "?after=")).Items, Has.Length.EqualTo(20), "as if it were absent");
        }
    }

    /// <summary>All have the same time, so that only their ids tell them apart.</summary>
    [TestCase(1)]
    [TestCase(7)]
    [TestCase(100)]
    public async Task WalkOverEqualTimes_FindsEveryEntryOnce(int limit)
    {
        var owner = await WithEntriesAsync(SharedService.App, 50, "'2026-01-02 03:04:05.678'");
        var (ids, _) = await Client.WalkAsync(owner, $"{Route}?limit={limit}");
        Assert.That(ids, Has.Count.EqualTo(50).And.Unique);
        Assert.That(ids, Is.Ordered.Descending.Using((IComparer<string>)StringComparer.Ordinal));
    }

    [Test]
    public async Task WalkWhileMoreHappens_FindsEveryEntryOnce()
    {
        await using var app = new CleanJwtApp();
        var client = app.CreateClient();
        var owner = await WithEntriesAsync(app, 30);
        var before = (await client.WalkAsync(owner, $"{Route}?limit=100")).Ids;
        var (ids, sizes) = await client.WalkAsync(owner, $"{Route}?limit=4", async _ =>
        {
            app.Time.Advance(TimeSpan.FromSeconds(1));
            await (await client.DoAsync(owner, "PATCH /api/users/me", new { displayName = "Ada" })).ShouldBeAsync(200);
        });
        Assert.That(ids, Is.EqualTo(before));
        Assert.That(
            (await client.WalkAsync(owner, $"{Route}?limit=100")).Ids,
            Has.Count.EqualTo(before.Count + sizes.Count - 1));
    }

    [Test]
    public async Task AccountWithoutATrail_HasAnEmptyOne()
    {
        var owner = await WithEntriesAsync(SharedService.App, 1);
        SharedService.App.Sql("DELETE FROM AuditEntries WHERE AccountId = @p0", Guid.Parse(owner.AccountId));
        foreach (var (by, route) in new[] { (owner, Route),
            (await Client.AdminAsync(), $"/api/admin/users/{owner.AccountId}/activity") })
        {
            var (items, next) = await Client.PageAsync(by, route);
            Assert.That(items, Is.Empty);
            Assert.That(next, Is.Null);
        }
    }

    [Test]
    public async Task TokenThatMayOnlyWrite_ReadsNoActivity()
    {
        var tokens = await SharedService.App.LoginAsync(scope: "account:write");
        var response = await Client.AskAsync(tokens.AccessToken, Route);
        await response.ShouldBeProblemAsync(403, "insufficient-scope");
        Assert.That(
            response.Headers.WwwAuthenticate.ToString(),
            Is.EqualTo("Bearer error=\"insufficient_scope\", scope=\"account:read\""));
    }

    [Test]
    public async Task AccountThatIsGone_HasNoActivity()
    {
        var tokens = await Client.LoginAsync();
        SharedService.App.Sql("DELETE FROM AspNetUsers WHERE Id = @p0", Guid.Parse(tokens.AccountId));
        await (await Client.AskAsync(tokens.AccessToken, Route)).ShouldBeProblemAsync(401, "user-not-found");
    }

    /// <summary>A new account whose trail has that many entries, and none of its sign-in.</summary>
    /// <param name="at">In SQL, where <c>i</c> is the number of the entry; a second apart when absent.</param>
    private static async Task<TokenPair> WithEntriesAsync(
        CleanJwtApp app, int count, string at = "datetime('2026-01-02', -i || ' seconds')")
    {
        var owner = await app.LoginAsync();
        app.Sql("DELETE FROM AuditEntries WHERE AccountId = @p0", Guid.Parse(owner.AccountId));
        app.Sql(
            $"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
            INSERT INTO AuditEntries (Id, At, AccountId, Action, Outcome)
            SELECT printf('0193C7A2-%04X-7000-8000-%s', abs(random()) % 65536, hex(randomblob(6))), {at}, @p0, 'update-profile', 1 FROM n
            """,
            Guid.Parse(owner.AccountId));
        return owner;
    }
}
