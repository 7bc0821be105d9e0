using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.SecondFactors;

/// <summary>An owner adds passkeys to an account.</summary>
[OnDatabases]
internal sealed class RegisteringPasskeys(DatabaseKind kind)
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    private readonly SoftwareAuthenticator _authenticator = new(PasskeyRequests.Origin);

    private CleanJwtApp App => SharedService.On(kind);

    private HttpClient Client => App.CreateClient();

    [Test]
    public async Task Options_NameTheServiceTheAccountAndWhatAPasskeyMustDo()
    {
        var email = await App.RegisterAsync();
        var owner = await App.LoginAsync(email);
        await (await Client.DoAsync(owner, "PATCH /api/users/me", new { displayName = "Ada" })).ShouldBeAsync(200);
        await Client.AddPasskeyAsync(owner, _authenticator);
        var known = (await Client.PasskeysAsync(owner)).GetProperty("signal").GetProperty("allAcceptedCredentialIds");

        var response = await Client.DoAsync(owner, "POST /api/users/me/passkeys/options");
        await response.ShouldBeAsync(200);
        var answer = await response.JsonAsync();
        var options = answer.GetProperty("options");
        var selection = options.GetProperty("authenticatorSelection");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Names(), Is.EquivalentTo(new[] { "state", "options", "expiresIn" }));
            Assert.That(answer.GetProperty("expiresIn").GetInt64(), Is.EqualTo(300));
            Assert.That(options.GetProperty("rp").Text("id"), Is.EqualTo("localhost"));
            Assert.That(options.GetProperty("rp").Text("name"), Is.EqualTo("CleanJwt"));
            Assert.That(options.GetProperty("user").Text("name"), Is.EqualTo(email));
            Assert.That(options.GetProperty("user").Text("displayName"), Is.EqualTo("Ada"));
            Assert.That(options.GetProperty("user").Text("id"), Is.EqualTo(HandleOf(owner)));
            Assert.That(selection.Text("residentKey"), Is.EqualTo("required"));
            Assert.That(selection.Text("userVerification"), Is.EqualTo("required"));
            Assert.That(options.Text("attestation"), Is.EqualTo("none"));
            Assert.That(
                options.GetProperty("pubKeyCredParams").EnumerateArray()
                    .Select(one => one.GetProperty("alg").GetInt32()),
                Is.EqualTo(new[] { -7, -257 }));
            Assert.That(
                options.GetProperty("excludeCredentials").EnumerateArray().Select(one => one.Text("id")),
                Is.EqualTo(known.EnumerateArray().Select(id => id.GetString())));
        }
    }

    [Test]
    public async Task Passkey_IsInTheListAndInTheSignal()
    {
        var owner = await App.LoginAsync();
        var (state, options) = await Client.BeginPasskeyAsync(owner);
        var credential = _authenticator.Register(options);
        var response = await Client.TryAddPasskeyAsync(owner, state, credential, " My phone ");
        await response.ShouldBeAsync(201);
        var added = await response.JsonAsync();
        var list = await Client.PasskeysAsync(owner);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                added.Names(),
                Is.EquivalentTo(
                    new[] { "id", "name", "createdAt", "lastUsedAt", "synced", "backedUp", "transports" }));
            Assert.That(added.Text("name"), Is.EqualTo("My phone"));
            Assert.That(added.GetProperty("lastUsedAt").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(added.GetProperty("synced").GetBoolean(), Is.True);
            Assert.That(added.GetProperty("backedUp").GetBoolean(), Is.True);
            Assert.That(list.Names(), Is.EquivalentTo(new[] { "items", "signal" }));
            Assert.That(list.GetProperty("items").EnumerateArray().Single().Text("id"), Is.EqualTo(added.Text("id")));
            var signal = list.GetProperty("signal");
            Assert.That(signal.Text("rpId"), Is.EqualTo("localhost"));
            Assert.That(signal.Text("userId"), Is.EqualTo(HandleOf(owner)));
            Assert.That(
                signal.GetProperty("allAcceptedCredentialIds").EnumerateArray().Single().GetString(),
                Is.EqualTo(credential.CredentialId()));
        }
    }

    [Test]
    public async Task List_HasTheOwnersPasskeysAloneNewestFirst()
    {
        var (owner, other) = (await App.LoginAsync(), await App.LoginAsync());
        await Client.AddPasskeyAsync(other, _authenticator);
        var ids = new[]
        {
            await Client.AddPasskeyAsync(owner, _authenticator), await Client.AddPasskeyAsync(owner, _authenticator),
        };
        Assert.That(
            (await Client.PasskeysAsync(owner)).GetProperty("items").EnumerateArray().Select(one => one.Text("id")),
            Is.EqualTo(ids.Reverse()));
    }

    [TestCase(Firefox, "Firefox, Linux")]
    [TestCase("Call-your-bank-now/0123", "Passkey")]
    public async Task PasskeyWithoutAName_IsNamedByTheDevice(string userAgent, string name)
    {
        var owner = await App.LoginAsync();
        var (state, options) = await Client.BeginPasskeyAsync(owner);
        var response = await Client.SendAsync(
            HttpMethod.Post,
            "/api/users/me/passkeys",
            new { state, credential = _authenticator.Register(options) },
            ("User-Agent", userAgent),
            ("Authorization", $"Bearer {owner.AccessToken}"));
        await response.ShouldBeAsync(201);
        Assert.That((await response.JsonAsync()).Text("name"), Is.EqualTo(name));
    }

    [Test]
    public async Task NameOfAHundredCodePoints_IsTaken()
    {
        var owner = await App.LoginAsync();
        var (state, options) = await Client.BeginPasskeyAsync(owner);
        var name = string.Concat(Enumerable.Repeat("\ud83d\udd11", 100));
        var response = await Client.TryAddPasskeyAsync(owner, state, _authenticator.Register(options), name);
        await response.ShouldBeAsync(201);
        Assert.That((await response.JsonAsync()).Text("name"), Is.EqualTo(name));
    }

    [TestCase("line\nbreak")]
    [TestCase("\u202eturned")]
    [TestCase("101 characters")]
    public async Task BadName_IsRefusedAndLeavesTheState(string name)
    {
        var owner = await App.LoginAsync();
        var (state, options) = await Client.BeginPasskeyAsync(owner);
        var credential = _authenticator.Register(options);
        var bad = name.StartsWith("101", StringComparison.Ordinal) ? new string('x', 101) : name;
        var problem = await (await Client.TryAddPasskeyAsync(owner, state, credential, bad))
            .ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(problem.Fields(), Is.EqualTo(new[] { "name" }));
        await (await Client.TryAddPasskeyAsync(owner, state, credential)).ShouldBeAsync(201);
    }

    [Test]
    public async Task OldSignIn_IsNotEnough()
    {
        var owner = await App.LoginAsync();
        var (state, options) = await Client.BeginPasskeyAsync(owner);
        var old = await App.WithOldSignInAsync(owner);
        await (await Client.DoAsync(old, "POST /api/users/me/passkeys/options"))
            .ShouldBeProblemAsync(401, "reauthentication-required");
        await (await Client.TryAddPasskeyAsync(old, state, _authenticator.Register(options)))
            .ShouldBeProblemAsync(401, "reauthentication-required");
    }

    private static IEnumerable<TestCaseData> Forgeries() =>
    [
        Row("OtherOrigin", new() { Origin = "http://evil.test" }),
        Row("OtherRpId", new() { RpId = "evil.test" }),
        Row("NotVerified", new() { UserVerified = false }),
        Row("NotPresent", new() { UserPresent = false }),
        Row("OtherChallenge", new() { Challenge = "AAAA" }),
        Row("OtherType", new() { Type = "webauthn.get" }),
        Row("InAFrame", new() { CrossOrigin = true }),
        Row("OtherAlgorithm", new() { Algorithm = CoseAlgorithm.ES384 }),
    ];

    [TestCaseSource(nameof(Forgeries))]
    public async Task Forgery_IsRefusedAndAddsNothing(object forgery)
    {
        var owner = await App.LoginAsync();
        await ShouldBeNoCredentialAsync(await Client.TryAddPasskeyAsync(owner, _authenticator, (Forgery)forgery));
        Assert.That((await Client.PasskeysAsync(owner)).GetProperty("items").GetArrayLength(), Is.Zero);
    }

    [TestCase("{}")]
    [TestCase("{\"id\":\"\\ud800\",\"rawId\":\"AA\",\"type\":\"public-key\",\"response\":{}}")]
    [TestCase("{\"id\":1,\"response\":[]}")]
    public async Task ObjectThatIsNoCredential_IsRefused(string credential)
    {
        var owner = await App.LoginAsync();
        var (state, _) = await Client.BeginPasskeyAsync(owner);
        await ShouldBeNoCredentialAsync(await App.CreateClient(owner.AccessToken).PostRawAsync(
            "/api/users/me/passkeys", $$"""{"state":"{{state}}","credential":{{credential}}}"""));
    }

    [Test]
    public async Task FailedAnswer_DoesNotSpendTheState()
    {
        var owner = await App.LoginAsync();
        var (state, options) = await Client.BeginPasskeyAsync(owner);
        var forged = _authenticator.Register(options, new() { UserVerified = false });
        await ShouldBeNoCredentialAsync(await Client.TryAddPasskeyAsync(owner, state, forged));
        await (await Client.TryAddPasskeyAsync(owner, state, _authenticator.Register(options))).ShouldBeAsync(201);
    }

    [Test]
    public async Task StateOfAnotherSession_DoesNotCount()
    {
        var email = await App.RegisterAsync();
        var (first, second) = (await App.LoginAsync(email), await App.LoginAsync(email));
        await ShouldBeInvalidFlowAsync(await Client.BeginPasskeyAsync(first), second);
    }

    [Test]
    public async Task StateOfAnotherAccount_DoesNotCount()
    {
        var (mine, theirs) = (await App.LoginAsync(), await App.LoginAsync());
        await ShouldBeInvalidFlowAsync(await Client.BeginPasskeyAsync(theirs), mine);
    }

    [Test]
    public async Task StateOfAnotherKind_DoesNotCount()
    {
        var owner = await App.LoginAsync();
        var registration = await Client.BeginPasskeyAsync(owner);
        var stepUp = await Client.PasskeyOptionsAsync(by: owner); // of the same session
        var signIn = await Client.PasskeyOptionsAsync();
        foreach (var other in new[] { stepUp, signIn })
        {
            await ShouldBeInvalidFlowAsync(
                registration with { State = other.State },
                owner,
                new() { Challenge = other.Options.Text("challenge") });
        }
    }

    [Test]
    public async Task ForgedState_DoesNotCount()
    {
        var owner = await App.LoginAsync();
        var challenge = await Client.BeginPasskeyAsync(owner);
        await ShouldBeInvalidFlowAsync(challenge with { State = challenge.State[..^2] + "AA" }, owner);
    }

    [Test]
    public async Task StateUsedTwice_DoesNotCount()
    {
        var owner = await App.LoginAsync();
        var challenge = await Client.BeginPasskeyAsync(owner);
        var credential = _authenticator.Register(challenge.Options);
        await (await Client.TryAddPasskeyAsync(owner, challenge.State, credential)).ShouldBeAsync(201);
        await ShouldBeInvalidFlowAsync(challenge, owner);
    }

    [Test]
    public async Task StateUsedAtOnce_CountsOnce()
    {
        var owner = await App.LoginAsync();
        var (state, options) = await Client.BeginPasskeyAsync(owner);
        var credentials = Enumerable.Range(0, 8).Select(_ => _authenticator.Register(options)).ToArray();
        var answers = await PasswordAttemptRequests.AtOnceAsync(
            credentials.Length, i => Client.TryAddPasskeyAsync(owner, state, credentials[i]));
        Assert.That(answers.ToString(), Is.EqualTo("1× 201, 7× 401 invalid-flow"));
    }

    [TestCase(299, true)]
    [TestCase(300, false)]
    public async Task State_CountsForFiveMinutes(int seconds, bool counts)
    {
        await using var app = new CleanJwtApp(kind: kind);
        var client = app.CreateClient();
        var owner = await app.LoginAsync();
        var challenge = await client.BeginPasskeyAsync(owner);
        app.Time.Advance(TimeSpan.FromSeconds(seconds));
        var recent = await AccountRequests.TokensOfAsync(await app.ReauthenticateAsync(owner.AccessToken));
        var response = await client.TryAddPasskeyAsync(
            recent, challenge.State, _authenticator.Register(challenge.Options));
        await (counts ? response.ShouldBeAsync(201) : response.ShouldBeProblemAsync(401, "invalid-flow"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task SameCredentialAgain_IsRefused(bool bySameAccount)
    {
        var (first, second) = (await App.LoginAsync(), await App.LoginAsync());
        var (state, options) = await Client.BeginPasskeyAsync(first);
        var credential = _authenticator.Register(options);
        await (await Client.TryAddPasskeyAsync(first, state, credential)).ShouldBeAsync(201);
        await (await Client.TryAddPasskeyAsync(
            bySameAccount ? first : second, _authenticator, new() { CredentialId = credential.CredentialId() }))
            .ShouldBeProblemAsync(409, "passkey-already-registered");
    }

    [Test]
    public async Task SameCredentialOfTwoAccountsAtOnce_IsTakenOnce()
    {
        var owners = new[] { await App.LoginAsync(), await App.LoginAsync() };
        var challenges = new[]
        {
            await Client.BeginPasskeyAsync(owners[0]), await Client.BeginPasskeyAsync(owners[1]),
        };
        var first = _authenticator.Register(challenges[0].Options);
        var same = new Forgery { CredentialId = first.CredentialId() };
        var credentials = new[] { first, _authenticator.Register(challenges[1].Options, same) };
        var answers = await PasswordAttemptRequests.AtOnceAsync(
            2, i => Client.TryAddPasskeyAsync(owners[i], challenges[i].State, credentials[i]));
        Assert.That(answers.ToString(), Is.EqualTo("1× 201, 1× 409 passkey-already-registered"));
    }

    [Test]
    public async Task EleventhPasskey_IsRefused()
    {
        var owner = await App.LoginAsync();
        var spare = await Client.BeginPasskeyAsync(owner);
        for (var i = 0; i < 10; i++)
        {
            await Client.AddPasskeyAsync(owner, _authenticator);
        }

        await (await Client.DoAsync(owner, "POST /api/users/me/passkeys/options"))
            .ShouldBeProblemAsync(409, "too-many-passkeys");
        await (await Client.TryAddPasskeyAsync(owner, spare.State, _authenticator.Register(spare.Options)))
            .ShouldBeProblemAsync(409, "too-many-passkeys");
    }

    [Test]
    public async Task ElevenAtOnce_AreTen()
    {
        var owner = await App.LoginAsync();
        var challenges = new List<PasskeyChallenge>();
        for (var i = 0; i < 11; i++)
        {
            challenges.Add(await Client.BeginPasskeyAsync(owner));
        }

        var credentials = challenges.ConvertAll(challenge => _authenticator.Register(challenge.Options));
        var answers = await PasswordAttemptRequests.AtOnceAsync(
            11, i => Client.TryAddPasskeyAsync(owner, challenges[i].State, credentials[i]));
        Assert.That(answers.ToString(), Is.EqualTo("10× 201, 1× 409 too-many-passkeys"));
    }

    [Test]
    public async Task UnknownTransports_AreDropped()
    {
        var owner = await App.LoginAsync();
        var (state, options) = await Client.BeginPasskeyAsync(owner);
        var credential = _authenticator.Register(options);
        credential["response"]!["transports"] = new JsonArray("usb", "smoke signals", "<b>", "usb");
        var response = await Client.TryAddPasskeyAsync(owner, state, credential);
        await response.ShouldBeAsync(201);
        Assert.That(
            (await response.JsonAsync()).GetProperty("transports").EnumerateArray().Select(one => one.GetString()),
            Is.EqualTo(new[] { "usb" }));
    }

    [Test]
    public async Task Owner_FindsAnAuditEntryAndGetsAMail()
    {
        await using var mail = new MailApp(kind: kind);
        var (app, client) = (mail.App, mail.App.CreateClient());
        var email = await app.RegisterAsync();
        app.Sql("UPDATE AspNetUsers SET EmailConfirmed = 1 WHERE Email = @p0", email);
        var owner = await app.LoginAsync(email);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await client.AddPasskeyAsync(owner, _authenticator);
        var (items, _) = await client.PageAsync(owner, "/api/users/me/activity");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(items[0].Text("action"), Is.EqualTo("add-passkey"));
            Assert.That(items[0].Text("outcome"), Is.EqualTo("success"));
            Assert.That(items[0].Text("sessionId"), Is.EqualTo(owner.SessionId));
            Assert.That((await mail.MailAsync(email, "second-factor-changed")).Text, Does.Contain("passkey"));
        }
    }

    private static TestCaseData Row(string name, Forgery forgery) =>
        new TestCaseData(forgery).SetArgDisplayNames(name);

    private static string HandleOf(TokenPair owner) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(owner.AccountId));

    private async Task ShouldBeInvalidFlowAsync(PasskeyChallenge challenge, TokenPair by, Forgery? forgery = null)
    {
        var credential = _authenticator.Register(challenge.Options, forgery);
        await (await Client.TryAddPasskeyAsync(by, challenge.State, credential))
            .ShouldBeProblemAsync(401, "invalid-flow");
    }

    private static async Task ShouldBeNoCredentialAsync(HttpResponseMessage response)
    {
        var problem = await response.ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(problem.Fields(), Is.EqualTo(new[] { "credential" }));
    }
}
