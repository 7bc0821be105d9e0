using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Keys;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;

namespace CleanJwt.Infrastructure.IntegrationTests.Tokens;

/// <summary>The claims of an issued access token (RFC 9068, section 2).</summary>
internal sealed class AccessTokens
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, 987, TimeSpan.Zero);

    private static readonly Session SomeSession = new()
    {
        Id = new Guid("01936b1e-8f00-7abc-8def-0123456789ab"),
        AccountId = new Guid("01936b1e-8f00-7abc-8def-ba9876543210"),
        CreatedAt = Now.AddHours(-1),
        LastSeenAt = Now,
        ExpiresAt = Now.AddDays(14),
        AuthTime = Now.AddMinutes(-7),
        Amr = "pwd",
        Scope = ScopeSet.ParseKnown("account:read account:write"),
        UserAgent = "a browser",
        IpAddress = "192.0.2.1",
    };

    private readonly byte[] _pkcs8 = NewKey();
    private readonly SigningKeyRing _keys = new(new FakeTimeProvider(Now));
    private readonly JwtAccessTokenService _service;

    public AccessTokens()
    {
        _keys.Load([SigningKey.Import(_pkcs8, "ES256", Now.AddDays(-1))], version: 1);
        _service = Service(new JwtOptions { Issuer = "https://auth.example.com" });
    }

    [Test]
    public void Header_NamesAlgorithmTypeAndKeyAndNothingElse()
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(_pkcs8, out _);
        var parameters = ecdsa.ExportParameters(includePrivateParameters: false);
        var jwk = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64UrlEncoder.Encode(parameters.Q.X)}}","y":"{{Base64UrlEncoder.Encode(parameters.Q.Y)}}"}""";
        var thumbprint = Base64UrlEncoder.Encode(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(jwk))); // RFC 7638

        var header = Part(Issue(SomeSession).Token, 0);
        Assert.That(
            header.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetString()),
            Is.EquivalentTo(
                new Dictionary<string, string> { ["alg"] = "ES256", ["typ"] = "at+jwt", ["kid"] = thumbprint }));
    }

    [Test]
    public void Claims_AreThoseOfTheContractAndNoOthers()
    {
        var claims = Part(Issue(SomeSession).Token, 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                claims.EnumerateObject().Select(claim => claim.Name),
                Is.EquivalentTo(["iss", "aud", "sub", "client_id", "iat", "nbf", "exp", "jti", "sid", "scope",
                    "auth_time", "acr", "amr"]));
            Assert.That(claims.GetProperty("acr").GetString(), Is.EqualTo("urn:cleanjwt:acr:one-factor"));
            Assert.That(claims.GetProperty("iss").GetString(), Is.EqualTo("https://auth.example.com"));
            Assert.That(claims.GetProperty("aud").GetString(), Is.EqualTo("cleanjwt-api"));
            Assert.That(claims.GetProperty("sub").GetString(), Is.EqualTo("01936b1e-8f00-7abc-8def-ba9876543210"));
            Assert.That(claims.GetProperty("sid").GetString(), Is.EqualTo("01936b1e-8f00-7abc-8def-0123456789ab"));
            Assert.That(claims.GetProperty("client_id").GetString(), Is.EqualTo("cleanjwt"));
            Assert.That(claims.GetProperty("scope").GetString(), Is.EqualTo("account:read account:write"));
            Assert.That(claims.GetProperty("amr").GetRawText(), Is.EqualTo("""["pwd"]"""));
            Assert.That(Guid.TryParse(claims.GetProperty("jti").GetString(), out _));

            // The text is compared: not every reader accepts 1777863721.0 or 1.7e9 as whole seconds.
            Assert.That(claims.GetProperty("iat").GetRawText(), Is.EqualTo($"{Now.ToUnixTimeSeconds()}"));
            Assert.That(claims.GetProperty("nbf").GetRawText(), Is.EqualTo($"{Now.ToUnixTimeSeconds()}"));
            Assert.That(claims.GetProperty("exp").GetRawText(), Is.EqualTo($"{Now.ToUnixTimeSeconds() + 600}"));
            Assert.That(
                claims.GetProperty("auth_time").GetRawText(), Is.EqualTo($"{Now.AddMinutes(-7).ToUnixTimeSeconds()}"));
        }
    }

    [Test]
    public void Roles_AreAnArrayAlsoWhenThereIsOne() =>
        Assert.That(Part(Issue(SomeSession, "admin").Token, 1).GetProperty("roles").GetRawText(), Is.EqualTo("""["admin"]"""));

    [Test]
    public void SeveralMethodsOfAuthentication_AreAnArray() =>
        Assert.That(Part(Issue(SomeSession with { Amr = "pwd otp" }).Token, 1).GetProperty("amr").GetRawText(), Is.EqualTo("""["pwd","otp"]"""));

    [Test]
    public void TwoTokens_HaveIdsOfTheirOwn()
    {
        var first = Part(Issue(SomeSession).Token, 1).GetProperty("jti").GetString();
        Assert.That(Part(Issue(SomeSession).Token, 1).GetProperty("jti").GetString(), Is.Not.EqualTo(first));
    }

    [TestCase(0.001, TestName = "a millisecond")]
    [TestCase(0.5, TestName = "half a second")]
    [TestCase(1.0, TestName = "a second")]
    [TestCase(90.6, TestName = "a minute and a half")]
    [TestCase(599.999, TestName = "a little less than the lifetime")]
    public void SessionThatEndsSooner_EndsTheToken(double seconds)
    {
        var session = SomeSession with { ExpiresAt = Now.AddSeconds(seconds) };
        var issued = Issue(session);
        var expiry = Part(issued.Token, 1).GetProperty("exp").GetInt64();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(expiry, Is.EqualTo(session.ExpiresAt.ToUnixTimeSeconds()));
            Assert.That(issued.ExpiresAt, Is.EqualTo(DateTimeOffset.FromUnixTimeSeconds(expiry)));
            Assert.That(issued.ExpiresAt, Is.LessThanOrEqualTo(session.ExpiresAt));
            Assert.That(
                issued.Lifetime,
                Is.EqualTo(issued.ExpiresAt - DateTimeOffset.FromUnixTimeSeconds(Now.ToUnixTimeSeconds())));
        }
    }

    [TestCase("00:00:01", 1)]
    [TestCase("00:00:01.9", 1)]
    [TestCase("01:00:00", 3600)]
    public void Lifetime_IsTheConfiguredOneInWholeSeconds(string lifetime, int seconds)
    {
        var service = Service(
            new JwtOptions
            {
                Issuer = "https://auth.example.com",
                AccessTokenLifetime = TimeSpan.Parse(lifetime, null)
            });
        Assert.That(
            service.Issue(SomeSession, [], SomeSession.Scope, Now).Lifetime, Is.EqualTo(TimeSpan.FromSeconds(seconds)));
    }

    [Test]
    public async Task IssuedToken_IsReadAsIssued()
    {
        var narrower = ScopeSet.ParseKnown("account:read");
        var issued = _service.Issue(SomeSession, ["admin"], narrower, Now);
        var reading = await _service.ReadAsync(issued.Token, CancellationToken.None);
        Assert.That(reading.Error, Is.Null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(reading.Value.AccountId, Is.EqualTo(SomeSession.AccountId));
            Assert.That(reading.Value.SessionId, Is.EqualTo(SomeSession.Id));
            Assert.That(reading.Value.Scope, Is.EqualTo(narrower));
            Assert.That(reading.Value.Roles, Is.EqualTo(["admin"]));
            Assert.That(reading.Value.ExpiresAt, Is.EqualTo(issued.ExpiresAt));
            Assert.That(
                reading.Value.AuthTime.ToUnixTimeSeconds(), Is.EqualTo(SomeSession.AuthTime.ToUnixTimeSeconds()));
        }
    }

    [Test]
    public async Task NewKey_SignsAndTheOldOneStillVerifies()
    {
        var old = Issue(SomeSession);
        var next = SigningKey.Import(NewKey(), "ES256", Now);
        _keys.Load([.. _keys.Keys, next], version: 1);

        var issued = Issue(SomeSession);
        Assert.That(Part(issued.Token, 0).GetProperty("kid").GetString(), Is.EqualTo(next.KeyId));
        Assert.That((await _service.ReadAsync(old.Token, CancellationToken.None)).IsSuccess);
        Assert.That((await _service.ReadAsync(issued.Token, CancellationToken.None)).IsSuccess);

        _keys.Load([next], version: 1);
        Assert.That(
            (await _service.ReadAsync(old.Token, CancellationToken.None)).Error,
            Is.EqualTo(AccessTokenErrors.InvalidToken));
    }

    private static byte[] NewKey()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return ecdsa.ExportPkcs8PrivateKey();
    }

    private JwtAccessTokenService Service(JwtOptions options) =>
        new(
            options,
            _keys,
            new NoOtherKeys(),
            new TokenCache(new TokenCacheOptions(), _keys),
            new FakeTimeProvider(Now));

    private Application.Ports.IssuedAccessToken Issue(Session session, params string[] roles) =>
        _service.Issue(session, roles, session.Scope, Now);

    private static JsonElement Part(string token, int index) =>
        JsonDocument.Parse(Base64UrlEncoder.Decode(token.Split('.')[index])).RootElement;

    /// <summary>A key ring with all keys loaded. Loading it again finds no other key.</summary>
    private sealed class NoOtherKeys : IKeyRing
    {
        public void Load(DbConnection connection) => Reload();

        public long Version => 1;

        public void Reload()
        {
        }

        public ValueTask<bool> TryReloadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(false);
    }
}
