using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Tokens;

/// <summary>Tokens count in the Authorization header only, once (RFC 6750, section 2).</summary>
[TestFixture(TokenPath.Fast)]
[TestFixture(TokenPath.Standard, Category = "Exhaustive")]
internal sealed class TokensOutsideTheHeader(TokenPath path)
{
    private CleanJwtApp App => SharedService.On(path);

    [TestCase("access_token")]
    [TestCase("accessToken")]
    [TestCase("token")]
    [TestCase("bearer")]
    [TestCase("jwt")]
    [TestCase("auth")]
    [TestCase("api_key")]
    [TestCase("Authorization")]
    [TestCase("authorization")]
    [Property(Attack.Source, "RFC 6750 2.3; RFC 9700 4.3.2")]
    public async Task Query_IsNoPlace(string name)
    {
        var tokens = await App.LoginAsync();
        var response = await App.CreateClient().GetAsync($"/api/users/me?{name}={tokens.AccessToken}");
        await BearerErrors.ShouldBeRefusedAsync(response, "missing-token");
    }

    [TestCase("access_token")]
    [TestCase("Authorization")]
    [TestCase(".AspNetCore.Bearer")]
    [TestCase(".AspNetCore.Cookies")]
    [TestCase("__Host-access_token")]
    [TestCase("token")]
    [TestCase("jwt")]
    [TestCase("session")]
    [Property(Attack.Source, "OWASP Cross-Site Request Forgery Prevention Cheat Sheet")]
    public async Task Cookie_IsNoPlace(string name)
    {
        var tokens = await App.LoginAsync();
        var response = await App.CreateClient().GetAsync("/api/users/me", ("Cookie", $"{name}={tokens.AccessToken}"));
        await BearerErrors.ShouldBeRefusedAsync(response, "missing-token");
    }

    [Test]
    [Property(Attack.Source, "RFC 6750 2.2")]
    public async Task Form_IsNoPlace()
    {
        var tokens = await App.LoginAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/users/me")
        {
            Content = new FormUrlEncodedContent([new("access_token", tokens.AccessToken)]),
        };
        await BearerErrors.ShouldBeRefusedAsync(await App.CreateClient().SendAsync(request), "missing-token");

        var logout = await App.CreateClient().PostAsync(
            "/api/auth/logout", new FormUrlEncodedContent([new("access_token", tokens.AccessToken)]));
        await logout.ShouldBeProblemAsync(415, "unsupported-media-type");
        await (await App.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
    }

    [TestCase("X-Authorization")]
    [TestCase("Proxy-Authorization")]
    [TestCase("X-Access-Token")]
    [TestCase("X-Forwarded-Access-Token")]
    [TestCase("X-Original-Authorization")]
    [TestCase("X-Auth-Token")]
    [TestCase("X-API-Key")]
    [TestCase("Authentication")]
    [TestCase("Authorization2")]
    [TestCase("Sec-WebSocket-Protocol")]
    [TestCase("DPoP")]
    [Property(Attack.Source, "RFC 6750 2.1")]
    public async Task OtherHeader_IsNoPlace(string name)
    {
        var tokens = await App.LoginAsync();
        var response = await App.CreateClient().GetAsync("/api/users/me", (name, $"Bearer {tokens.AccessToken}"));
        await BearerErrors.ShouldBeRefusedAsync(response, "missing-token");
    }

    [Test]
    [Property(Attack.Source, "RFC 6750 2.1; RFC 9110 11.6.2")]
    public async Task TwoTokensInOneHeader_AreNone()
    {
        var tokens = await App.LoginAsync();
        foreach (var value in new[]
        {
            $"Bearer {tokens.AccessToken}, Bearer {tokens.AccessToken}",
            $"Bearer {tokens.AccessToken},{tokens.AccessToken}",
            $"Bearer {tokens.AccessToken} {tokens.AccessToken}",
            $"Bearer Bearer {tokens.AccessToken}",
        })
        {
            var response = await App.CreateClient().GetAsync("/api/users/me", ("Authorization", value));
            await BearerErrors.ShouldBeRefusedAsync(response, "invalid-token");
        }
    }

    /// <summary>Only space and tab are white space in a header; a token has one spelling.</summary>
    [TestCase("\u00A0", "")]
    [TestCase("", "\u00A0")]
    [TestCase("", "\u0085")]
    [TestCase("\u2003", "")]
    [TestCase("\u000B", "")]
    [Property(Attack.Source, "RFC 9110 5.6.3; RFC 6750 2.1")]
    public async Task SpaceOfUnicodeAroundTheToken_IsPartOfIt(string before, string after)
    {
        var tokens = await App.LoginAsync();
        var header = ("Authorization", $"Bearer {before}{tokens.AccessToken}{after}");
        foreach (var (method, route) in new[] { (HttpMethod.Get, "/api/users/me"), (HttpMethod.Get, "/api/auth/token"),
            (HttpMethod.Post, "/api/auth/logout") })
        {
            await (await App.CreateClient().SendAsync(method, route, headers: header)).ShouldBeProblemAsync(
                401, "invalid-token");
        }

        await (await App.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
    }

    internal static IEnumerable<TestCaseData> SeveralHeaders()
    {
        yield return Row("TwiceTheSame", token => [$"Bearer {token}", $"Bearer {token}"]);
        yield return Row("AfterAnother", token => ["Bearer x", $"Bearer {token}"]);
        yield return Row("BeforeAnother", token => [$"Bearer {token}", "Bearer x"]);
        yield return Row("AfterAClients", token => [OAuthRequests.Basic(), $"Bearer {token}"]);
        yield return Row("BeforeAClients", token => [$"Bearer {token}", OAuthRequests.Basic()]);
        yield return Row(
            "BeforeAnUnsignedOne", token => [$"Bearer {token}", $"Bearer {token[..token.LastIndexOf('.')]}."]);
        yield return Row("ThreeTimes", token => [$"Bearer {token}", $"Bearer {token}", $"Bearer {token}"]);

        static TestCaseData Row(string name, Func<string, string[]> headers) =>
            Attack.Row(name, "RFC 9110 5.3; RFC 9110 11.6.2", headers);
    }

    /// <summary>
    /// Of several headers, this service and whatever stands in front of it might each take another one.
    /// </summary>
    [TestCaseSource(nameof(SeveralHeaders))]
    public async Task SeveralHeaders_AreNoToken(Func<string, string[]> headers)
    {
        var tokens = await App.LoginAsync();
        var sent = headers(tokens.AccessToken).Select(value => ("Authorization", value)).ToArray();
        foreach (var (method, route) in new[] { (HttpMethod.Get, "/api/users/me"), (HttpMethod.Get, "/api/auth/token"),
            (HttpMethod.Post, "/api/auth/logout"), (HttpMethod.Delete, "/api/users/me") })
        {
            var response = await App.CreateClient().SendAsync(method, route, headers: sent);
            await response.ShouldBeProblemAsync(401, sent[0].value.StartsWith("Bearer", StringComparison.Ordinal)
                || route != "/api/auth/logout" ? "invalid-token" : "missing-token");
        }

        await (await App.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
    }
}
