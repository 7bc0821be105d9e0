using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CleanJwt.WebApi.FunctionalTests.OAuth;

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
            Assert.That(
                keys.EnumerateArray().Select(key => key.Text("kid")), Is.Unique.And.Contain(token["kid"]!.ToString()));
            foreach (var key in keys.EnumerateArray())
            {
                Assert.That(
                    key.Names(),
                    Is.EquivalentTo(new[] { "kty", "use", "alg", "kid", "crv", "x", "y" }),
                    "and no private part");
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
        var bad = await new JsonWebTokenHandler().ValidateTokenAsync(
            Jwt.With(token, 2, part => (part[0] == 'A' ? 'B' : 'A') + part[1..]), parameters);
        Assert.That(bad.IsValid, Is.False);
    }

    [TestCase("/.well-known/openid-configuration")]
    [TestCase("/.well-known/oauth-authorization-server")]
    public async Task Metadata_NamesWhatThereIsAndNothingElse(string route)
    {
        var response = await _app.CreateClient().GetAsync(route);
        await response.ShouldBeAsync(200);
        var metadata = await response.JsonAsync();
        Assert.That(response.Headers.GetValues("Cache-Control").Single(), Is.EqualTo("public, max-age=300"));
        Assert.That(metadata.EnumerateObject().Select(member => $"{member.Name} {member.Value.GetRawText()}"),
            Is.EquivalentTo(new[]
        {
            "issuer \"http://localhost:5080\"",
            "jwks_uri \"http://localhost:5080/.well-known/jwks.json\"",
            "introspection_endpoint \"http://localhost:5080/oauth/introspect\"",
            """introspection_endpoint_auth_methods_supported ["client_secret_basic"]""",
            "revocation_endpoint \"http://localhost:5080/oauth/revoke\"",
            """revocation_endpoint_auth_methods_supported ["client_secret_basic"]""",
            $"""scopes_supported ["{ContractScopes.OfAdmins.Replace(" ", "\",\"", StringComparison.Ordinal)}"]""",
            "response_types_supported []",
            "grant_types_supported []",
            "acr_values_supported [\"urn:cleanjwt:acr:one-factor\",\"urn:cleanjwt:acr:two-factor\","
                + "\"urn:cleanjwt:acr:phishing-resistant\"]",
            """subject_types_supported ["public"]""",
            """id_token_signing_alg_values_supported ["ES256"]""",
        }));
    }

    [TestCase("https://auth.example.com", "https://auth.example.com/")]
    [TestCase("https://auth.example.com/", "https://auth.example.com/")]
    [TestCase("https://example.com/auth", "https://example.com/auth/")]
    [TestCase("https://example.com/auth/", "https://example.com/auth/")]
    [Category("Exhaustive")]
    public async Task Metadata_FollowsTheIssuerAsItIsSet(string issuer, string root)
    {
        await using var app = new CleanJwtApp(new() { ["Jwt:Issuer"] = issuer });
        foreach (var route in new[] { "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server" })
        {
            var metadata = await (await app.CreateClient().GetAsync(route)).JsonAsync();
            using (Assert.EnterMultipleScope())
            {
                Assert.That(metadata.Text("issuer"), Is.EqualTo(issuer));
                Assert.That(metadata.Text("jwks_uri"), Is.EqualTo($"{root}.well-known/jwks.json"));
                Assert.That(metadata.Text("introspection_endpoint"), Is.EqualTo($"{root}oauth/introspect"));
                Assert.That(metadata.Text("revocation_endpoint"), Is.EqualTo($"{root}oauth/revoke"));
            }
        }

        Assert.That(Jwt.Payload((await app.LoginAsync()).AccessToken)["iss"]!.ToString(), Is.EqualTo(issuer));
    }
}
