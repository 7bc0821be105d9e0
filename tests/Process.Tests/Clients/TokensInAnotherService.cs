using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Clients;

/// <summary>
/// The samples, each as a process of its own, with the tokens of the real process: what they let in, and what they
/// refuse and how.
/// </summary>
[TestFixture("aspnetcore")]
[TestFixture("node")]
[TestFixture("python")]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
internal sealed class TokensInAnotherService(string name)
{
    private const string NoToken = "Bearer";
    private const string InvalidToken = "Bearer error=\"invalid_token\"";
    private const string SecondFactor =
        "Bearer error=\"insufficient_user_authentication\", acr_values=\"urn:cleanjwt:acr:two-factor\"";

    // Of the one token for all rows: longer than they take, wherever they run.
    private const int Lifetime = 3600;

    private static readonly TimeSpan OutageTimeout = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan NewKeysTimeout = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();
    private Sample? _sample;
    private CleanJwtProcess? _issuer;
    private SampleServer? _server;
    private TokenPair? _tokens;

    private CleanJwtProcess Issuer => _issuer!;

    private SampleServer Server => _server!;

    private TokenPair Tokens => _tokens!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _sample = await Sample.PrepareAsync(name);
        _issuer = await CleanJwtProcess.StartAsIssuerAsync(
            _folder.Path, new() { ["Jwt:AccessTokenLifetime"] = TimeSpan.FromSeconds(Lifetime).ToString() });
        _server = await _sample.StartAsync(Issuer.Client.BaseAddress!);
        _tokens = await Issuer.Client.LoginAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await (_server?.DisposeAsync() ?? default);
        await (_issuer?.DisposeAsync() ?? default);
        _sample?.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task ValidToken_IsLetInAndItsAccountIsKnown()
    {
        var account = Jwt.Payload(Tokens.AccessToken)["sub"]!.ToString();

        var read = await Server.ReadAsync(Tokens.AccessToken);
        await read.ShouldBeAsync(200);
        Assert.That((await read.JsonAsync()).Text("readBy"), Is.EqualTo(account));

        var write = await Server.WriteAsync(Tokens.AccessToken);
        await write.ShouldBeAsync(200);
        Assert.That((await write.JsonAsync()).Text("writtenBy"), Is.EqualTo(account));
    }

    // The forger's tools are sharp: what they make without a flaw is let in, so each refusal below is for its flaw.
    [Test]
    public async Task TokenAsTheIssuerWouldWriteIt_IsLetIn()
    {
        using var key = new ServiceKey(ServiceNode.DatabasePathIn(_folder.Path));
        await (await Server.ReadAsync(key.Resign(Tokens.AccessToken))).ShouldBeAsync(200);

        // Its clock may be a little ahead.
        await (await Server.ReadAsync(key.Resign(Tokens.AccessToken, payload: claims => IssueIn(claims, 4))))
            .ShouldBeAsync(200);
    }

    [TestCase(null)]
    [TestCase("Basic YWRhOnBhc3N3b3Jk")]
    [TestCase("Bearer")]
    public async Task NoToken_IsRefusedWithoutAnError(string? authorization)
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Delete })
        {
            await ShouldBeRefusedAsync(await Server.SendAsync(method, "/notes", authorization), 401, NoToken);
        }
    }

    [Test]
    public async Task TokenInTheQuery_IsNoToken() => await ShouldBeRefusedAsync(
        await Server.SendAsync(HttpMethod.Get, $"/notes?access_token={Tokens.AccessToken}", null), 401, NoToken);

    [TestCase("bearer")]
    [TestCase("BEARER")]
    public async Task Scheme_HasNoCase(string scheme) =>
        await (await Server.SendAsync(HttpMethod.Get, "/notes", $"{scheme} {Tokens.AccessToken}")).ShouldBeAsync(200);

    [Test]
    public async Task TokenThatMayOnlyRead_MayNotWrite()
    {
        var token = await LoginAsync("account:read");
        await (await Server.ReadAsync(token)).ShouldBeAsync(200);
        await ShouldBeRefusedAsync(await Server.WriteAsync(token), 403, Needs("account:write"));
    }

    [Test]
    public async Task TokenThatMayOnlyWrite_MayNotRead()
    {
        var token = await LoginAsync("account:write");
        await (await Server.WriteAsync(token)).ShouldBeAsync(200);
        await ShouldBeRefusedAsync(await Server.ReadAsync(token), 403, Needs("account:read"));
    }

    [TestCase("account:readers")]
    [TestCase("account:rea d")]
    [TestCase("no-account:read")]
    [TestCase("account:write")]
    [TestCase("")]
    public async Task Scope_CountsAsAWholeWord(string scope)
    {
        using var key = new ServiceKey(ServiceNode.DatabasePathIn(_folder.Path));
        var token = key.Resign(Tokens.AccessToken, payload: claims => claims["scope"] = scope);
        await ShouldBeRefusedAsync(await Server.ReadAsync(token), 403, Needs("account:read"));
    }

    [Test]
    public async Task SecondFactor_IsAskedForAndLetIn()
    {
        var email = await Issuer.RegisterAsync();
        var oneFactor = await Issuer.Client.LoginAsync(email);
        await ShouldBeRefusedAsync(await Server.DeleteAsync(oneFactor.AccessToken), 401, SecondFactor);

        using var owner = new HttpClient { BaseAddress = Issuer.Client.BaseAddress };
        owner.As($"Bearer {oneFactor.AccessToken}");
        var app = await owner.SetUpTotpAsync(DateTimeOffset.UtcNow);
        var twoFactor = await Issuer.Client.LoginWithCodeAsync(
            email, app, DateTimeOffset.UtcNow.AddSeconds(30)); // the code of the setup counts as used
        var deleted = await Server.DeleteAsync(twoFactor.AccessToken);
        await deleted.ShouldBeAsync(200);
        Assert.That((await deleted.JsonAsync()).Text("deletedBy"), Is.EqualTo(twoFactor.AccountId));

        // The session proved it. What the account has does not count.
        await ShouldBeRefusedAsync(await Server.DeleteAsync(oneFactor.AccessToken), 401, SecondFactor);

        await Issuer.Client.LogoutAsync(twoFactor);
        await ShouldBeRefusedAsync(await Server.DeleteAsync(twoFactor.AccessToken), 401, InvalidToken);
    }

    [TestCase("urn:cleanjwt:acr:phishing-resistant", true)]
    [TestCase("urn:cleanjwt:acr:two-factor", true)]
    [TestCase("urn:cleanjwt:acr:one-factor", false)]
    [TestCase("urn:cleanjwt:acr:two-factors", false)]
    [TestCase("two-factor", false)]
    [TestCase("", false)]
    [TestCase(null, false)]
    public async Task Acr_CountsByItsWholeName(string? acr, bool isEnough)
    {
        using var key = new ServiceKey(ServiceNode.DatabasePathIn(_folder.Path));
        var token = key.Resign(Tokens.AccessToken, payload: claims =>
        {
            claims.Remove("acr");
            if (acr is not null)
            {
                claims["acr"] = acr;
            }
        });
        var response = await Server.DeleteAsync(token);
        if (isEnough)
        {
            await response.ShouldBeAsync(200);
        }
        else
        {
            await ShouldBeRefusedAsync(response, 401, SecondFactor);
        }
    }

    // A client without the scope is not asked to prove more, which would not help.
    [Test]
    public async Task TokenWithoutTheScope_IsNotAskedForASecondFactor() => await ShouldBeRefusedAsync(
        await Server.DeleteAsync(await LoginAsync("account:read")), 403, Needs("account:write"));

    [TestCaseSource(nameof(NotForThisService))]
    public async Task TokenThatIsNotForThisService_IsRefused(Func<ServiceKey, TokenPair, string> forge)
    {
        using var key = new ServiceKey(ServiceNode.DatabasePathIn(_folder.Path));
        var token = forge(key, Tokens);
        await ShouldBeRefusedAsync(await Server.ReadAsync(token), 401, InvalidToken);
        await ShouldBeRefusedAsync(await Server.WriteAsync(token), 401, InvalidToken);
        await ShouldBeRefusedAsync(await Server.DeleteAsync(token), 401, InvalidToken);
    }

    [Test]
    public async Task TokenOfAnEndedSession_MayStillReadButNotWrite()
    {
        var tokens = await Issuer.Client.LoginAsync();
        await (await Server.WriteAsync(tokens.AccessToken)).ShouldBeAsync(200);
        await Issuer.Client.LogoutAsync(tokens);
        await (await Server.ReadAsync(tokens.AccessToken)).ShouldBeAsync(200);
        await ShouldBeRefusedAsync(await Server.WriteAsync(tokens.AccessToken), 401, InvalidToken);
    }

    [Test]
    [Platform(Exclude = "Win,MacOsX", Reason = "needs the POSIX locks of a part of a file")]
    [UnsupportedOSPlatform("macos")]
    public async Task IssuerThatCannotTell_LetsNobodyWrite()
    {
        using var folder = new TemporaryFolder();
        await using var issuer = await CleanJwtProcess.StartAsIssuerAsync(
            folder.Path, new() { ["Revocation:MaxStaleness"] = "00:00:02" });
        await using var server = await _sample!.StartAsync(issuer.Client.BaseAddress!);
        var token = (await issuer.Client.LoginAsync()).AccessToken;
        await (await server.WriteAsync(token)).ShouldBeAsync(200);

        using (await WalIndexLock.TakeAsync(folder.Path))
        {
            for (var waited = Stopwatch.StartNew(); await (await issuer.Client.AskAsync(token))
                .AnswerAsync() != "503 revocation-unavailable"; await Task.Delay(50))
            {
                Assert.That(waited.Elapsed, Is.LessThan(OutageTimeout));
            }

            await (await server.WriteAsync(token)).ShouldBeAsync(503);
            await (await server.ReadAsync(token)).ShouldBeAsync(200);
        }

        await issuer.KillAsync();
        await (await server.WriteAsync(token)).ShouldBeAsync(503);
        await (await server.ReadAsync(token)).ShouldBeAsync(200);

        // A service without keys accepts no token.
        await using var another = await _sample.StartAsync(issuer.Client.BaseAddress!);
        await ShouldBeRefusedAsync(await another.ReadAsync(token), 401, InvalidToken);
    }

    // As `sessions end-all` does after a restored backup, and an operator whose key was stolen.
    [Test]
    public async Task IssuerWithNewKeys_IsFollowedAndTheOldOnesCountNoLonger()
    {
        using var folder = new TemporaryFolder();
        var address = CleanJwtProcess.FreeAddress();
        await using var server = await _sample!.StartAsync(address);
        string email;
        TokenPair old;
        await using (var issuer = await CleanJwtProcess.StartAsIssuerAsync(folder.Path, address: address))
        {
            email = await issuer.RegisterAsync();
            old = await issuer.LoginAsync(email);
            await (await server.ReadAsync(old.AccessToken)).ShouldBeAsync(200);
        }

        Assert.That((await ServiceNode.RunAsync(folder.Path, "sessions", "end-all")).ExitCode, Is.Zero);
        await using var again = await CleanJwtProcess.StartAsIssuerAsync(folder.Path, address: address);
        var current = await again.LoginAsync(email);
        for (var waited = Stopwatch.StartNew(); !(await server.ReadAsync(current.AccessToken))
            .IsSuccessStatusCode; await Task.Delay(100))
        {
            Assert.That(waited.Elapsed, Is.LessThan(NewKeysTimeout));
        }

        await ShouldBeRefusedAsync(await server.ReadAsync(old.AccessToken), 401, InvalidToken);
    }

    private static IEnumerable<TestCaseData> NotForThisService()
    {
        yield return Row("RefreshToken", (_, tokens) => tokens.RefreshToken);
        yield return Row("OneWord", (_, _) => "undefined");

        // The signature
        yield return Row(
            "PayloadChanged",
            (_, tokens) => Jwt.WithClaims(tokens.AccessToken, claims => claims["sub"] = Guid.NewGuid().ToString()));
        yield return Row("NoSignature", (_, tokens) => Jwt.With(tokens.AccessToken, 2, _ => ""));
        yield return Row("SignatureOfAnotherKey", (_, tokens) => SignedByAnother(tokens.AccessToken));
        yield return Row(
            "KidUnknown", (key, tokens) => key.Resign(tokens.AccessToken, header => header["kid"] = "unknown"));
        yield return Row("AlgNone", (key, tokens) =>
            $"{Jwt.Encode($"{{\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"{key.KeyId}\"}}")}.{tokens.AccessToken.Split('.')[1]}.");
        yield return Row(
            "HmacUnderThePublicKey", (key, tokens) => Hmac(key, tokens.AccessToken, key.SubjectPublicKeyInfo));
        yield return Row("HmacUnderThePublicKeyInPem", (key, tokens) =>
            Hmac(
                key,
                tokens.AccessToken,
                Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", key.SubjectPublicKeyInfo))));
        yield return Row("KeyInTheHeader", (_, tokens) => SignedByAnother(tokens.AccessToken, ownKeyInTheHeader: true));

        // Good signatures under what is not for here
        yield return Row(
            "OtherAudience",
            (key, tokens) => key.Resign(tokens.AccessToken, payload: claims => claims["aud"] = "another-api"));
        yield return Row(
            "NoAudience", (key, tokens) => key.Resign(tokens.AccessToken, payload: claims => claims.Remove("aud")));
        yield return Row("OtherIssuer", (key, tokens) =>
            key.Resign(tokens.AccessToken, payload: claims => claims["iss"] = "https://another.example.com"));
        yield return Row(
            "NoIssuer", (key, tokens) => key.Resign(tokens.AccessToken, payload: claims => claims.Remove("iss")));
        yield return Row(
            "TypOfAnotherToken", (key, tokens) => key.Resign(tokens.AccessToken, header => header["typ"] = "JWT"));
        yield return Row("NoTyp", (key, tokens) => key.Resign(tokens.AccessToken, header => header.Remove("typ")));
        yield return Row(
            "Expired",
            (key, tokens) => key.Resign(tokens.AccessToken, payload: claims => IssueIn(claims, -Lifetime - 60)));
        yield return Row(
            "NoExpiry", (key, tokens) => key.Resign(tokens.AccessToken, payload: claims => claims.Remove("exp")));
        yield return Row(
            "NotYetValid", (key, tokens) => key.Resign(tokens.AccessToken, payload: claims => IssueIn(claims, 60)));
    }

    private static TestCaseData Row(string name, Func<ServiceKey, TokenPair, string> forge) =>
        new TestCaseData(forge).SetArgDisplayNames(name);

    private async Task<string> LoginAsync(string scope)
    {
        var email = await Issuer.RegisterAsync();
        var response = await Issuer.Client.PostAsJsonAsync(
            "/api/auth/login", new { email, password = TestAccounts.Password, scope });
        await response.ShouldBeAsync(200);
        return TokenPair.From(await response.JsonAsync()).AccessToken;
    }

    private static string Needs(string scope) => $"Bearer error=\"insufficient_scope\", scope=\"{scope}\"";

    /// <param name="challenge">The header <c>WWW-Authenticate</c>; a description may follow it.</param>
    private static async Task ShouldBeRefusedAsync(HttpResponseMessage response, int status, string challenge)
    {
        await response.ShouldBeAsync(status);
        var header = response.Headers.TryGetValues("WWW-Authenticate", out var values) ? values.Single() : "";
        Assert.That(header.Split(", error_description=")[0], Is.EqualTo(challenge));
    }

    /// <summary>Has the token written so many seconds from now.</summary>
    private static void IssueIn(JsonObject claims, int seconds)
    {
        var issued = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds;
        (claims["iat"], claims["nbf"], claims["exp"]) = (issued, issued, issued + Lifetime);
    }

    private static string SignedByAnother(string token, bool ownKeyInTheHeader = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var header = Jwt.Header(token);
        if (ownKeyInTheHeader)
        {
            var point = key.ExportParameters(includePrivateParameters: false).Q;
            header.Remove("kid");
            header["jwk"] = new JsonObject
            {
                ["kty"] = "EC",
                ["crv"] = "P-256",
                ["x"] = Base64Url.EncodeToString(point.X),
                ["y"] = Base64Url.EncodeToString(point.Y),
            };
        }

        var signed = $"{Jwt.Encode(header.ToJsonString())}.{token.Split('.')[1]}";
        return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    private static string Hmac(ServiceKey key, string token, byte[] secret)
    {
        var signed = $"{Jwt.Encode($"{{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"{key.KeyId}\"}}")}.{token.Split('.')[1]}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
    }
}
