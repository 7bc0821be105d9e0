using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Tokens;

/// <summary>Access tokens of a newer version, signed with the key that all nodes share.</summary>
internal sealed class TokensOfANewerVersion
{
    private readonly CleanJwtApp _app = SharedService.App;

    [TestCase("account:read future:read", "account:read")]
    [TestCase("future:read account:write future:write account:read", "account:read account:write")]
    [TestCase("future:read", "")]
    [TestCase("", "")]
    public async Task UnknownScopes_AreIgnored(string claimed, string known)
    {
        var token = await SignAsync(claimed);
        var response = await _app.CreateClient().AskAsync(token);
        await response.ShouldBeAsync(200);
        Assert.That((await response.JsonAsync()).Text("scope"), Is.EqualTo(known));
        var said = await (await _app.CreateClient().IntrospectAsync(token)).ShouldBeActiveAsync();
        Assert.That(said.Text("scope"), Is.EqualTo(known));
    }

    [TestCase("account:read future:read", "GET /api/users/me", 200)]
    [TestCase("account:read future:read", "PATCH /api/users/me", 403)]
    [TestCase("account:write future:write", "PATCH /api/users/me", 200)]
    [TestCase("account:write future:write", "GET /api/users/me", 403)]
    [TestCase("future:read", "GET /api/users/me", 403)]
    [TestCase("", "GET /api/users/me", 403)]
    [TestCase("", "PATCH /api/users/me", 403)]
    public async Task KnownScopes_Decide(string claimed, string request, int status)
    {
        var token = await SignAsync(claimed);
        var body = request.StartsWith("PATCH", StringComparison.Ordinal) ? new { displayName = "Ada" } : null;
        var response = await _app.CreateClient().DoAsync(
            new TokenPair(token, RefreshToken: "", SessionId: ""), request, body);
        await response.ShouldBeAsync(status);
        if (status == 403)
        {
            await response.ShouldBeProblemAsync(403, "insufficient-scope");
        }
    }

    private async Task<string> SignAsync(string scope)
    {
        var tokens = await _app.LoginAsync();
        using var key = _app.ServiceKey();
        return key.Resign(tokens.AccessToken, payload: claims => claims["scope"] = scope);
    }
}
