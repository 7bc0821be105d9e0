using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Tokens;

/// <summary>
/// One attribute protects an action that an engineer adds, without a database lookup. A parameter gives the action the
/// current user, with one lookup.
/// </summary>
[TestFixture(TokenPath.Fast)]
[TestFixture(TokenPath.Standard, Category = "Exhaustive")]
internal sealed class ProtectedActions(TokenPath path)
{
    [TestCase("/probe/protected")]
    [TestCase("/probe/token")]
    public async Task Attribute_LetsAValidTokenInWithoutTheDatabase(string route)
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo, path: path);
        var client = app.CreateClient((await app.LoginAsync()).AccessToken);
        app.Commands.Reset();
        await (await client.GetAsync(route)).ShouldBeAsync(200);
        Assert.That(app.Commands.Commands, Is.Empty);
        await (await client.GetAsync("/probe/user")).ShouldBeAsync(200);
        Assert.That(app.Commands.Commands, Has.Count.EqualTo(1));
    }

    [TestCase("/probe/protected")]
    [TestCase("/probe/token")]
    [TestCase("/probe/user")]
    [TestCase("/probe/user-without-attribute")]
    [TestCase("/probe/user-of-scope")]
    [Category("Exhaustive")]
    public async Task TokenThatIsNotAccepted_IsRefusedAsEverywhereElse(string route)
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo, path: path);
        var (ended, expired) = (await app.LoginAsync(), await app.LoginAsync());
        await (await app.CreateClient(ended.AccessToken).PostAsync("/api/auth/logout", null)).ShouldBeAsync(204);
        using var key = app.ServiceKey();
        var withoutSub = key.Resign(expired.AccessToken, payload: claims => claims.Remove("sub"));

        await BearerErrors.ShouldBeRefusedAsync(await app.CreateClient().GetAsync(route), "missing-token");
        await BearerErrors.ShouldBeRefusedAsync(await app.CreateClient("nonsense").GetAsync(route), "invalid-token");
        await BearerErrors.ShouldBeRefusedAsync(await app.CreateClient(withoutSub).GetAsync(route), "invalid-token");
        await BearerErrors.ShouldBeRefusedAsync(
            await app.CreateClient(ended.AccessToken).GetAsync(route), "token-revoked");
        app.Time.Advance(TimeSpan.FromHours(1));
        await BearerErrors.ShouldBeRefusedAsync(
            await app.CreateClient(expired.AccessToken).GetAsync(route), "token-expired");
    }

    [TestCase("/probe/user")]
    [TestCase("/probe/user-without-attribute")]
    public async Task CurrentUser_IsGivenWithOneLookup(string route)
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo, path: path);
        var email = await app.RegisterAsync();
        var tokens = await app.LoginAsync(email);
        app.Commands.Reset();
        var response = await app.CreateClient(tokens.AccessToken).GetAsync(route);
        await response.ShouldBeAsync(200);
        Assert.That(
            (await response.JsonAsync()).Text("id"), Is.EqualTo(Jwt.Payload(tokens.AccessToken)["sub"]!.ToString()));
        Assert.That(app.Commands.Commands, Has.Count.EqualTo(1));

        app.Sql("DELETE FROM AspNetUsers WHERE Email = @p0", email);
        await BearerErrors.ShouldBeRefusedAsync(
            await app.CreateClient(tokens.AccessToken).GetAsync(route), "user-not-found");
    }

    [Test]
    public async Task CurrentUser_IsNeverTakenFromTheRequest()
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo, path: path);
        var (mine, theirs) = (await app.LoginAsync(), await app.LoginAsync());
        var other = Jwt.Payload(theirs.AccessToken)["sub"]!.ToString();
        var response = await app.CreateClient(mine.AccessToken).GetAsync(
            $"/probe/user?user={other}&id={other}&user.id={other}&sub={other}", ("user", other), ("sub", other));
        Assert.That(
            (await response.JsonAsync()).Text("id"), Is.EqualTo(Jwt.Payload(mine.AccessToken)["sub"]!.ToString()));
    }

    [Test]
    public async Task MissingScope_IsNamed()
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo, path: path);
        var client = app.CreateClient((await app.LoginAsync(scope: "account:read")).AccessToken);
        app.Commands.Reset();
        var response = await client.PostAsync("/probe/write", null);
        await response.ShouldBeProblemAsync(403, "insufficient-scope");
        Assert.That(
            response.Headers.GetValues("WWW-Authenticate").Single(),
            Is.EqualTo("Bearer error=\"insufficient_scope\", scope=\"account:write\""));

        // Before the current user is looked up.
        await (await client.GetAsync("/probe/user-of-scope")).ShouldBeProblemAsync(403, "insufficient-scope");
        Assert.That(app.Commands.Commands, Is.Empty);

        await (await app.CreateClient((await app.LoginAsync(scope: "account:write")).AccessToken)
            .PostAsync("/probe/write", null)).ShouldBeAsync(200);
    }

    [Test]
    public async Task TwoAuthorizationHeaders_AreNoToken()
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo, path: path);
        var value = $"Bearer {(await app.LoginAsync()).AccessToken}";
        var open = await app.CreateClient().GetAsync("/probe/open", ("Authorization", value), ("Authorization", value));
        Assert.That(
            (await open.JsonAsync()).GetProperty("headers").GetInt32(),
            Is.EqualTo(2),
            "both must arrive, or this test shows nothing");

        foreach (var route in new[] { "/probe/protected", "/probe/user", "/api/auth/token", "/api/users/me" })
        {
            var response = await app.CreateClient().GetAsync(route, ("Authorization", value), ("Authorization", value));
            await BearerErrors.ShouldBeRefusedAsync(response, "invalid-token");
        }
    }

    [Test]
    public async Task ActionWithoutAttribute_IsOpenWhateverTheToken()
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo, path: path);
        await (await app.CreateClient().GetAsync("/probe/open")).ShouldBeAsync(200);
        await (await app.CreateClient("nonsense").GetAsync("/probe/open")).ShouldBeAsync(200);
    }
}
