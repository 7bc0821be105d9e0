using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Cookies;

/// <summary>Sessions whose refresh token is in a cookie: from the sign-in to the sign-out.</summary>
[OnDatabases]
internal sealed class CookieTransport(DatabaseKind kind)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    [Test]
    public async Task SignIn_PutsTheRefreshTokenIntoTheCookieAlone()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var browser = new Browser(app);
        var tokens = await browser.SignInAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tokens.HasRefreshToken, Is.False);
            Assert.That(browser.LastSet!.Name, Is.EqualTo("cleanjwt"));
            Assert.That(browser.LastSet.MaxAge, Is.EqualTo(TimeSpan.FromDays(14)));
        }

        await (await app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task Refresh_RotatesAtMostOnceInTheInterval()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var browser = new Browser(app);
        await browser.SignInAsync();
        var first = browser.Cookie;

        for (var i = 0; i < 5; i++)
        {
            await RefreshedAsync(browser);
        }

        Assert.That(GenerationOf(app), Is.EqualTo(1));
        app.Time.Advance(Interval);
        await RefreshedAsync(browser);
        var second = browser.Cookie;
        Assert.That(GenerationOf(app), Is.EqualTo(2));

        // For the interval, the cookie before is as good, and leads to the new one.
        app.Time.Advance(Interval - TimeSpan.FromSeconds(1));
        browser.Cookie = first;
        await RefreshedAsync(browser);
        Assert.That(GenerationOf(app), Is.EqualTo(2));
        browser.Cookie = second;
        await RefreshedAsync(browser);
    }

    [Test]
    public async Task AnswerOfTheSecondHalfOfTheInterval_LeavesTheCookie()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var browser = new Browser(app);
        await browser.SignInAsync();
        app.Time.Advance(Interval / 2);
        await RefreshedAsync(browser);
        Assert.That(browser.LastSet, Is.Null);
    }

    [Test]
    public async Task OlderCookie_EndsTheSessionAndIsDeleted()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var browser = new Browser(app);
        var tokens = await browser.SignInAsync();
        var first = browser.Cookie;
        app.Time.Advance(Interval);
        await RefreshedAsync(browser);
        app.Time.Advance(Interval);

        browser.Cookie = first;
        await (await browser.RefreshAsync()).ShouldBeProblemAsync(401, "refresh-token-reused");
        Assert.That(browser.LastSet!.IsDeletion, Is.True);
        await (await app.MeAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
    }

    [Test]
    public async Task ManyRefreshesAtOnce_AllAnswerTheSameSession()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var browser = new Browser(app);
        await browser.SignInAsync();
        app.Time.Advance(Interval);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ =>
            Task.Run(() => new Browser(app) { Cookie = browser.Cookie }.RefreshAsync())));
        foreach (var answer in answers)
        {
            await answer.ShouldBeAsync(200);
        }

        Assert.That(GenerationOf(app), Is.EqualTo(2));
    }

    [Test]
    public async Task NoCookie_IsAnsweredWithoutABodyAndWithoutTheDatabase()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var browser = new Browser(app);
        await browser.RefreshAsync();
        app.Commands.Reset();
        var answer = await browser.RefreshAsync();
        using (Assert.EnterMultipleScope())
        {
            await answer.ShouldBeAsync(204);
            Assert.That(await answer.Content.ReadAsStringAsync(), Is.Empty);
            Assert.That(app.Commands.Commands, Is.Empty);
            Assert.That(browser.LastSet, Is.Null);
        }
    }

    [TestCase("x")]
    [TestCase("")]
    public async Task UnreadableCookie_IsRefusedAndDeleted(string value)
    {
        await using var app = new CleanJwtApp(kind: kind);
        var browser = new Browser(app) { Cookie = $"cleanjwt={value}" };
        await (await browser.RefreshAsync()).ShouldBeProblemAsync(401, "invalid-refresh-token");
        Assert.That(browser.LastSet?.IsDeletion, Is.EqualTo(true));
    }

    [Test]
    public async Task WithoutRotation_NothingIsSpentAndNoCookieIsSet()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var browser = new Browser(app);
        await browser.SignInAsync();
        var cookie = browser.Cookie;
        app.Time.Advance(10 * Interval);
        for (var i = 0; i < 3; i++)
        {
            var tokens = await RefreshedAsync(browser, new { rotate = false });
            Assert.That(browser.LastSet, Is.Null);
            await (await app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
        }

        Assert.That(GenerationOf(app), Is.EqualTo(1));
        Assert.That(browser.Cookie, Is.EqualTo(cookie));
        await RefreshedAsync(browser);
        Assert.That(GenerationOf(app), Is.EqualTo(2));
    }

    [Test]
    public async Task TokenOfOneTransport_DoesNotCountInTheOther()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var browser = new Browser(app);
        await browser.SignInAsync();
        var fromCookie = browser.Cookie!["cleanjwt=".Length..];
        await (await app.RefreshAsync(fromCookie)).ShouldBeProblemAsync(401, "invalid-refresh-token");

        var body = await app.LoginAsync();
        browser.Cookie = $"cleanjwt={body.RefreshToken}";
        await (await browser.RefreshAsync()).ShouldBeProblemAsync(401, "invalid-refresh-token");
        await (await app.RefreshAsync(body.RefreshToken)).ShouldBeAsync(200);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task Narrowed_HoldsForOneAccessToken()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var browser = new Browser(app);
        await browser.SignInAsync();
        Assert.That((await RefreshedAsync(browser, new { scope = "account:read" })).Scope, Is.EqualTo("account:read"));
        Assert.That((await RefreshedAsync(browser)).Scope, Is.EqualTo(ContractScopes.OfEveryAccount));
    }

    [Test]
    public async Task Reauthentication_KeepsTheCookieOfTheSession()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var browser = new Browser(app);
        var tokens = await browser.SignInAsync();
        app.Time.Advance(TimeSpan.FromSeconds(29));
        await (await browser.PostAsync(
            "/api/auth/reauthenticate?transport=cookie", new { password = TestAccounts.Password }, tokens.AccessToken))
            .ShouldBeAsync(200);
        Assert.That(browser.LastSet!.IsDeletion, Is.False);

        // Later, a rotation may follow, and this answer could arrive after that of the rotation.
        app.Time.Advance(TimeSpan.FromMinutes(6));
        var answer = await browser.PostAsync(
            "/api/auth/reauthenticate?transport=cookie", new { password = TestAccounts.Password }, tokens.AccessToken);
        await answer.ShouldBeAsync(200);
        var fresh = BrowserTokens.From(await answer.JsonAsync());
        Assert.That(fresh.HasRefreshToken, Is.False);
        Assert.That(fresh.SessionId, Is.EqualTo(tokens.SessionId));
        Assert.That(browser.LastSet, Is.Null);
        await RefreshedAsync(browser);
    }

    [Test]
    public async Task SignOut_EndsTheSessionOfTheCookieAndDeletesIt()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var browser = new Browser(app);
        var tokens = await browser.SignInAsync();
        var cookie = browser.Cookie;
        await (await browser.PostAsync("/api/auth/logout", null)).ShouldBeAsync(204);
        Assert.That(browser.LastSet!.IsDeletion, Is.True);
        await (await app.MeAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");

        // A dead cookie is no error, nor is none where the client says that it uses one.
        foreach (var dead in new[] { cookie, "cleanjwt=x" })
        {
            browser.Cookie = dead;
            await (await browser.PostAsync("/api/auth/logout", new { })).ShouldBeAsync(204);
            Assert.That(browser.LastSet!.IsDeletion, Is.True);
        }

        await (await browser.PostAsync("/api/auth/logout?transport=cookie", new { })).ShouldBeAsync(204);
        await (await browser.PostAsync("/api/auth/logout", new { })).ShouldBeProblemAsync(401, "missing-token");
    }

    [Test]
    [Category("Exhaustive")]
    public async Task SignOutByTheBody_LeavesTheCookie()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var browser = new Browser(app);
        await browser.SignInAsync();
        var body = await app.LoginAsync();
        var answer = await browser.PostAsync("/api/auth/logout", new { refreshToken = body.RefreshToken });
        await answer.ShouldBeAsync(204);
        Assert.That(browser.LastSet, Is.Null);
        await RefreshedAsync(browser);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task OtherServices_KnowTheTokenOfACookie()
    {
        await using var app = new CleanJwtApp(
            new()
            {
                ["Clients:0:Id"] = OAuthRequests.ClientId,
                ["Clients:0:Secret"] = OAuthRequests.ClientSecret,
            },
            kind: kind);
        var browser = new Browser(app);
        var tokens = await browser.SignInAsync();
        var token = browser.Cookie!["cleanjwt=".Length..];
        var answer = await (await app.CreateClient().IntrospectAsync(token)).JsonAsync();
        Assert.That(answer.GetProperty("active").GetBoolean(), Is.True);
        Assert.That(answer.Text("sid"), Is.EqualTo(tokens.SessionId));

        await (await app.CreateClient().RevokeAsync(token)).ShouldBeAsync(200);
        await (await browser.RefreshAsync()).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    [Test]
    [Category("Exhaustive")]
    public async Task ConfirmedSignUp_SignsInByCookie()
    {
        await using var mail = new MailApp(MailApp.WithConfirmation, kind);
        var email = TestAccounts.UniqueEmail();
        var flowToken = await MailApp.FlowOfAsync(await mail.SignUpAsync(email));
        var code = (await mail.MailAsync(email, "confirm-sign-up")).Code;
        var browser = new Browser(mail.App);
        var answer = await browser.PostAsync(
            "/api/auth/register/confirm?transport=cookie", new { flowToken, code });
        await answer.ShouldBeAsync(201);
        Assert.That((await answer.JsonAsync()).GetProperty("tokens").TryGetProperty("refreshToken", out _), Is.False);
        await RefreshedAsync(browser);
    }

    [Test]
    public async Task NothingOfTheCookie_IsLogged()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var browser = new Browser(app);
        var secrets = new List<string> { (await browser.SignInAsync()).AccessToken, browser.LastSet!.Value };
        app.Time.Advance(Interval);
        secrets.AddRange([(await RefreshedAsync(browser)).AccessToken, browser.LastSet!.Value]);
        await browser.PostAsync("/api/auth/logout", null);
        browser.Cookie = $"cleanjwt={secrets[3]}";
        await browser.RefreshAsync();
        foreach (var secret in secrets)
        {
            Assert.That(app.Logs.Lines, Has.None.Contains(secret));
        }
    }

    private static async Task<BrowserTokens> RefreshedAsync(Browser browser, object? body = null)
    {
        var answer = await browser.RefreshAsync(body);
        await answer.ShouldBeAsync(200);
        var tokens = BrowserTokens.From(await answer.JsonAsync());
        Assert.That(tokens.HasRefreshToken, Is.False);
        return tokens;
    }

    private static object? GenerationOf(CleanJwtApp app) => app.Sql("SELECT \"Generation\" FROM \"Sessions\"");
}
