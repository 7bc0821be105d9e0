using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Auth;

/// <summary>Proving the password again within a session.</summary>
internal sealed class Reauthenticating
{
    private const string Route = "/api/auth/reauthenticate";

    private readonly CleanJwtApp _app = SharedService.App;

    [Test]
    public async Task RightPassword_AnswersTokensOfTheSameSessionAndGeneration()
    {
        var first = await _app.LoginAsync();
        var response = await _app.ReauthenticateAsync(first.AccessToken);
        await response.ShouldBeAsync(200);
        var tokens = await response.JsonAsync();
        Assert.That(
            tokens.Names(),
            Is.EquivalentTo(new[] { "tokenType", "accessToken", "expiresIn", "expiresAt", "refreshToken",
                "refreshExpiresIn", "scope", "sessionId" }));
        Assert.That(tokens.Text("sessionId"), Is.EqualTo(first.SessionId));
        Assert.That(Jwt.Payload(tokens.Text("accessToken"))["sid"]!.ToString(), Is.EqualTo(first.SessionId));
        Assert.That(GenerationOf(first), Is.EqualTo(1));
        await (await _app.MeAsync(first.AccessToken)).ShouldBeAsync(200);
        await (await _app.MeAsync(tokens.Text("accessToken"))).ShouldBeAsync(200);
    }

    [TestCase(true)]
    [TestCase(false)]
    [Category("Exhaustive")]
    public async Task BothRefreshTokens_AreOfOneGeneration(bool oldOneFirst)
    {
        await using var app = new CleanJwtApp();
        var first = await app.LoginAsync();
        var proved = await AccountRequests.TokensOfAsync(await app.ReauthenticateAsync(first.AccessToken));
        var (used, spare) = oldOneFirst ? (first, proved) : (proved, first);

        var next = await AccountRequests.TokensOfAsync(await app.RefreshAsync(used.RefreshToken));
        await (await app.RefreshAsync(spare.RefreshToken))
            .ShouldBeAsync(200); // a repeat within the grace, and so of the generation just spent
        Assert.That(app.Sql("SELECT Generation FROM Sessions"), Is.EqualTo(2));

        app.Time.Advance(TimeSpan.FromSeconds(30));
        await (await app.RefreshAsync(spare.RefreshToken)).ShouldBeProblemAsync(401, "refresh-token-reused");
        await (await app.RefreshAsync(next.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    [Test]
    [Category("Exhaustive")]
    public async Task FreshSignIn_IsKeptByLaterRefreshes()
    {
        await using var app = new CleanJwtApp();
        var first = await app.LoginAsync();
        app.Time.Advance(TimeSpan.FromSeconds(100));
        var proved = await AccountRequests.TokensOfAsync(await app.ReauthenticateAsync(first.AccessToken));
        Assert.That(proved.AuthTime(), Is.EqualTo(first.AuthTime() + 100));

        app.Time.Advance(TimeSpan.FromSeconds(100));
        var next = await AccountRequests.TokensOfAsync(await app.RefreshAsync(first.RefreshToken));
        Assert.That(next.AuthTime(), Is.EqualTo(first.AuthTime() + 100));
        app.Time.Advance(TimeSpan.FromSeconds(100));
        var last = await AccountRequests.TokensOfAsync(await app.RefreshAsync(next.RefreshToken));
        Assert.That(last.AuthTime(), Is.EqualTo(first.AuthTime() + 100));
        Assert.That(
            (await (await app.CreateClient(last.AccessToken).GetAsync("/api/auth/token")).JsonAsync())
            .GetProperty("authTime").GetDateTimeOffset(),
            Is.EqualTo(DateTimeOffset.FromUnixTimeSeconds(first.AuthTime() + 100)));
    }

    [TestCase("account:read")]
    [TestCase("account:write")]
    public async Task AnyScope_IsEnoughAndTheSessionKeepsItsOwn(string scope)
    {
        var first = await _app.LoginAsync(scope: scope);
        var response = await _app.ReauthenticateAsync(first.AccessToken);
        await response.ShouldBeAsync(200);
        Assert.That((await response.JsonAsync()).Text("scope"), Is.EqualTo(scope));

        var whole = await _app.LoginAsync();
        var narrow = await AccountRequests.TokensOfAsync(
            await _app.CreateClient().PostAsJsonAsync(
                "/api/auth/refresh", new { refreshToken = whole.RefreshToken, scope }));
        response = await _app.ReauthenticateAsync(narrow.AccessToken);
        await response.ShouldBeAsync(200);
        Assert.That((await response.JsonAsync()).Text("scope"), Is.EqualTo(ContractScopes.OfEveryAccount));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task OtherSpellingOfThePassword_IsTheSame()
    {
        var email = TestAccounts.UniqueEmail();
        await (await _app.CreateClient()
            .PostAsJsonAsync("/api/auth/register", new { email, password = "caf\u00e9 caf\u00e9 caf\u00e9" }))
                .ShouldBeAsync(201);
        var tokens = await AccountRequests.TokensOfAsync(
            await _app.CreateClient().TryLoginAsync(email, "caf\u00e9 caf\u00e9 caf\u00e9"));
        await (
            await _app.ReauthenticateAsync(tokens.AccessToken, "cafe\u0301 cafe\u0301 cafe\u0301")).ShouldBeAsync(200);
    }

    [TestCase("not the right password")]
    [TestCase("Correct horse battery staple")]
    [TestCase(TestAccounts.Password + " ")]
    [TestCase("x")]
    public async Task WrongPassword_IsRefusedAndChangesNothing(string password)
    {
        var tokens = await _app.LoginAsync();
        var before = RowOf(tokens);
        var response = await _app.ReauthenticateAsync(tokens.AccessToken, password);
        await response.ShouldBeProblemAsync(401, "invalid-credentials");
        Assert.That(response.Headers.GetValues("WWW-Authenticate").Single(), Is.EqualTo("Bearer"));
        Assert.That(RowOf(tokens), Is.EqualTo(before));
        await (await _app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
        await (await _app.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task PasswordOfAnotherAccount_IsWrong()
    {
        const string Theirs = "another horse battery staple";
        var email = TestAccounts.UniqueEmail();
        await (await _app.CreateClient().PostAsJsonAsync("/api/auth/register", new { email, password = Theirs }))
            .ShouldBeAsync(201);
        var (mine, theirs) = (
            await _app.LoginAsync(),
            await AccountRequests.TokensOfAsync(await _app.CreateClient().TryLoginAsync(email, Theirs)));
        await (await _app.ReauthenticateAsync(mine.AccessToken, Theirs)).ShouldBeProblemAsync(
            401, "invalid-credentials");
        await (await _app.ReauthenticateAsync(theirs.AccessToken)).ShouldBeProblemAsync(401, "invalid-credentials");

        // Whatever else the body says.
        var client = _app.CreateClient(mine.AccessToken);
        foreach (var body in new object[]
        {
            new { password = Theirs, email },
            new { password = Theirs, sub = theirs.AccountId(
                ), accountId = theirs.AccountId(), sid = theirs.SessionId, sessionId = theirs.SessionId },
            new { password = Theirs, caller = new { accountId = theirs.AccountId(), sessionId = theirs.SessionId } },
        })
        {
            await (await client.PostAsJsonAsync(Route, body)).ShouldBeProblemAsync(401, "invalid-credentials");
        }
    }

    private static IEnumerable<TestCaseData> BadBodies()
    {
        yield return Row("Empty", "{}");
        yield return Row("Null", "{\"password\":null}");
        yield return Row("EmptyText", "{\"password\":\"\"}");
        yield return Row("Number", "{\"password\":1}");
        yield return Row("Array", "{\"password\":[\"correct horse battery staple\"]}");
        yield return Row("LoneSurrogate", "{\"password\":\"\\ud800\"}");
        yield return Row("TooLong", $"{{\"password\":\"{new string('x', 1025)}\"}}");
        yield return Row("OtherName", "{\"currentPassword\":\"correct horse battery staple\"}");
    }

    [TestCaseSource(nameof(BadBodies))]
    [Category("Exhaustive")]
    public async Task BadPassword_NamesTheField(string body)
    {
        var client = _app.CreateClient((await _app.LoginAsync()).AccessToken);
        var problem = await (await client.PostRawAsync(Route, body)).ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(problem.Fields(), Is.EqualTo(new[] { "password" }));
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{\"password\":\"correct horse battery staple\"")]
    public async Task MalformedBody_IsToldSo(string body) =>
        await (await _app.CreateClient((await _app.LoginAsync()).AccessToken).PostRawAsync(Route, body))
            .ShouldBeProblemAsync(400, "malformed-request");

    [Test]
    public async Task OtherMediaType_IsUnsupported() =>
        await (await _app.CreateClient((await _app.LoginAsync()).AccessToken)
        .PostRawAsync(
            Route,
            "password=x",
            "application/x-www-form-urlencoded")).ShouldBeProblemAsync(415, "unsupported-media-type");

    [Test]
    public async Task SessionThatEndedMeanwhile_IsNotRevived()
    {
        var tokens = await _app.LoginAsync();
        _app.EndBehindTheBack(tokens);
        await BearerErrors.ShouldBeRefusedAsync(await _app.ReauthenticateAsync(tokens.AccessToken), "token-revoked");
        await (await _app.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    [Test]
    public async Task TokenThatIsNotAccepted_IsRefused()
    {
        var tokens = await _app.LoginAsync();
        await _app.CreateClient().LogoutAsync(tokens);
        await BearerErrors.ShouldBeRefusedAsync(await _app.ReauthenticateAsync(tokens.AccessToken), "token-revoked");
        await BearerErrors.ShouldBeRefusedAsync(await _app.ReauthenticateAsync(tokens.RefreshToken), "invalid-token");
        await BearerErrors.ShouldBeRefusedAsync(
            await _app.CreateClient().PostAsJsonAsync(
                Route, new { password = TestAccounts.Password }), "missing-token");
    }

    [Test]
    public async Task LockedAccount_GetsNothing()
    {
        var email = await _app.RegisterAsync();
        var tokens = await _app.LoginAsync(email);
        _app.Sql("UPDATE AspNetUsers SET Locked = 1 WHERE Email = @p0", email); // by hand: the session is not ended
        await BearerErrors.ShouldBeRefusedAsync(await _app.ReauthenticateAsync(tokens.AccessToken), "token-revoked");
    }

    [Test]
    [Category("Exhaustive")]
    public async Task BesideRefreshes_NobodyLosesTheSession()
    {
        await using var app = new CleanJwtApp();
        var first = await app.LoginAsync();
        app.Time.Advance(TimeSpan.FromSeconds(5));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() =>
            i % 2 == 0 ? app.RefreshAsync(first.RefreshToken) : app.ReauthenticateAsync(first.AccessToken))));
        var all = await Task.WhenAll(answers.Select(AccountRequests.TokensOfAsync));

        Assert.That(app.Sql("SELECT Generation FROM Sessions"), Is.EqualTo(2));
        Assert.That(app.Sql("SELECT COUNT(*) FROM Sessions WHERE EndedAt IS NULL"), Is.EqualTo(1));
        foreach (var tokens in all)
        {
            Assert.That(tokens.SessionId, Is.EqualTo(first.SessionId));
            await (await app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
        }

        // Whichever came last, the sign-in is the fresh one: no refresh has put back what it had read before.
        var next = await AccountRequests.TokensOfAsync(await app.RefreshAsync(all[0].RefreshToken));
        Assert.That(next.AuthTime(), Is.EqualTo(first.AuthTime() + 5));
        Assert.That(app.Sql("SELECT Generation FROM Sessions"), Is.EqualTo(3));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task BesideAChainOfRefreshes_NobodyLosesTheSession()
    {
        await using var app = new CleanJwtApp();
        var first = await app.LoginAsync();
        var proving = Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var i = 0; i < 3; i++)
            {
                await (await app.ReauthenticateAsync(first.AccessToken)).ShouldBeAsync(200);
            }
        }));
        var (tokens, generation) = (first, 1);
        while (!proving.IsCompleted)
        {
            tokens = await AccountRequests.TokensOfAsync(await app.RefreshAsync(tokens.RefreshToken));
            generation++;
        }

        await proving;
        Assert.That(app.Sql("SELECT Generation FROM Sessions"), Is.EqualTo(generation));
        await (await app.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
    }

    [TestCase("01:00:00", 300)]
    [TestCase("00:08:00", 240)]
    [TestCase("00:04:01", 1)]
    [Category("Exhaustive")]
    public async Task IdleLifetime_BeginsAgainButNotTheAbsoluteOne(string absolute, int seconds)
    {
        await using var app = new CleanJwtApp(
            new() { ["Sessions:IdleLifetime"] = "00:05:00", ["Sessions:AbsoluteLifetime"] = absolute });
        var tokens = await app.LoginAsync();
        app.Time.Advance(TimeSpan.FromMinutes(4));
        var response = await app.ReauthenticateAsync(tokens.AccessToken);
        await response.ShouldBeAsync(200);
        Assert.That((await response.JsonAsync()).GetProperty("refreshExpiresIn").GetInt64(), Is.EqualTo(seconds));
        Assert.That((await response.JsonAsync()).GetProperty("expiresIn").GetInt64(), Is.LessThanOrEqualTo(seconds));

        app.Time.Advance(TimeSpan.FromSeconds(seconds));
        await (await app.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    [Test]
    [Category("Exhaustive")]
    public async Task SessionThatWasProved_OutlivesTheOneThatWasNot()
    {
        await using var app = new CleanJwtApp(new() { ["Sessions:IdleLifetime"] = "00:05:00" });
        var (used, unused) = (await app.LoginAsync(), await app.LoginAsync());
        app.Time.Advance(TimeSpan.FromMinutes(4));
        await (await app.ReauthenticateAsync(used.AccessToken)).ShouldBeAsync(200);
        app.Time.Advance(TimeSpan.FromMinutes(4));
        await (await app.RefreshAsync(unused.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        await (await app.RefreshAsync(used.RefreshToken)).ShouldBeAsync(200);
    }

    private static TestCaseData Row(string name, string body) => new TestCaseData(body).SetArgDisplayNames(name);

    private object? GenerationOf(TokenPair tokens) =>
        _app.Sql("SELECT Generation FROM Sessions WHERE lower(Id) = @p0", tokens.SessionId);

    private object? RowOf(TokenPair tokens) => _app.Sql(
        "SELECT AuthTime || LastSeenAt || ExpiresAt || Generation FROM Sessions WHERE lower(Id) = @p0",
        tokens.SessionId);
}
