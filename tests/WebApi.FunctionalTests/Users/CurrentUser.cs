using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Users;

/// <summary>The caller's account, and its ETag.</summary>
[TestFixture(TokenPath.Fast)]
[TestFixture(TokenPath.Standard, Category = "Exhaustive")]
internal sealed class CurrentUser(TokenPath path)
{
    private const string Route = "/api/users/me";

    private CleanJwtApp App => SharedService.On(path);

    [Test]
    public async Task ValidToken_AnswersTheAccountAndItsETag()
    {
        var email = await App.RegisterAsync();
        var response = await App.MeAsync((await App.LoginAsync(email)).AccessToken);
        await response.ShouldBeAsync(200);
        var account = await response.JsonAsync();
        Assert.That(account.Names(),
            Is.EquivalentTo(new[] { "id", "email", "emailConfirmed", "displayName", "roles", "createdAt",
                "updatedAt" }));
        Assert.That(account.Text("email"), Is.EqualTo(email));
        Assert.That(response.Headers.ETag, Is.Not.Null);
        Assert.That(response.Headers.ETag!.IsWeak, Is.False);
    }

    [Test]
    public async Task ScopeOfReading_IsNeeded()
    {
        var response = await App.MeAsync((await App.LoginAsync(scope: "account:write")).AccessToken);
        await response.ShouldBeProblemAsync(403, "insufficient-scope");
        Assert.That(
            response.Headers.WwwAuthenticate.ToString(),
            Is.EqualTo("Bearer error=\"insufficient_scope\", scope=\"account:read\""));
        await (await App.MeAsync((await App.LoginAsync(scope: "account:read")).AccessToken)).ShouldBeAsync(200);
    }

    private static IEnumerable<TestCaseData> Matching()
    {
        yield return Row("Exact", etag => etag);
        yield return Row("Weak", etag => $"W/{etag}");
        yield return Row("FirstOfAList", etag => $"{etag}, \"other\"");
        yield return Row("LastOfAList", etag => $"\"other\", W/\"another\",{etag}");
        yield return Row("Any", _ => "*");
    }

    private static IEnumerable<TestCaseData> NotMatching()
    {
        yield return Row("Other", _ => "\"other\"");
        yield return Row("WithoutQuotes", etag => etag.Trim('"'));
        yield return Row("OtherCase", etag => etag.ToUpperInvariant());
        yield return Row("Longer", etag => etag.Insert(etag.Length - 1, "0"));
        yield return Row("Empty", _ => "");
        yield return Row("Nonsense", _ => "\"\"\",,;");
        yield return Row("AnyInQuotes", _ => "\"*\"");
    }

    [TestCaseSource(nameof(Matching))]
    public async Task ETagThatTheClientHas_Answers304WithoutABody(Func<string, string> ifNoneMatch)
    {
        var client = App.CreateClient((await App.LoginAsync()).AccessToken);
        var etag = (await client.GetAsync(Route)).Headers.ETag!.ToString();
        var response = await client.GetAsync(Route, ("If-None-Match", ifNoneMatch(etag)));
        await response.ShouldBeAsync(304);
        Assert.That(await response.Content.ReadAsByteArrayAsync(), Is.Empty);
        Assert.That(response.Content.Headers.ContentType, Is.Null);
        Assert.That(response.Headers.ETag?.ToString(), Is.EqualTo(etag));
    }

    [TestCaseSource(nameof(NotMatching))]
    public async Task OtherETag_AnswersTheAccount(Func<string, string> ifNoneMatch)
    {
        var client = App.CreateClient((await App.LoginAsync()).AccessToken);
        var etag = (await client.GetAsync(Route)).Headers.ETag!.ToString();
        var response = await client.GetAsync(Route, ("If-None-Match", ifNoneMatch(etag)));
        await response.ShouldBeAsync(200);
        Assert.That(response.Headers.ETag?.ToString(), Is.EqualTo(etag));
    }

    [Test]
    public async Task TwoAccounts_NeverShareAnETag()
    {
        var (one, other) = (
            App.CreateClient((await App.LoginAsync()).AccessToken),
            App.CreateClient((await App.LoginAsync()).AccessToken));
        var etag = (await one.GetAsync(Route)).Headers.ETag!.ToString();
        Assert.That((await other.GetAsync(Route)).Headers.ETag!.ToString(), Is.Not.EqualTo(etag));
        await (await other.GetAsync(Route, ("If-None-Match", etag))).ShouldBeAsync(200);
    }

    [Test]
    public async Task ChangedAccount_HasAnotherETag()
    {
        var email = await App.RegisterAsync();
        var client = App.CreateClient((await App.LoginAsync(email)).AccessToken);
        var etag = (await client.GetAsync(Route)).Headers.ETag!.ToString();
        App.Sql("UPDATE AspNetUsers SET DisplayName = 'Ada', Version = Version + 1 WHERE Email = @p0", email);
        var changed = await client.GetAsync(Route, ("If-None-Match", etag));
        await changed.ShouldBeAsync(200);
        Assert.That((await changed.JsonAsync()).Text("displayName"), Is.EqualTo("Ada"));
        Assert.That(changed.Headers.ETag!.ToString(), Is.Not.EqualTo(etag));
    }

    [Test]
    public async Task SignInsAndRefreshes_DoNotChangeTheETag()
    {
        var email = await App.RegisterAsync();
        var tokens = await App.LoginAsync(email);
        var etag = (await App.MeAsync(tokens.AccessToken)).Headers.ETag;
        await App.RefreshAsync(tokens.RefreshToken);
        Assert.That((await App.MeAsync((await App.LoginAsync(email)).AccessToken)).Headers.ETag, Is.EqualTo(etag));
    }

    [Test]
    public async Task ETagOfARefusedRequest_IsNone()
    {
        var client = App.CreateClient();
        var response = await client.GetAsync(Route, ("If-None-Match", "*"));
        await response.ShouldBeProblemAsync(401, "missing-token");
        Assert.That(response.Headers.ETag, Is.Null);
    }

    private static TestCaseData Row(string name, Func<string, string> ifNoneMatch) =>
        new TestCaseData(ifNoneMatch).SetArgDisplayNames(name);
}
