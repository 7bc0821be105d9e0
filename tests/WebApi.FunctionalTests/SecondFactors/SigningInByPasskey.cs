using System.Text.Json;
using System.Text.Json.Nodes;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.SecondFactors;

/// <summary>A passkey alone signs in, without an address and without a password.</summary>
[OnDatabases]
internal sealed class SigningInByPasskey(DatabaseKind kind)
{
    private readonly SoftwareAuthenticator _authenticator = new(PasskeyRequests.Origin);

    private CleanJwtApp App => SharedService.On(kind);

    private HttpClient Client => App.CreateClient();

    [TestCase(CoseAlgorithm.ES256, true)]
    [TestCase(CoseAlgorithm.RS256, false)]
    public async Task RightAnswer_SignsInAgainAndAgain(object algorithm, bool synced)
    {
        var authenticator = new SoftwareAuthenticator(PasskeyRequests.Origin)
        {
            Algorithms = [(CoseAlgorithm)algorithm],
            Synced = synced,
        };
        var owner = await App.LoginAsync();
        await Client.AddPasskeyAsync(owner, authenticator);
        for (var i = 0; i < 2; i++)
        {
            var tokens = await Client.PasskeyLoginAsync(authenticator);
            var claims = Jwt.Payload(tokens.AccessToken);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(tokens.AccountId, Is.EqualTo(owner.AccountId));
                Assert.That(tokens.SessionId, Is.Not.EqualTo(owner.SessionId));
                Assert.That(claims["acr"]!.ToString(), Is.EqualTo("urn:cleanjwt:acr:phishing-resistant"));
                Assert.That(claims["amr"]!.ToJsonString(), Is.EqualTo("""["pop","user","mfa"]"""));
                Assert.That(claims["scope"]!.ToString(), Is.EqualTo(ContractScopes.OfEveryAccount));
            }

            await (await App.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
            await (await App.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
        }

        var passkey = (await Client.PasskeysAsync(owner)).GetProperty("items").EnumerateArray().Single();
        Assert.That(passkey.GetProperty("synced").GetBoolean(), Is.EqualTo(synced));
        Assert.That(passkey.Text("lastUsedAt"), Is.Not.Empty);
    }

    [Test]
    public async Task Scope_CanBeNarrowedAndNotWidened()
    {
        await OwnerAsync();
        var response = await Client.TryPasskeyLoginAsync(_authenticator, scope: "account:read");
        await response.ShouldBeAsync(200);
        Assert.That((await response.JsonAsync()).Text("scope"), Is.EqualTo("account:read"));
        await (await Client.TryPasskeyLoginAsync(_authenticator, scope: "users:read"))
            .ShouldBeProblemAsync(400, "invalid-scope");
        await (await Client.TryPasskeyLoginAsync(_authenticator, scope: "nothing:known"))
            .ShouldBeProblemAsync(400, "invalid-scope");
    }

    [Test]
    public async Task CookieTransport_PutsTheRefreshTokenIntoTheCookieAlone()
    {
        await OwnerAsync();
        var (state, options) = await Client.PasskeyOptionsAsync();
        var browser = new Browser(App);
        var response = await browser.PostAsync(
            "/api/auth/passkey/login?transport=cookie", new { state, credential = _authenticator.Assert(options) });
        await response.ShouldBeAsync(200);
        Assert.That(BrowserTokens.From(await response.JsonAsync()).HasRefreshToken, Is.False);
        await (await browser.RefreshAsync()).ShouldBeAsync(200);
    }

    [Test]
    public async Task Options_NameNoAccountAndAskNoDatabase()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var client = app.CreateClient();
        await client.AddPasskeyAsync(await app.LoginAsync(), _authenticator);
        app.Commands.Reset();
        var response = await client.PostAsync("/api/auth/passkey/options", null, "");
        await response.ShouldBeAsync(200);
        Assert.That(app.Commands.Commands, Is.Empty);
        var answer = await response.JsonAsync();
        var options = answer.GetProperty("options");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.GetProperty("expiresIn").GetInt64(), Is.EqualTo(300));
            Assert.That(options.Text("rpId"), Is.EqualTo("localhost"));
            Assert.That(options.Text("userVerification"), Is.EqualTo("required"));
            Assert.That(
                options.TryGetProperty("allowCredentials", out var allowed) ? allowed.GetArrayLength() : 0, Is.Zero);
        }
    }

    private static IEnumerable<TestCaseData> Forgeries() =>
    [
        Row("OtherOrigin", new() { Origin = "http://evil.test" }),
        Row("OtherRpId", new() { RpId = "evil.test" }),
        Row("NotVerified", new() { UserVerified = false }),
        Row("NotPresent", new() { UserPresent = false }),
        Row("OtherChallenge", new() { Challenge = "AAAA" }),
        Row("OtherType", new() { Type = "webauthn.create" }),
        Row("InAFrame", new() { CrossOrigin = true }),
        Row("OtherUserHandle", new() { UserHandle = "YWJlNGQ4MGMtNTNkMy00ZDI1LWJlYzAtYjY2YmUyNzM1N2Zj" }),
        Row("FlippedSignature", new() { FlippedSignature = true }),
    ];

    [TestCaseSource(nameof(Forgeries))]
    public async Task Forgery_IsRefusedAndLeavesTheState(object forgery)
    {
        await OwnerAsync();
        var (state, options) = await Client.PasskeyOptionsAsync();
        await (await Client.TryPasskeyLoginAsync(state, _authenticator.Assert(options, (Forgery)forgery)))
            .ShouldBeProblemAsync(401, "invalid-passkey");
        await (await Client.TryPasskeyLoginAsync(state, _authenticator.Assert(options))).ShouldBeAsync(200);
    }

    [TestCase("{}")]
    [TestCase("{\"id\":1}")]
    [TestCase("{\"id\":\"\\ud800\"}")]
    [TestCase("{\"id\":\"not base64url!\"}")]
    public async Task ObjectThatIsNoCredential_IsInvalid(string credential)
    {
        var (state, _) = await Client.PasskeyOptionsAsync();
        await (await Client.PostRawAsync(
            "/api/auth/passkey/login", $$"""{"state":"{{state}}","credential":{{credential}}}"""))
            .ShouldBeProblemAsync(401, "invalid-passkey");
    }

    [Test]
    public async Task PasskeyOfAnotherAccount_DoesNotSignForThisOne()
    {
        var victim = await OwnerAsync();
        var target = await CredentialIdAsync(victim);
        await OwnerAsync();
        await (await Client.TryPasskeyLoginAsync(_authenticator, new() { CredentialId = target }))
            .ShouldBeProblemAsync(401, "invalid-passkey");
    }

    [Test]
    public async Task UnknownPasskey_IsNamedSo()
    {
        _authenticator.Register((await Client.BeginPasskeyAsync(await App.LoginAsync())).Options); // not sent
        await (await Client.TryPasskeyLoginAsync(_authenticator)).ShouldBeProblemAsync(401, "unknown-passkey");
    }

    [Test]
    public async Task RemovedPasskey_IsUnknown()
    {
        var owner = await App.LoginAsync();
        var id = await Client.AddPasskeyAsync(owner, _authenticator);
        await (await Client.RemovePasskeyAsync(owner, id)).ShouldBeAsync(204);
        await (await Client.TryPasskeyLoginAsync(_authenticator)).ShouldBeProblemAsync(401, "unknown-passkey");
    }

    [Test]
    public async Task AnswerSentTwice_SignsInOnce()
    {
        await OwnerAsync();
        var (state, options) = await Client.PasskeyOptionsAsync();
        var credential = _authenticator.Assert(options);
        await (await Client.TryPasskeyLoginAsync(state, credential)).ShouldBeAsync(200);
        await (await Client.TryPasskeyLoginAsync(state, credential)).ShouldBeProblemAsync(401, "invalid-passkey");
        await (await Client.TryPasskeyLoginAsync(state, _authenticator.Assert(options)))
            .ShouldBeProblemAsync(401, "invalid-passkey");
    }

    [Test]
    public async Task AnswerSentManyTimesAtOnce_SignsInOnce()
    {
        await OwnerAsync();
        var (state, options) = await Client.PasskeyOptionsAsync();
        var credential = _authenticator.Assert(options);
        var answers = await PasswordAttemptRequests.AtOnceAsync(
            8, _ => Client.TryPasskeyLoginAsync(state, JsonNode.Parse(credential.ToJsonString())!.AsObject()));
        Assert.That(answers.ToString(), Is.EqualTo("1× 200, 7× 401 invalid-passkey"));
    }

    [Test]
    public async Task StateOfAnotherKind_DoesNotCount()
    {
        var owner = await OwnerAsync();
        var signIn = await Client.PasskeyOptionsAsync();
        foreach (var other in new[]
        {
            await Client.BeginPasskeyAsync(owner), await Client.PasskeyOptionsAsync(by: owner),
        })
        {
            var credential = _authenticator.Assert(
                signIn.Options, new() { Challenge = other.Options.Text("challenge") });
            await (await Client.TryPasskeyLoginAsync(other.State, credential))
                .ShouldBeProblemAsync(401, "invalid-passkey");
        }
    }

    [TestCase(299, true)]
    [TestCase(300, false)]
    public async Task State_CountsForFiveMinutes(int seconds, bool counts)
    {
        await using var app = new CleanJwtApp(kind: kind);
        var client = app.CreateClient();
        await client.AddPasskeyAsync(await app.LoginAsync(), _authenticator);
        var (state, options) = await client.PasskeyOptionsAsync();
        app.Time.Advance(TimeSpan.FromSeconds(seconds));
        var response = await client.TryPasskeyLoginAsync(state, _authenticator.Assert(options));
        await (counts ? response.ShouldBeAsync(200) : response.ShouldBeProblemAsync(401, "invalid-passkey"));
    }

    [TestCase(2u)]
    [TestCase(1u)]
    [TestCase(0u)]
    public async Task CounterThatDoesNotGrow_IsRefusedAndTold(uint counter)
    {
        var authenticator = new SoftwareAuthenticator(PasskeyRequests.Origin) { Synced = false };
        var owner = await App.LoginAsync();
        await Client.AddPasskeyAsync(owner, authenticator);
        await Client.PasskeyLoginAsync(authenticator); // its counter is 2

        await (await Client.TryPasskeyLoginAsync(authenticator, new() { Counter = counter }))
            .ShouldBeProblemAsync(401, "invalid-passkey");
        var copied = await CopiesAsync(owner);
        Assert.That(copied.Select(item => item.Text("outcome")), Is.EqualTo(new[] { "failure" }));
        await Client.PasskeyLoginAsync(authenticator); // 3
    }

    [Test]
    public async Task ForgeryWithAnOldCounter_IsNotTakenForACopy()
    {
        var authenticator = new SoftwareAuthenticator(PasskeyRequests.Origin) { Synced = false };
        var owner = await App.LoginAsync();
        await Client.AddPasskeyAsync(owner, authenticator);
        await (await Client.TryPasskeyLoginAsync(authenticator, new() { Counter = 0, FlippedSignature = true }))
            .ShouldBeProblemAsync(401, "invalid-passkey");
        Assert.That(await CopiesAsync(owner), Is.Empty);
    }

    [Test]
    public async Task AnswerSentTwice_IsNotTakenForACopy()
    {
        var authenticator = new SoftwareAuthenticator(PasskeyRequests.Origin) { Synced = false };
        var owner = await App.LoginAsync();
        await Client.AddPasskeyAsync(owner, authenticator);
        var (state, options) = await Client.PasskeyOptionsAsync();
        var credential = authenticator.Assert(options);
        await (await Client.TryPasskeyLoginAsync(state, credential)).ShouldBeAsync(200);
        await (await Client.TryPasskeyLoginAsync(state, credential)).ShouldBeProblemAsync(401, "invalid-passkey");
        Assert.That(await CopiesAsync(owner), Is.Empty, "a client repeats what it got no answer to");
    }

    [Test]
    public async Task LockedAccount_GetsNothing()
    {
        var owner = await OwnerAsync();
        App.Sql("UPDATE AspNetUsers SET Locked = 1 WHERE Id = @p0", Guid.Parse(owner.AccountId));
        await (await Client.TryPasskeyLoginAsync(_authenticator)).ShouldBeProblemAsync(403, "account-locked");
        await (await Client.TryPasskeyLoginAsync(_authenticator, new() { FlippedSignature = true }))
            .ShouldBeProblemAsync(401, "invalid-passkey"); // a client without a proof does not learn of the lock
    }

    [Test]
    public async Task UnconfirmedAddress_GetsNothingWhereItMustBeConfirmed()
    {
        await using var mail = new MailApp(MailApp.WithConfirmation, kind);
        var client = mail.App.CreateClient();
        var email = TestAccounts.UniqueEmail();
        var flowToken = await MailApp.FlowOfAsync(await mail.SignUpAsync(email));
        var code = (await mail.MailAsync(email, "confirm-sign-up")).Code;
        var confirmed = await mail.PostAsync("/api/auth/register/confirm", new { flowToken, code });
        await confirmed.ShouldBeAsync(201);
        await client.AddPasskeyAsync(
            TokenPair.From((await confirmed.JsonAsync()).GetProperty("tokens")), _authenticator);
        mail.App.Sql("UPDATE AspNetUsers SET EmailConfirmed = 0 WHERE Email = @p0", email);
        await (await client.TryPasskeyLoginAsync(_authenticator)).ShouldBeProblemAsync(403, "email-not-confirmed");
    }

    private static TestCaseData Row(string name, Forgery forgery) =>
        new TestCaseData(forgery).SetArgDisplayNames(name);

    private async Task<TokenPair> OwnerAsync()
    {
        var owner = await App.LoginAsync();
        await Client.AddPasskeyAsync(owner, _authenticator);
        return owner;
    }

    private async Task<string> CredentialIdAsync(TokenPair owner) =>
        (await Client.PasskeysAsync(owner)).GetProperty("signal").GetProperty("allAcceptedCredentialIds")
        .EnumerateArray().Single().GetString()!;

    private async Task<IReadOnlyList<JsonElement>> CopiesAsync(TokenPair owner) =>
        [.. (await Client.PageAsync(owner, "/api/users/me/activity")).Items
            .Where(item => item.Text("action") == "passkey-copied")];
}
