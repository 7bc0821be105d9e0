using System.Text.Json;
using System.Text.Json.Nodes;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Clients;

/// <summary>
/// A client by others: npm's <c>oauth4webapi</c> and <c>jose</c>, which are told the issuer's address and nothing else
/// of the real process.
/// </summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
internal sealed class IndependentClient
{
    // HTTP Basic would lose or mistake these characters if either side did not form-urlencode them (RFC 6749, section
    // 2.3.1).
    private static readonly (string Id, string Secret) Credentials = ("orders + 50 %: é", "s+e c%3Ar:é&t=~");

    private readonly TemporaryFolder _folder = new();
    private NodeClient? _client;
    private CleanJwtProcess? _issuer;

    private CleanJwtProcess Issuer => _issuer!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _client = await NodeClient.PrepareAsync();
        _issuer = await CleanJwtProcess.StartAsIssuerAsync(
            _folder.Path, new() { ["Clients:0:Id"] = Credentials.Id, ["Clients:0:Secret"] = Credentials.Secret });
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await (_issuer?.DisposeAsync() ?? default);
        _client?.Dispose();
        _folder.Dispose();
    }

    [TestCase("oidc")]
    [TestCase("oauth2")]
    public async Task MetadataOfEitherKind_NameTheIssuersEndpoints(string kind)
    {
        var metadata = await DoAsync("discover", kind);
        var issuer = Issuer.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(metadata.Text("issuer"), Is.EqualTo(issuer));
            Assert.That(metadata.Text("jwks_uri"), Is.EqualTo($"{issuer}/.well-known/jwks.json"));
            Assert.That(metadata.Text("introspection_endpoint"), Is.EqualTo($"{issuer}/oauth/introspect"));
            Assert.That(metadata.Text("revocation_endpoint"), Is.EqualTo($"{issuer}/oauth/revoke"));
        }
    }

    [TestCase("ES256")]
    [TestCase("ES384")]
    [TestCase("RS256")]
    [TestCase("PS256")]
    public async Task TokenOfEveryAlgorithm_Verifies(string algorithm)
    {
        using var folder = new TemporaryFolder();
        await using var issuer = await CleanJwtProcess.StartAsIssuerAsync(
            folder.Path, new() { ["Jwt:SigningAlgorithm"] = algorithm });
        var token = (await issuer.Client.LoginAsync()).AccessToken;

        var verified = await _client!.DoAsync("verify", token, issuer.Client.BaseAddress!, Credentials);
        Assert.That(verified.GetProperty("protectedHeader").Text("alg"), Is.EqualTo(algorithm));
        ShouldBeTheClaimsOf(token, verified.GetProperty("payload"));

        var validated = await _client.DoAsync("validate", token, issuer.Client.BaseAddress!, Credentials);
        ShouldBeTheClaimsOf(token, validated);
    }

    [TestCase("verify", "ERR_JWS_SIGNATURE_VERIFICATION_FAILED")]
    [TestCase("validate", "OAUTH_INVALID_RESPONSE")]
    public async Task TamperedToken_IsRefused(string step, string code)
    {
        var tampered = Jwt.WithClaims(
            (await Issuer.Client.LoginAsync()).AccessToken, claims => claims["sub"] = Guid.NewGuid().ToString());
        var error = await FailAsync(step, tampered);
        Assert.That(error.Text("code"), Is.EqualTo(code));
        Assert.That(error.Text("message"), Does.Contain("signature verification failed"));
    }

    [Test]
    public async Task IntrospectedAccessToken_IsWhatItSays()
    {
        var token = (await Issuer.Client.LoginAsync()).AccessToken;
        var introspection = await DoAsync("introspect", token);
        Assert.That(introspection.GetProperty("active").GetBoolean(), Is.True);
        Assert.That(introspection.Text("token_type"), Is.EqualTo("Bearer"));
        var claims = JsonSerializer.SerializeToElement(Jwt.Payload(token));
        foreach (var name in new[] { "iss", "aud", "sub", "client_id", "exp", "sid", "scope", "auth_time" })
        {
            Assert.That(
                introspection.GetProperty(name).ToString(), Is.EqualTo(claims.GetProperty(name).ToString()), name);
        }
    }

    [Test]
    public async Task IntrospectedRefreshToken_IsOfItsSession()
    {
        var tokens = await Issuer.Client.LoginAsync();
        var introspection = await DoAsync("introspect", tokens.RefreshToken);
        Assert.That(introspection.GetProperty("active").GetBoolean(), Is.True);
        Assert.That(introspection.Text("sid"), Is.EqualTo(tokens.SessionId));
        Assert.That(introspection.Text("sub"), Is.EqualTo(tokens.AccountId));
    }

    [TestCase("access_token")]
    [TestCase("refresh_token")]
    public async Task RevokedToken_TakesItsWholeSessionAlong(string kind)
    {
        var tokens = await Issuer.Client.LoginAsync();
        await ShouldBeActiveAsync(tokens, true);

        var revoked = await DoAsync("revoke", kind == "access_token" ? tokens.AccessToken : tokens.RefreshToken);
        Assert.That(revoked.GetProperty("status").GetInt32(), Is.EqualTo(200));
        await ShouldBeActiveAsync(tokens, false);
        await (await Issuer.Client.AskAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");

        // Only the issuer knows: by the keys alone the token is as good as before.
        ShouldBeTheClaimsOf(tokens.AccessToken, (await DoAsync("verify", tokens.AccessToken)).GetProperty("payload"));
    }

    [Test]
    public async Task UnknownToken_IsInactiveAndRevokedWithoutAnError()
    {
        Assert.That((await DoAsync("introspect", "unknown")).GetRawText(), Is.EqualTo("{\"active\":false}"));
        Assert.That((await DoAsync("revoke", "unknown")).GetProperty("status").GetInt32(), Is.EqualTo(200));
    }

    [TestCase("introspect")]
    [TestCase("revoke")]
    public async Task WrongSecret_IsToldToAuthenticate(string step)
    {
        var tokens = await Issuer.Client.LoginAsync();
        var error = await _client!.FailAsync(
            step, tokens.AccessToken, Issuer.Client.BaseAddress!, Credentials with { Secret = "another" });
        Assert.That(error.Text("code"), Is.EqualTo("OAUTH_WWW_AUTHENTICATE_CHALLENGE"));
        Assert.That(error.GetProperty("status").GetInt32(), Is.EqualTo(401));
        Assert.That(
            error.GetProperty("challenges").EnumerateArray().Select(challenge => challenge.Text("scheme")),
            Is.EqualTo(new[] { "basic" }));
        Assert.That(error.GetProperty("body").Text("error"), Is.EqualTo("invalid_client"));
        await ShouldBeActiveAsync(tokens, true);
    }

    private Task<JsonElement> DoAsync(string step, string argument) =>
        _client!.DoAsync(step, argument, Issuer.Client.BaseAddress!, Credentials);

    private Task<JsonElement> FailAsync(string step, string argument) =>
        _client!.FailAsync(step, argument, Issuer.Client.BaseAddress!, Credentials);

    private async Task ShouldBeActiveAsync(TokenPair tokens, bool active)
    {
        foreach (var token in new[] { tokens.AccessToken, tokens.RefreshToken })
        {
            Assert.That(
                (await DoAsync("introspect", token)).GetProperty("active").GetBoolean(), Is.EqualTo(active), token);
        }
    }

    private static void ShouldBeTheClaimsOf(string token, JsonElement claims) =>
        Assert.That(
            JsonNode.DeepEquals(JsonNode.Parse(claims.GetRawText()), Jwt.Payload(token)), Is.True, claims.GetRawText());
}
