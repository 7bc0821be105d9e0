using System.Text.Json;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>What another service needs to verify tokens by itself.</summary>
internal sealed class PublishedKeys
{
    private readonly CleanJwtApp _app = SharedService.App;

    [Test]
    public async Task Keys_ArePublicAndCacheable()
    {
        var response = await _app.CreateClient().GetAsync("/.well-known/jwks.json");
        await response.ShouldBeAsync(200);
        var keys = (await response.JsonAsync()).GetProperty("keys");
        var token = Jwt.Header((await _app.LoginAsync()).AccessToken);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Headers.GetValues("Cache-Control").Single(), Is.EqualTo("public, max-age=300"));
            Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
            Assert.That(keys.EnumerateArray().Select(key => key.Text("kid")), Is.Unique.And.Contain(token["kid"]!.ToString()));
            foreach (var key in keys.EnumerateArray())
            {
                Assert.That(key.Names(), Is.EquivalentTo(new[] { "kty", "use", "alg", "kid", "crv", "x", "y" }), "and no private part");
                Assert.That(key.Text("kty"), Is.EqualTo("EC"));
                Assert.That(key.Text("use"), Is.EqualTo("sig"));
                Assert.That(key.Text("alg"), Is.EqualTo("ES256"));
                Assert.That(key.Text("crv"), Is.EqualTo("P-256"));
            }
        }
    }

    [Test]
    public async Task Keys_AloneVerifyATokenByRfc9068()
    {
        var client = _app.CreateClient();
        var keys = new JsonWebKeySet(await client.GetStringAsync("/.well-known/jwks.json"));
        var metadata = await (await client.GetAsync("/.well-known/oauth-authorization-server")).JsonAsync();
        var parameters = new TokenValidationParameters
        {
            IssuerSigningKeys = keys.GetSigningKeys(),
            ValidIssuer = metadata.Text("issuer"),
            ValidAudience = "cleanjwt-api",
            ValidTypes = ["at+jwt"],
            ValidAlgorithms = ["ES256"],
        };
        var token = (await _app.LoginAsync()).AccessToken;
        var good = await new JsonWebTokenHandler().ValidateTokenAsync(token, parameters);
        Assert.That(good.IsValid, Is.True, good.Exception?.ToString());
        var bad = await new JsonWebTokenHandler().ValidateTokenAsync(Jwt.With(token, 2, part => (part[0] == 'A' ? 'B' : 'A') + part[1..]), parameters);
        Assert.That(bad.IsValid, Is.False);
    }

    [TestCase("/.well-known/openid-configuration")]
    [TestCase("/.well-known/oauth-authorization-server")]
    public async Task Metadata_NamesIssuerAndKeys(string route)
    {
        var response = await _app.CreateClient().GetAsync(route);
        await response.ShouldBeAsync(200);
        var metadata = await response.JsonAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Headers.GetValues("Cache-Control").Single(), Is.EqualTo("public, max-age=300"));
            Assert.That(metadata.Text("issuer"), Is.EqualTo("http://localhost:5080"));
            Assert.That(metadata.Text("jwks_uri"), Is.EqualTo("http://localhost:5080/.well-known/jwks.json"));
            Assert.That(metadata.GetProperty("scopes_supported").GetRawText(), Is.EqualTo("[\"account:read\",\"account:write\",\"users:read\",\"users:write\"]"));
            Assert.That(metadata.GetProperty("response_types_supported").ValueKind, Is.EqualTo(JsonValueKind.Array), "RFC 8414 requires it");
            Assert.That(metadata.GetProperty("subject_types_supported").GetArrayLength(), Is.Positive, "OpenID Connect Discovery requires it");
            Assert.That(metadata.GetProperty("id_token_signing_alg_values_supported").GetRawText(), Is.EqualTo("[\"ES256\"]"));
        }
    }

    [TestCase("https://auth.example.com", "https://auth.example.com/.well-known/jwks.json")]
    [TestCase("https://auth.example.com/", "https://auth.example.com/.well-known/jwks.json")]
    [TestCase("https://example.com/auth", "https://example.com/auth/.well-known/jwks.json")]
    public async Task Metadata_FollowsTheIssuerAsItIsSet(string issuer, string keys)
    {
        await using var app = new CleanJwtApp(new() { ["Jwt:Issuer"] = issuer });
        var metadata = await (await app.CreateClient().GetAsync("/.well-known/openid-configuration")).JsonAsync();
        Assert.That(metadata.Text("issuer"), Is.EqualTo(issuer));
        Assert.That(metadata.Text("jwks_uri"), Is.EqualTo(keys));
        Assert.That(Jwt.Payload((await app.LoginAsync()).AccessToken)["iss"]!.ToString(), Is.EqualTo(issuer));
    }
}
