using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Sessions;

/// <summary>A refresh can narrow the scope of one access token; the session keeps its own.</summary>
internal sealed class RefreshScopes
{
    private readonly CleanJwtApp _app = SharedService.App;

    [Test]
    public async Task NarrowerScope_HoldsForOneToken()
    {
        var first = await _app.LoginAsync();
        var narrow = await PostAsync(first.RefreshToken, "account:write");
        await narrow.ShouldBeAsync(200);
        Assert.That((await narrow.JsonAsync()).Text("scope"), Is.EqualTo("account:write"));
        var narrowTokens = TokenPair.From(await narrow.JsonAsync());
        Assert.That(Jwt.Payload(narrowTokens.AccessToken)["scope"]!.ToString(), Is.EqualTo("account:write"));
        await (await _app.MeAsync(narrowTokens.AccessToken)).ShouldBeProblemAsync(403, "insufficient-scope");

        var next = await PostAsync(narrowTokens.RefreshToken, null);
        await next.ShouldBeAsync(200);
        Assert.That((await next.JsonAsync()).Text("scope"), Is.EqualTo(ContractScopes.OfEveryAccount));
        await (await _app.MeAsync((await next.JsonAsync()).Text("accessToken"))).ShouldBeAsync(200);
    }

    [Test]
    public async Task RepeatWithinTheGrace_CanBeNarrowedToo()
    {
        var first = await _app.LoginAsync();
        await (await PostAsync(first.RefreshToken, null)).ShouldBeAsync(200);
        var repeat = await PostAsync(first.RefreshToken, "account:read");
        await repeat.ShouldBeAsync(200);
        Assert.That((await repeat.JsonAsync()).Text("scope"), Is.EqualTo("account:read"));
    }

    [TestCase("account:write")]
    [TestCase("account:read account:write")]
    [TestCase("users:read")]
    [TestCase("account:delete")]
    [TestCase("")]
    public async Task WiderOrUnknownScope_IsRefusedAndSpendsNothing(string asked)
    {
        var first = await _app.LoginAsync(scope: "account:read");
        await (await PostAsync(first.RefreshToken, asked)).ShouldBeProblemAsync(400, "invalid-scope");
        Assert.That(_app.Sql("SELECT Generation FROM Sessions WHERE lower(Id) = @p0", first.SessionId), Is.EqualTo(1));
        var next = await PostAsync(first.RefreshToken, null);
        await next.ShouldBeAsync(200);
        Assert.That((await next.JsonAsync()).Text("scope"), Is.EqualTo("account:read"));
    }

    [Test]
    public async Task TooWideARepeatWithinTheGrace_IsRefused()
    {
        var first = await _app.LoginAsync(scope: "account:read");
        await (await PostAsync(first.RefreshToken, null)).ShouldBeAsync(200);
        await (await PostAsync(first.RefreshToken, "account:write")).ShouldBeProblemAsync(400, "invalid-scope");
    }

    [Test]
    public async Task RoleThatCameLater_WidensOnlyASessionThatNamedNoScopes()
    {
        var email = await _app.RegisterAsync();
        var (all, named) = (await _app.LoginAsync(email), await _app.LoginAsync(email, ContractScopes.OfEveryAccount));
        _app.Sql("UPDATE AspNetUsers SET Roles = 'admin' WHERE Email = @p0", email);
        await (await PostAsync(all.RefreshToken, "users:read")).ShouldBeAsync(200);
        await (await PostAsync(named.RefreshToken, "users:read")).ShouldBeProblemAsync(400, "invalid-scope");
    }

    private Task<HttpResponseMessage> PostAsync(string refreshToken, string? scope) =>
        _app.CreateClient().PostAsJsonAsync("/api/auth/refresh", new { refreshToken, scope });
}
