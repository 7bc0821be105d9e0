using System.Net;
using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Users;

/// <summary>Changing what an account says of its owner.</summary>
internal sealed class ChangingTheProfile
{
    private const string Route = "/api/users/me";

    private readonly CleanJwtApp _app = SharedService.App;

    [TestCase("Ada")]
    [TestCase("Zoë 👩‍💻 O'Neill <b>")]
    public async Task Name_IsStored(string displayName)
    {
        var client = await SignedInAsync();
        var response = await client.PatchAsJsonAsync(Route, new { displayName });
        await response.ShouldBeAsync(200);
        var account = await response.JsonAsync();
        Assert.That(account.Names(),
            Is.EquivalentTo(new[] { "id", "email", "emailConfirmed", "displayName", "roles", "createdAt",
                "updatedAt" }));
        Assert.That(account.Text("displayName"), Is.EqualTo(displayName));
        Assert.That((await (await client.GetAsync(Route)).JsonAsync()).GetRawText(), Is.EqualTo(account.GetRawText()));
    }

    [TestCase("{\"displayName\":null}")]
    [TestCase("{\"displayName\":\"\"}")]
    [TestCase("{\"displayName\":\"  \\t\\r\\n\\u3000\"}")]
    public async Task NameOfNothing_ClearsIt(string body)
    {
        var client = await SignedInAsync("Ada");
        var response = await client.SendRawAsync(HttpMethod.Patch, Route, body);
        await response.ShouldBeAsync(200);
        Assert.That((await response.JsonAsync()).GetProperty("displayName").GetRawText(), Is.EqualTo("null"));
        Assert.That(await NameAsync(client), Is.Null);
    }

    [TestCase("\\t Ada Lovelace\\r\\n", "Ada Lovelace")]
    [TestCase("\\u3000Ada\\u00a0", "Ada")]
    public async Task WhiteSpaceAround_IsDropped(string displayName, string stored)
    {
        var client = await SignedInAsync();
        await (await client.SendRawAsync(HttpMethod.Patch, Route, $"{{\"displayName\":\"{displayName}\"}}"))
            .ShouldBeAsync(200);
        Assert.That(await NameAsync(client), Is.EqualTo(stored));
    }

    [Test]
    public async Task NameOfAHundredCodePoints_IsTheLongest()
    {
        var client = await SignedInAsync();
        var longest = string.Concat(Enumerable.Repeat("🔑", 100));
        await (await client.PatchAsJsonAsync(Route, new { displayName = longest })).ShouldBeAsync(200);
        await ShouldNameTheFieldAsync(await client.PatchAsJsonAsync(Route, new { displayName = longest + "x" }));
        Assert.That(await NameAsync(client), Is.EqualTo(longest));
    }

    private static IEnumerable<TestCaseData> BadNames()
    {
        yield return Row("Long", $"\"{new string('x', 101)}\"");
        yield return Row("TwoLines", "\"Ada\\nLovelace\"");
        yield return Row("Nul", "\"A\\u0000da\"");
        yield return Row("Delete", "\"A\\u007fda\"");
        yield return Row("LineSeparator", "\"Ada\\u2028Lovelace\"");
        yield return Row("LoneSurrogate", "\"A\\ud800\"");
        yield return Row("Number", "1");
        yield return Row("True", "true");
        yield return Row("Array", "[\"Ada\"]");
        yield return Row("Object", "{\"value\":\"Ada\"}");

        static TestCaseData Row(string name, string json) => new TestCaseData(json).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(BadNames))]
    public async Task BadName_IsRefusedAndChangesNothing(string json)
    {
        var client = await SignedInAsync("Ada");
        var before = await client.GetAsync(Route);
        await ShouldNameTheFieldAsync(
            await client.SendRawAsync(HttpMethod.Patch, Route, $"{{\"displayName\":{json}}}"));
        await ShouldBeAsBeforeAsync(client, before);
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("[{\"op\":\"replace\",\"path\":\"/displayName\",\"value\":\"Ada\"}]")]
    [TestCase("{\"displayName\":\"Ada\",\"displayName\":\"Eve\"}")]
    public async Task MalformedBody_IsToldSo(string body) =>
        await (await (await SignedInAsync()).SendRawAsync(HttpMethod.Patch, Route, body)).ShouldBeProblemAsync(
            400, "malformed-request");

    [Test]
    public async Task NothingToChange_KeepsTheETag()
    {
        var client = await SignedInAsync("Ada");
        var before = await client.GetAsync(Route);
        var response = await client.PatchAsJsonAsync(Route, new { });
        await response.ShouldBeAsync(200);
        Assert.That(response.Headers.ETag, Is.EqualTo(before.Headers.ETag));
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(await before.Content.ReadAsStringAsync()));
        await ShouldBeAsBeforeAsync(client, before);
    }

    [TestCase("\"id\":\"OTHER\"")]
    [TestCase("\"sub\":\"OTHER\"")]
    [TestCase("\"accountId\":\"OTHER\"")]
    [TestCase("\"roles\":[\"admin\"]")]
    [TestCase("\"role\":\"admin\"")]
    [TestCase("\"email\":\"eve@example.com\"")]
    [TestCase("\"emailConfirmed\":true")]
    [TestCase("\"version\":99")]
    [TestCase("\"securityVersion\":99")]
    [TestCase("\"locked\":true")]
    [TestCase("\"createdAt\":\"2020-01-01T00:00:00Z\"")]
    [TestCase("\"passwordHash\":\"x\"")]
    [TestCase("\"caller\":{\"accountId\":\"OTHER\",\"sessionId\":\"OTHER\",\"client\":{}}")]
    [TestCase("\"expectedVersions\":[99]")]
    [TestCase("\"setsDisplayName\":true")]
    [TestCase("\"SetsDisplayName\":true,\"ExpectedVersions\":[],\"Caller\":null")]
    [Category("Exhaustive")]
    public async Task FieldThatIsNotMeant_ChangesNothing(string member)
    {
        var (mine, theirs) = (await _app.LoginAsync(), await _app.LoginAsync());
        var (client, other) = (_app.CreateClient(mine.AccessToken), _app.CreateClient(theirs.AccessToken));
        await (await client.PatchAsJsonAsync(Route, new { displayName = "Ada" })).ShouldBeAsync(200);
        var (before, othersBefore, row) = (await client.GetAsync(Route), await other.GetAsync(Route), RowOf(mine));
        member = member.Replace("OTHER", theirs.AccountId(), StringComparison.Ordinal);

        await (await client.SendRawAsync(HttpMethod.Patch, Route, $"{{{member}}}")).ShouldBeAsync(200);
        await ShouldBeAsBeforeAsync(client, before);
        Assert.That(RowOf(mine), Is.EqualTo(row));

        // Nor beside one that is meant.
        await (await client.SendRawAsync(HttpMethod.Patch, Route, $"{{{member},\"displayName\":\"Augusta\"}}"))
            .ShouldBeAsync(200);
        Assert.That(await NameAsync(client), Is.EqualTo("Augusta"));
        Assert.That(RowOf(mine), Is.EqualTo(row));
        await ShouldBeAsBeforeAsync(other, othersBefore);
    }

    [Test]
    public async Task Change_IsSeenInTheTimeAndTheETag()
    {
        await using var app = new CleanJwtApp();
        var client = app.CreateClient((await app.LoginAsync()).AccessToken);
        var before = await client.GetAsync(Route);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        var changed = await client.PatchAsJsonAsync(Route, new { displayName = "Ada" });
        await changed.ShouldBeAsync(200);
        var (was, now) = (await before.JsonAsync(), await changed.JsonAsync());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                now.GetProperty("updatedAt").GetDateTimeOffset() - was.GetProperty("updatedAt").GetDateTimeOffset(),
                Is.EqualTo(TimeSpan.FromSeconds(1)));
            Assert.That(now.Text("createdAt"), Is.EqualTo(was.Text("createdAt")));
            Assert.That(changed.Headers.ETag, Is.Not.Null.And.Not.EqualTo(before.Headers.ETag));
            Assert.That((await client.GetAsync(Route)).Headers.ETag, Is.EqualTo(changed.Headers.ETag));
        }

        await (await client.GetAsync(Route, ("If-None-Match", before.Headers.ETag!.ToString()))).ShouldBeAsync(200);
        await (await client.GetAsync(Route, ("If-None-Match", changed.Headers.ETag!.ToString()))).ShouldBeAsync(304);
    }

    private static IEnumerable<TestCaseData> Matching()
    {
        yield return Row("None", _ => []);
        yield return Row("Current", tags => [tags.Current]);
        yield return Row("Any", _ => ["*"]);
        yield return Row("AnyWithSpaces", _ => ["  * "]);
        yield return Row("FirstOfAList", tags => [$"{tags.Current}, \"x\""]);
        yield return Row("LastOfAList", tags => [$"\"x\",W/\"y\" ,{tags.Current}"]);
        yield return Row("AmongTheStale", tags => [$"{tags.Stale}, {tags.Current}"]);
        yield return Row("OnTheSecondLine", tags => [tags.Stale, tags.Current]);
        yield return Row("OnTheFirstLine", tags => [tags.Current, "\"x\""]);
        yield return Row("Twice", tags => [tags.Current, tags.Current]);
    }

    private static IEnumerable<TestCaseData> NotMatching()
    {
        yield return Row("Stale", tags => [tags.Stale]);
        yield return Row("Weak", tags => [$"W/{tags.Current}"]);
        yield return Row("Other", _ => ["\"x\""]);
        yield return Row("ListOfOthers", tags => [$"\"x\", {tags.Stale}, W/{tags.Current}, {tags.OfAnother}"]);
        yield return Row("TwoLinesOfOthers", tags => ["\"x\"", tags.Stale]);
        yield return Row("OfAnotherAccount", tags => [tags.OfAnother]);
        yield return Row("NextVersion", tags => [tags.Version(3)]);
        yield return Row("ZeroPadded", tags => [tags.Current.Replace(".", ".0", StringComparison.Ordinal)]);
        yield return Row("Signed", tags => [tags.Current.Replace(".", ".+", StringComparison.Ordinal)]);
        yield return Row("WithSpaces", tags => [tags.Current.Replace(".", ". ", StringComparison.Ordinal)]);
        yield return Row("Overflowing", tags => [tags.Current.Replace(".", ".4294967296", StringComparison.Ordinal)]);
        yield return Row("OfAnotherPart", tags => [tags.Current.Insert(tags.Current.Length - 1, ".2")]);
        yield return Row("OtherCase", tags => [tags.Current.ToUpperInvariant()]);
        yield return Row("VersionAlone", _ => ["\"2\""]);
        yield return Row("AnyInQuotes", _ => ["\"*\""]);
        yield return Row("Unquoted", tags => [tags.Current.Trim('"')]);
        yield return Row("HalfQuoted", tags => [tags.Current[1..]]);
        yield return Row("OtherQuotes", tags => [tags.Current.Replace('"', '\'')]);
        yield return Row("LowerCaseWeak", tags => [$"w/{tags.Current}"]);
        yield return Row("OnlyCommas", _ => [", ,"]);
        yield return Row("AnyAndAnother", _ => ["*, \"x\""]);
        yield return Row("AnotherAndAny", _ => ["\"x\", *"]);
        yield return Row("AnyOnTwoLines", _ => ["*", "*"]);
        yield return Row("TwoAnys", _ => ["**"]);
        yield return Row("WithoutCommas", tags => [$"{tags.Current} {tags.Current}"]);
        yield return Row("CurrentAndNonsense", tags => [$"{tags.Current}, nonsense"]);
        yield return Row("Sql", _ => ["\"' OR 1=1 --\""]);
    }

    [TestCaseSource(nameof(Matching))]
    public async Task StateThatTheClientKnows_IsChanged(Func<Tags, string[]> ifMatch)
    {
        var (client, tags) = await AtTheSecondVersionAsync();
        var response = await PatchAsync(client, new { displayName = "Third" }, ifMatch(tags));
        await response.ShouldBeAsync(200);
        Assert.That(response.Headers.ETag?.ToString(), Is.EqualTo(tags.Version(3)));
        Assert.That(await NameAsync(client), Is.EqualTo("Third"));
    }

    [TestCaseSource(nameof(NotMatching))]
    [Category("Exhaustive")]
    public async Task OtherState_IsNotChanged(Func<Tags, string[]> ifMatch)
    {
        var (client, tags) = await AtTheSecondVersionAsync();
        var before = await client.GetAsync(Route);
        foreach (
            var body in new object[] { new { displayName = "Third" }, new { displayName = (string?)null }, new { } })
        {
            var response = await PatchAsync(client, body, ifMatch(tags));
            await response.ShouldBeProblemAsync(412, "stale-version");
            Assert.That(response.Headers.ETag, Is.Null);
        }

        await ShouldBeAsBeforeAsync(client, before);
    }

    [TestCaseSource(nameof(Matching))]
    public async Task NothingToChangeInAStateThatTheClientKnows_IsAnswered(Func<Tags, string[]> ifMatch)
    {
        var (client, tags) = await AtTheSecondVersionAsync();
        var response = await PatchAsync(client, new { }, ifMatch(tags));
        await response.ShouldBeAsync(200);
        Assert.That(response.Headers.ETag?.ToString(), Is.EqualTo(tags.Current));
    }

    [Test]
    public async Task BadNameOnAStaleState_IsTheClientsFaultFirst()
    {
        var (client, tags) = await AtTheSecondVersionAsync();
        await ShouldNameTheFieldAsync(await PatchAsync(client, new { displayName = "two\nlines" }, tags.Stale));
    }

    [Test]
    public async Task ManyWritersOfOneState_OneWins()
    {
        var client = await SignedInAsync("before");
        var etag = (await client.GetAsync(Route)).Headers.ETag!.ToString();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20)
                .Select(i => Task.Run(() => PatchAsync(client, new { displayName = $"{i}" }, etag))));

        var winner = answers.Single(answer => answer.StatusCode == HttpStatusCode.OK);
        foreach (var loser in answers.Except([winner]))
        {
            await loser.ShouldBeProblemAsync(412, "stale-version");
        }

        Assert.That(VersionOf(winner.Headers.ETag!.ToString()), Is.EqualTo(VersionOf(etag) + 1));
        var now = await client.GetAsync(Route);
        Assert.That(now.Headers.ETag, Is.EqualTo(winner.Headers.ETag));
        Assert.That(await now.Content.ReadAsStringAsync(), Is.EqualTo(await winner.Content.ReadAsStringAsync()));
    }

    [Test]
    public async Task ManyWritersOfAnyState_AllWin()
    {
        var client = await SignedInAsync("before");
        var etag = (await client.GetAsync(Route)).Headers.ETag!.ToString();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20)
                .Select(i => Task.Run(() => client.PatchAsJsonAsync(Route, new { displayName = $"{i}" }))));
        foreach (var answer in answers)
        {
            await answer.ShouldBeAsync(200);
        }

        // Each is told of the state that it made itself.
        Assert.That(
            answers.Select(answer => VersionOf(answer.Headers.ETag!.ToString())), Is.EquivalentTo(
                Enumerable.Range(VersionOf(etag) + 1, 20)));
        var last = answers.MaxBy(answer => VersionOf(answer.Headers.ETag!.ToString()))!;
        Assert.That(await NameAsync(client), Is.EqualTo((await last.JsonAsync()).Text("displayName")));
        Assert.That((await client.GetAsync(Route)).Headers.ETag, Is.EqualTo(last.Headers.ETag));
    }

    [Test]
    public async Task TokenThatMayOnlyRead_ChangesNothing()
    {
        var email = await _app.RegisterAsync();
        var reader = _app.CreateClient((await _app.LoginAsync(email, "account:read")).AccessToken);
        var before = await reader.GetAsync(Route);
        var response = await reader.PatchAsJsonAsync(Route, new { displayName = "Ada" });
        await response.ShouldBeProblemAsync(403, "insufficient-scope");
        Assert.That(
            response.Headers.GetValues("WWW-Authenticate").Single(), Is.EqualTo(
                "Bearer error=\"insufficient_scope\", scope=\"account:write\""));
        await ShouldBeAsBeforeAsync(reader, before);

        // To write is not to read, but what was written is answered.
        var writer = _app.CreateClient((await _app.LoginAsync(email, "account:write")).AccessToken);
        await (await writer.PatchAsJsonAsync(Route, new { displayName = "Ada" })).ShouldBeAsync(200);
    }

    private static TestCaseData Row(string name, Func<Tags, string[]> ifMatch) =>
        new TestCaseData(ifMatch).SetArgDisplayNames(name);

    private static int VersionOf(string etag) =>
        int.Parse(etag.Trim('"').Split('.')[1], System.Globalization.CultureInfo.InvariantCulture);

    private static Task<HttpResponseMessage> PatchAsync(HttpClient client, object body, params string[] ifMatch) =>
        client.SendAsync(HttpMethod.Patch, Route, body, [.. ifMatch.Select(line => ("If-Match", line))]);

    private static async Task<string?> NameAsync(HttpClient client) =>
        (await (await client.GetAsync(Route)).JsonAsync()).GetProperty("displayName").GetString();

    private static async Task ShouldNameTheFieldAsync(HttpResponseMessage response)
    {
        var problem = await response.ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(problem.Fields(), Is.EqualTo(new[] { "displayName" }));
    }

    private static async Task ShouldBeAsBeforeAsync(HttpClient client, HttpResponseMessage before)
    {
        var now = await client.GetAsync(Route);
        Assert.That(await now.Content.ReadAsStringAsync(), Is.EqualTo(await before.Content.ReadAsStringAsync()));
        Assert.That(now.Headers.ETag, Is.EqualTo(before.Headers.ETag));
    }

    private async Task<HttpClient> SignedInAsync(string? displayName = null)
    {
        var client = _app.CreateClient((await _app.LoginAsync()).AccessToken);
        if (displayName is not null)
        {
            await (await client.PatchAsJsonAsync(Route, new { displayName })).ShouldBeAsync(200);
        }

        return client;
    }

    /// <summary>An account that has been changed once since its owner first read it.</summary>
    private async Task<(HttpClient Client, Tags Tags)> AtTheSecondVersionAsync()
    {
        var client = await SignedInAsync();
        var stale = (await client.GetAsync(Route)).Headers.ETag!.ToString();
        var changed = await client.PatchAsJsonAsync(Route, new { displayName = "Second" });
        var another = await SignedInAsync("Second");
        return (client, new Tags(
            changed.Headers.ETag!.ToString(), stale, (await another.GetAsync(Route)).Headers.ETag!.ToString()));
    }

    /// <summary>Of the account what a profile can't change.</summary>
    private object? RowOf(TokenPair tokens) => _app.Sql(
        """
        SELECT Id || Email || NormalizedEmail || UserName || EmailConfirmed || PasswordHash || SecurityStamp || Roles || CreatedAt || SecurityVersion || Locked
        FROM AspNetUsers WHERE lower(Id) = @p0
        """,
        tokens.AccountId());

    /// <param name="Current">Of the second version.</param>
    internal sealed record Tags(string Current, string Stale, string OfAnother)
    {
        public string Version(int version) => Current.Replace(".2\"", $".{version}\"", StringComparison.Ordinal);
    }
}
