using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>Tokens count in the Authorization header only, once.</summary>
internal sealed class TokensInOtherPlaces
{
    private readonly CleanJwtApp _app = SharedService.App;

    [TestCase("access_token")]
    [TestCase("accessToken")]
    [TestCase("token")]
    [TestCase("bearer")]
    public async Task Query_IsNoPlace(string name)
    {
        var tokens = await _app.LoginAsync();
        var response = await _app.CreateClient().GetAsync($"/api/users/me?{name}={tokens.AccessToken}");
        await RefusedBearerTokens.ShouldBeRefusedAsync(response, "missing-token");
    }

    [TestCase("access_token")]
    [TestCase("Authorization")]
    [TestCase(".AspNetCore.Bearer")]
    public async Task Cookie_IsNoPlace(string name)
    {
        var tokens = await _app.LoginAsync();
        var response = await _app.CreateClient().GetAsync("/api/users/me", ("Cookie", $"{name}={tokens.AccessToken}"));
        await RefusedBearerTokens.ShouldBeRefusedAsync(response, "missing-token");
    }

    [Test]
    public async Task Form_IsNoPlace()
    {
        var tokens = await _app.LoginAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/users/me")
        {
            Content = new FormUrlEncodedContent([new("access_token", tokens.AccessToken)]),
        };
        await RefusedBearerTokens.ShouldBeRefusedAsync(await _app.CreateClient().SendAsync(request), "missing-token");

        var logout = await _app.CreateClient().PostAsync("/api/auth/logout", new FormUrlEncodedContent([new("access_token", tokens.AccessToken)]));
        await logout.ShouldBeProblemAsync(415, "unsupported-media-type");
        await (await _app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
    }

    [TestCase("X-Authorization")]
    [TestCase("Proxy-Authorization")]
    [TestCase("X-Access-Token")]
    public async Task OtherHeader_IsNoPlace(string name)
    {
        var tokens = await _app.LoginAsync();
        var response = await _app.CreateClient().GetAsync("/api/users/me", (name, $"Bearer {tokens.AccessToken}"));
        await RefusedBearerTokens.ShouldBeRefusedAsync(response, "missing-token");
    }

    [Test]
    public async Task TwoTokensInOneHeader_AreNone()
    {
        var tokens = await _app.LoginAsync();
        foreach (var value in new[]
        {
            $"Bearer {tokens.AccessToken}, Bearer {tokens.AccessToken}",
            $"Bearer {tokens.AccessToken},{tokens.AccessToken}",
            $"Bearer {tokens.AccessToken} {tokens.AccessToken}",
            $"Bearer Bearer {tokens.AccessToken}",
        })
        {
            var response = await _app.CreateClient().GetAsync("/api/users/me", ("Authorization", value));
            await RefusedBearerTokens.ShouldBeRefusedAsync(response, "invalid-token");
        }
    }
}
