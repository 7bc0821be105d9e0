using System.Text;
using System.Text.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Admin;

/// <summary>Administrators read the list of all accounts, page by page and by the beginning of an address.</summary>
internal sealed class ListingUsers
{
    private const string Route = "/api/admin/users";

    private static HttpClient Client => SharedService.App.CreateClient();

    [Test]
    public async Task Accounts_ComeNewestFirstAndWithTheirLocks()
    {
        await using var app = new CleanJwtApp(TestAccounts.WithAdmin);
        var client = app.CreateClient();
        var admin = await client.AdminAsync();
        app.Time.Advance(TimeSpan.FromMilliseconds(1));
        var older = await client.LoginAsync();
        app.Time.Advance(TimeSpan.FromMilliseconds(1));
        var newer = await client.LoginAsync();
        await (await client.DoAsync(newer, "PATCH /api/users/me", new { displayName = "Ada" })).ShouldBeAsync(200);
        await (await client.LockAsync(admin, older.AccountId)).ShouldBeAsync(204);

        var (items, next) = await client.PageAsync(admin, Route);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                items.Select(item => item.Text("id")),
                Is.EqualTo(new[] { newer.AccountId, older.AccountId, admin.AccountId }));
            Assert.That(
                items.Select(item => item.GetProperty("locked").GetBoolean()),
                Is.EqualTo(new[] { false, true, false }));
            Assert.That(
                items.Select(item => item.GetProperty("roles").GetRawText()),
                Is.EqualTo(new[] { "[]", "[]", "[\"admin\"]" }));
            Assert.That(
                items.Select(item => item.GetProperty("displayName").GetString()),
                Is.EqualTo(new[] { "Ada", null, null }));
            Assert.That(items[2].Text("email"), Is.EqualTo(TestAccounts.AdminEmail));
            Assert.That(next, Is.Null);
        }

        var alone = await (await client.DoAsync(admin, $"GET {Route}/{newer.AccountId}")).JsonAsync();
        Assert.That(JsonElement.DeepEquals(alone, items[0]), Is.True, "one account and one of many look alike");
        Assert.That(alone.Names(),
            Is.EqualTo(new[] { "id", "email", "emailConfirmed", "displayName", "roles", "createdAt", "updatedAt",
                "locked" }));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task Pages_HaveTwentyUnlessToldOtherwise()
    {
        await using var app = await WithAccountsAsync(104);
        var client = app.CreateClient();
        var admin = await client.AdminAsync();
        Assert.That((await client.WalkAsync(admin, Route + "?")).Sizes, Is.EqualTo(new[] { 20, 20, 20, 20, 20, 5 }));
        Assert.That(
            (await client.WalkAsync(admin, Route + "?limit=")).Sizes, Has.Count.EqualTo(6), "as if it were absent");
        Assert.That((await client.WalkAsync(admin, Route + "?limit=100")).Sizes, Is.EqualTo(new[] { 100, 5 }));
        Assert.That(
            (await client.WalkAsync(admin, Route + "?limit=35")).Sizes,
            Is.EqualTo(new[] { 35, 35, 35 }),
            "no empty page at the end");
        Assert.That(
            (await client.WalkAsync(admin, Route + "?limit=1")).Ids,
            Is.EqualTo((await client.WalkAsync(admin, Route + "?limit=100")).Ids));
        Assert.That(
            (await client.PageAsync(admin, Route + "?after=")).Items, Has.Length.EqualTo(20), "as if it were absent");
    }

    /// <summary>All have the same time, so that only their ids tell them apart.</summary>
    [TestCase(1)]
    [TestCase(3)]
    [TestCase(100)]
    [Category("Exhaustive")]
    public async Task WalkOverEqualTimes_FindsEveryAccountOnce(int limit)
    {
        await using var app = await WithAccountsAsync(50, "'2026-01-02 03:04:05.678'");
        var client = app.CreateClient();
        var (ids, _) = await client.WalkAsync(await client.AdminAsync(), $"{Route}?limit={limit}");
        Assert.That(ids, Has.Count.EqualTo(51).And.Unique);
        Assert.That(
            ids.Skip(1),
            Is.Ordered.Descending.Using((IComparer<string>)StringComparer.Ordinal),
            "the administrator is the newest");
    }

    [Test]
    [Category("Exhaustive")]
    public async Task WalkWhileOthersComeAndGo_FindsEveryAccountThatStaysOnce()
    {
        await using var app = await WithAccountsAsync(40);
        var client = app.CreateClient();
        var admin = await client.AdminAsync();
        var before = (await client.WalkAsync(admin, $"{Route}?limit=100")).Ids;
        var deleted = new List<string>();
        var added = 0;
        var (ids, _) = await client.WalkAsync(admin, $"{Route}?limit=3", async seen =>
        {
            app.Time.Advance(TimeSpan.FromSeconds(1));
            await client.RegisterAsync();
            added++;

            // The very one that the next page hangs on.
            if (seen.Count % 2 == 0)
            {
                deleted.Add(seen[^1]);
                await (await client.DeleteUserAsync(admin, seen[^1])).ShouldBeAsync(204);
            }
        });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                ids, Is.EqualTo(before), "those that were there at the beginning, in that order, and nobody twice");
            Assert.That(added, Is.GreaterThan(10));
            Assert.That(deleted, Is.Not.Empty);
        }

        Assert.That(
            (await client.WalkAsync(admin, $"{Route}?limit=100")).Ids,
            Has.Count.EqualTo(before.Count + added - deleted.Count));
    }

    [TestCase("limit=0")]
    [TestCase("limit=-1")]
    [TestCase("limit=101")]
    [TestCase("limit=abc")]
    [TestCase("limit=1.5")]
    [TestCase("limit=99999999999")]
    [TestCase("limit=20%20x")]
    [TestCase("after=x")]
    [TestCase("after=.")]
    [TestCase("after=1.2")]
    [TestCase("after=8dfffffffffffff")]
    [TestCase("after=8dfffffffffffff.0193c7a2-1111-7000-8000-000000000000")]
    [TestCase("after=8dfffffffffffff.0193c7a2111170008000000000000000.1")]
    [TestCase("after=ffffffffffffffff.0193c7a2111170008000000000000000")]
    [TestCase("after=7fffffffffffffff.0193c7a2111170008000000000000000")]
    [TestCase("after=-1.0193c7a2111170008000000000000000")]
    [TestCase("after=%F0%9F%94%91")]
    [TestCase("limit=0&after=x&email=a")]
    [Category("Exhaustive")]
    public async Task ParametersThatMakeNoSense_AreRefusedByName(string query)
    {
        var admin = await Client.AdminAsync();
        var names = query.Split(
            '&').Select(parameter => parameter.Split('=')[0]).Where(name => name != "email").ToArray();
        foreach (var route in new[] { Route, $"{Route}/{admin.AccountId}/activity", "/api/users/me/activity" })
        {
            var problem = await (await Client.DoAsync(admin, $"GET {route}?{query}")).ShouldBeProblemAsync(
                400, "validation-failed");
            Assert.That(problem.GetProperty("errors").Names(), Is.EquivalentTo(names), route);
        }
    }

    [TestCase("after=0.00000000000000000000000000000000", 0)]
    [TestCase("after=2bca2875f4373fff.ffffffffffffffffffffffffffffffff", 1)]
    [Category("Exhaustive")]
    public async Task EndsOfTheList_ArePlacesInItToo(string query, int least)
    {
        var admin = await Client.AdminAsync();
        Assert.That(
            (await Client.PageAsync(admin, $"{Route}?{query}")).Items,
            Has.Length.AtLeast(least).And.Length.AtMost(20 * least));
    }

    private static IEnumerable<TestCaseData> Prefixes()
    {
        yield return Row(
            "Case",
            "ADA",
            ["ada@example.com", "Ada.L@example.com", "aDALBERT@example.com"],
            ["ad@example.com", "bada@example.com", "adb@example.com"]);
        yield return Row("WholeAddress", "ada@example.com", ["ada@example.com"], ["ada@example.org"]);
        yield return Row("BeyondTheAddress", "ada@example.com.", [], ["ada@example.com"]);
        yield return Row("BeyondTheAt", "ada@EX", ["ada@example.com"], ["ada@other.example"]);
        yield return Row("SurroundingSpace", " ada ", ["ada@example.com"], []);
        yield return Row("Plus", "a+b", ["a+b@example.com"], ["a b@example.com".Replace(' ', '.'), "ab@example.com"]);
        yield return Row(
            "PercentSign", "50%", ["50%@example.com", "50%x@example.com"], ["500@example.com", "50@example.com"]);
        yield return Row("PercentSignInTheMiddle", "a%b", ["a%b@example.com"], ["axb@example.com", "ab@example.com"]);
        yield return Row("Underscore", "a_", ["a_b@example.com"], ["axb@example.com"]);
        yield return Row("Star", "a*", ["a*b@example.com"], ["axb@example.com"]);
        yield return Row("Quote", "o'", ["o'brien@example.com"], ["obrien@example.com"]);
        yield return Row(
            "Composed",
            "\u00E9",
            ["\u00E9lan@example.com", "e\u0301tude@example.com", "\u00C9COLE@example.com"],
            ["elan@example.com", "\u00E8re@example.com"]);
        yield return Row(
            "Decomposed", "E\u0301", ["\u00E9lan@example.com", "e\u0301tude@example.com"], ["elan@example.com"]);
        yield return Row("BaseLetterAlone", "e", ["elan@example.com"], ["\u00E9lan@example.com"]);
        yield return Row(
            "Cyrillic", "\u0416\u0443", ["\u0436\u0443\u043A@example.com"], ["\u0436\u0430\u043A@example.com"]);
        yield return Row("Han", "\u7530", ["\u7530\u4E2D@example.com"], ["\u4E2D\u7530@example.com"]);
        yield return Row(
            "LastBeforeTheSurrogates",
            "\uD7FB",
            ["\uD7FBa@example.com"],
            ["\uD7FAa@example.com", "\uFA0Ea@example.com"]);
        yield return Row(
            "AstralLetterOfOtherCase",
            "\U00010428",
            ["\U00010400a@example.com", "\U00010428b@example.com"],
            ["\U00010429a@example.com", "\uFA0Ea@example.com"]);
        yield return Row(
            "AstralIdeograph", "\U00020000", ["\U00020000\U00020001@example.com"], ["\U00020001@example.com"]);
        yield return Row("LastOfItsBlock", "z", ["z@example.com", "zz\U00020000@example.com"], ["\u00E0@example.com"]);
        yield return Row("SpaceInside", "a b", [], ["a@example.com"]);
        yield return Row("ControlCharacter", "a\u0001", [], ["a@example.com"]);
        yield return Row("TooLong", new string('a', 300), [], [new string('a', 60) + "@example.com"]);
        yield return Row("SqlInjection", "' OR '1'='1", [], ["a@example.com"]);
    }

    /// <summary>In the database's order of texts, a beginning that no other test's addresses have.</summary>
    [TestCaseSource(nameof(Prefixes))]
    [Category("Exhaustive")]
    public async Task BeginningOfAnAddress_FindsThoseThatHaveIt(string prefix, string[] matching, string[] others)
    {
        var admin = await Client.AdminAsync();
        var marker = $"{Guid.NewGuid():N}.";
        foreach (var email in matching.Concat(others))
        {
            await SharedService.App.RegisterAsync(marker + email);
        }

        var query = prefix.StartsWith(' ') ? $" {marker}{prefix[1..]}" : marker + prefix;
        var (items, next) = await Client.PageAsync(admin, $"{Route}?email={Uri.EscapeDataString(query)}");
        Assert.That(
            items.Select(item => item.Text("email")), Is.EquivalentTo(
                matching.Select(email => (marker + email).Normalize(NormalizationForm.FormC))));
        Assert.That(next, Is.Null);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task ShortestBeginnings_WorkToo()
    {
        await using var app = new CleanJwtApp(TestAccounts.WithAdmin);
        var client = app.CreateClient();
        foreach (var email in new[] { "ada@example.com", "Bob@example.com", "\u00E9lan@example.com",
            "\U00010400a@example.com", "%@example.com" })
        {
            await app.RegisterAsync(email);
        }

        var admin = await client.AdminAsync();
        foreach (var (prefix, expected) in new[]
        {
            ("a", new[] { "ada@example.com", TestAccounts.AdminEmail }), ("B", ["Bob@example.com"]), (
                "\u00C9", ["\u00E9lan@example.com"]),
            ("\U00010428", ["\U00010400a@example.com"]), ("%", ["%@example.com"]), ("_", []), ("@", []), ("x", []),
        })
        {
            var (items, _) = await client.PageAsync(admin, $"{Route}?email={Uri.EscapeDataString(prefix)}");
            Assert.That(items.Select(item => item.Text("email")), Is.EquivalentTo(expected), prefix);
        }

        foreach (var nothing in new[] { "", "%20", "%20%20" })
        {
            Assert.That(
                (await client.PageAsync(admin, $"{Route}?email={nothing}")).Items,
                Has.Length.EqualTo(6),
                $"'{nothing}' is as if it were absent");
        }
    }

    /// <summary>Half a character is none, whatever the client's library makes of it.</summary>
    [TestCase("%C3")]
    [TestCase("%ED%A0%80")]
    [TestCase("%00")]
    [Category("Exhaustive")]
    public async Task BrokenText_FindsNobody(string text)
    {
        var admin = await Client.AdminAsync();
        Assert.That((await Client.PageAsync(admin, $"{Route}?email={text}")).Items, Is.Empty);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task FilteredList_IsWalkedLikeTheWholeOne()
    {
        await using var app = await WithAccountsAsync(60);
        var client = app.CreateClient();
        var admin = await client.AdminAsync();
        var expected = (await client.PageAsync(admin, $"{Route}?limit=100")).Items
            .Where(item => item.Text("email").StartsWith("user1", StringComparison.Ordinal))
                .Select(item => item.Text("id")).ToList();
        Assert.That(expected, Has.Count.EqualTo(11), "1 and 10 to 19");

        var (ids, sizes) = await client.WalkAsync(admin, $"{Route}?email=USER1&limit=3", async _ =>
        {
            app.Time.Advance(TimeSpan.FromSeconds(1));
            await app.RegisterAsync($"user1-{Guid.NewGuid():N}@example.com");
        });
        Assert.That(ids, Is.EqualTo(expected));
        Assert.That(sizes, Is.EqualTo(new[] { 3, 3, 3, 2 }));
    }

    private static TestCaseData Row(string name, string prefix, string[] matching, string[] others) =>
        new TestCaseData(prefix, matching, others).SetArgDisplayNames(name);

    /// <summary>
    /// A service with as many accounts besides its administrator, <c>user1@example.com</c> and so on, who can't sign
    /// in.
    /// </summary>
    /// <param name="createdAt">
    /// In SQL, where <c>i</c> is the number of the account; a second apart when absent, each older than the one before.
    /// </param>
    private static async Task<CleanJwtApp> WithAccountsAsync(
        int count, string createdAt = "datetime('2026-01-02', -i || ' seconds')")
    {
        var app = new CleanJwtApp(TestAccounts.WithAdmin);
        await app.CreateClient().AdminAsync();
        app.Sql(
            $"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
            INSERT INTO AspNetUsers (
                Id, UserName, NormalizedUserName, Email, NormalizedEmail, EmailConfirmed, PhoneNumberConfirmed, TwoFactorEnabled, LockoutEnabled,
                AccessFailedCount, Roles, CreatedAt, UpdatedAt, Version, SecurityVersion, Locked)
            SELECT printf('0193C7A2-%04X-7000-8000-%012X', abs(random()) % 65536, i), 'user' || i || '@example.com', 'USER' || i || '@EXAMPLE.COM',
                'user' || i || '@example.com', 'USER' || i || '@EXAMPLE.COM', 0, 0, 0, 0, 0, '', {createdAt}, {createdAt}, 1, 1, 0 FROM n
            """);
        return app;
    }
}
