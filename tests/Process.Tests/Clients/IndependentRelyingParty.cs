using System.Text.Json;
using System.Text.Json.Nodes;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Clients;

/// <summary>
/// A relying party with npm's <c>@simplewebauthn/server</c> judges the authenticator that the tests use. It accepts
/// the honest answers and refuses each forgery for the right reason.
/// </summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
internal sealed class IndependentRelyingParty
{
    private const string Origin = "https://id.example.com";

    private static readonly JsonElement CreationOptions = Parse(
        """
        {
          "rp": { "id": "example.com", "name": "CleanJwt" },
          "user": {
            "id": "YWJlNGQ4MGMtNTNkMy00ZDI1LWJlYzAtYjY2YmUyNzM1N2Zj",
            "name": "ann@example.com",
            "displayName": "Ann"
          },
          "challenge": "Zm9yIGEgcmVnaXN0cmF0aW9uLCAzMiBieXRlcyBsb25n",
          "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }, { "type": "public-key", "alg": -257 }],
          "timeout": 300000,
          "excludeCredentials": [],
          "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": true,
            "userVerification": "required"
          },
          "attestation": "none"
        }
        """);

    private static readonly JsonElement RequestOptions = Parse(
        """
        {
          "challenge": "Zm9yIGFuIGFzc2VydGlvbiwgYWxzbyAzMiBieXRlcyE_",
          "timeout": 300000,
          "rpId": "example.com",
          "allowCredentials": [],
          "userVerification": "required"
        }
        """);

    private NodePackage? _package;

    [OneTimeSetUp]
    public async Task InstallAsync() =>
        _package = await NodePackage.InstallAsync("tests/Process.Tests/Clients/passkeys", "relying-party.js");

    [OneTimeTearDown]
    public void Remove() => _package?.Dispose();

    [Test]
    public async Task Passkey_IsAccepted(
        [Values(CoseAlgorithm.ES256, CoseAlgorithm.RS256)] CoseAlgorithm algorithm, [Values] bool synced)
    {
        var authenticator = new SoftwareAuthenticator(Origin) { Algorithms = [algorithm], Synced = synced };
        var answers = new[] { Register(authenticator), SignIn(authenticator), SignIn(authenticator) };
        var findings = await JudgeAsync(answers);
        foreach (var (finding, answer) in findings.Zip(answers))
        {
            var result = Accepted(finding);
            Assert.That(result.Text("id"), Is.EqualTo(answer.Id));
            Assert.That(result.GetProperty("userVerified").GetBoolean(), Is.True);
            Assert.That(result.Text("credentialDeviceType"), Is.EqualTo(synced ? "multiDevice" : "singleDevice"));
            Assert.That(result.GetProperty("credentialBackedUp").GetBoolean(), Is.EqualTo(synced));
        }

        Assert.That(
            findings.Select(finding => Accepted(finding).GetProperty("counter").GetInt32()),
            Is.EqualTo(synced ? [0, 0, 0] : new[] { 1, 2, 3 }));
        var registration = Accepted(findings[0]);
        Assert.That(registration.Text("fmt"), Is.EqualTo("none"));
        Assert.That(
            registration.GetProperty("transports").EnumerateArray().Select(transport => transport.GetString()),
            Is.EqualTo(new[] { "internal", "hybrid" }));
        Assert.That(answers[0].Algorithm, Is.EqualTo(algorithm));
    }

    [Test]
    public async Task Algorithm_IsTheFirstOfferedOneThatTheAuthenticatorHas()
    {
        var options = JsonNode.Parse(CreationOptions.GetRawText())!;
        options["pubKeyCredParams"] = new JsonArray(
            Offer(CoseAlgorithm.ES384), Offer(CoseAlgorithm.RS256), Offer(CoseAlgorithm.ES256));
        var offers = JsonSerializer.SerializeToElement(options);
        var ordinary = new SoftwareAuthenticator(Origin);
        var other = new SoftwareAuthenticator(Origin) { Algorithms = [CoseAlgorithm.ES384] };
        var rs256 = new Answer(offers, ordinary.Register(offers));
        var es384 = new Answer(offers, other.Register(offers));
        foreach (var finding in await JudgeAsync(rs256, SignIn(ordinary), es384, SignIn(other)))
        {
            Accepted(finding);
        }

        Assert.That(rs256.Algorithm, Is.EqualTo(CoseAlgorithm.RS256));
        Assert.That(es384.Algorithm, Is.EqualTo(CoseAlgorithm.ES384));
        Assert.That(() => other.Register(CreationOptions), Throws.InvalidOperationException);

        static JsonObject Offer(CoseAlgorithm algorithm) => new() { ["type"] = "public-key", ["alg"] = (int)algorithm };
    }

    [TestCaseSource(nameof(ForgedRegistrations))]
    public async Task ForgedRegistration_IsRefused(Forgery forgery, string reason)
    {
        var authenticator = new SoftwareAuthenticator(Origin);
        var findings = await JudgeAsync(
            Register(authenticator, forgery), Register(authenticator), SignIn(authenticator));
        Assert.That(Refused(findings[0]), Does.StartWith(reason));
        Accepted(findings[1]);
        Accepted(findings[2]);
    }

    [TestCaseSource(nameof(ForgedAssertions))]
    public async Task ForgedAssertion_IsRefused(Forgery forgery, string reason)
    {
        var authenticator = new SoftwareAuthenticator(Origin) { Synced = false };
        var findings = await JudgeAsync(
            Register(authenticator), SignIn(authenticator), SignIn(authenticator, forgery), SignIn(authenticator));
        Accepted(findings[0]);
        Accepted(findings[1]);
        Assert.That(Refused(findings[2]), Does.StartWith(reason));
        Accepted(findings[3]);
    }

    [TestCase(CoseAlgorithm.ES256)]
    [TestCase(CoseAlgorithm.RS256)]
    public async Task FlippedSignature_IsRefused(CoseAlgorithm algorithm)
    {
        var authenticator = new SoftwareAuthenticator(Origin) { Algorithms = [algorithm] };
        var findings = await JudgeAsync(
            Register(authenticator), SignIn(authenticator, new Forgery { FlippedSignature = true }));
        Accepted(findings[0]);
        Assert.That(Refused(findings[1]), Is.EqualTo("The signature is wrong."));
    }

    [Test]
    public async Task IdOfAnotherPasskey_IsRefused()
    {
        var authenticator = new SoftwareAuthenticator(Origin);
        var first = Register(authenticator);
        var findings = await JudgeAsync(
            first,
            Register(authenticator),
            SignIn(authenticator, new Forgery { CredentialId = first.Id }),
            Register(authenticator, new Forgery { CredentialId = first.Id }));
        Accepted(findings[0]);
        Accepted(findings[1]);
        Assert.That(Refused(findings[2]), Is.EqualTo("The signature is wrong."));
        Assert.That(Refused(findings[3]), Is.EqualTo("The passkey is registered already."));
    }

    [Test]
    public async Task Assertion_IsByTheNewestPasskeyThatIsAllowed()
    {
        var authenticator = new SoftwareAuthenticator(Origin);
        var (first, second) = (Register(authenticator), Register(authenticator));
        var onlyFirst = Allowing(first.Id);
        var answers = new[]
        {
            first,
            second,
            SignIn(authenticator),
            new Answer(onlyFirst, authenticator.Assert(onlyFirst)),
            new Answer(onlyFirst, authenticator.Assert(onlyFirst, new Forgery { SignedBy = second.Id })),
        };
        var findings = await JudgeAsync(answers);
        foreach (var finding in findings[..4])
        {
            Accepted(finding);
        }

        Assert.That(answers[2].Id, Is.EqualTo(second.Id));
        Assert.That(answers[3].Id, Is.EqualTo(first.Id));
        Assert.That(answers[4].Id, Is.EqualTo(second.Id));
        Assert.That(Refused(findings[4]), Is.EqualTo("The passkey is not allowed."));
        Assert.That(() => authenticator.Assert(Allowing("AAAA")), Throws.InvalidOperationException);
    }

    // The library keeps no challenges. A service must refuse the second assertion of a synced passkey itself.
    [TestCase(true)]
    [TestCase(false)]
    public async Task SameAssertionTwice_IsRefusedByTheCounterAlone(bool synced)
    {
        var authenticator = new SoftwareAuthenticator(Origin) { Synced = synced };
        var (registration, assertion) = (Register(authenticator), SignIn(authenticator));
        var findings = await JudgeAsync(registration, assertion, assertion);
        Accepted(findings[1]);
        if (synced)
        {
            Accepted(findings[2]);
        }
        else
        {
            Assert.That(Refused(findings[2]), Does.StartWith("Response counter value 2 was lower than expected 2"));
        }
    }

    [Test]
    public void PageOfAnotherSite_GetsNoAnswer()
    {
        var authenticator = new SoftwareAuthenticator("https://notexample.com");
        Assert.That(() => authenticator.Register(CreationOptions), Throws.InvalidOperationException);
        Assert.That(() => authenticator.Assert(RequestOptions), Throws.InvalidOperationException);
    }

    private static IEnumerable<TestCaseData> ForgedRegistrations() =>
    [
        Row("origin", new() { Origin = "https://example.com.evil.test" }, "Unexpected registration response origin"),
        Row("RP ID", new() { RpId = "evil.test" }, "Unexpected RP ID hash"),
        Row("not verified", new() { UserVerified = false }, "User verification was required"),
        Row("not present", new() { UserPresent = false }, "User presence was required"),
        Row("challenge", new() { Challenge = "AAAA" }, "Unexpected registration response challenge"),
        Row("type", new() { Type = "webauthn.get" }, "Unexpected registration response type"),
        Row("frame", new() { CrossOrigin = true }, "The page is in a frame of another origin."),
        Row("algorithm", new() { Algorithm = CoseAlgorithm.ES384 }, "Unexpected public key alg \"-35\""),
    ];

    private static IEnumerable<TestCaseData> ForgedAssertions() =>
    [
        Row("origin", new() { Origin = "https://example.com.evil.test" }, "Unexpected authentication response origin"),
        Row("RP ID", new() { RpId = "evil.test" }, "Unexpected RP ID hash"),
        Row("not verified", new() { UserVerified = false }, "User verification required"),
        Row("not present", new() { UserPresent = false }, "User not present"),
        Row("challenge", new() { Challenge = "AAAA" }, "Unexpected authentication response challenge"),
        Row("type", new() { Type = "webauthn.create" }, "Unexpected authentication response type"),
        Row("frame", new() { CrossOrigin = true }, "The page is in a frame of another origin."),
        Row("same counter", new() { Counter = 2 }, "Response counter value 2 was lower than expected 2"),
        Row("older counter", new() { Counter = 1 }, "Response counter value 1 was lower than expected 2"),
        Row("no counter", new() { Counter = 0 }, "Response counter value 0 was lower than expected 2"),
        Row("user handle", new() { UserHandle = "AAAA" }, "The user handle is another one."),
    ];

    private static TestCaseData Row(string name, Forgery forgery, string reason) =>
        new TestCaseData(forgery, reason).SetArgDisplayNames(name);

    private static Answer Register(SoftwareAuthenticator authenticator, Forgery? forgery = null) =>
        new(CreationOptions, authenticator.Register(CreationOptions, forgery));

    private static Answer SignIn(SoftwareAuthenticator authenticator, Forgery? forgery = null) =>
        new(RequestOptions, authenticator.Assert(RequestOptions, forgery));

    private static JsonElement Allowing(string id)
    {
        var options = JsonNode.Parse(RequestOptions.GetRawText())!;
        options["allowCredentials"] = new JsonArray(new JsonObject { ["type"] = "public-key", ["id"] = id });
        return JsonSerializer.SerializeToElement(options);
    }

    private async Task<JsonElement[]> JudgeAsync(params Answer[] answers)
    {
        var json = JsonSerializer.Serialize(
            answers.Select(answer => new { options = answer.Options, credential = answer.Credential }));
        var start = CommandLine.StartInfo(_package!.Folder, "node", "relying-party.js", json);
        start.Environment["ORIGIN"] = Origin;
        var (exitCode, output, errors) = await CommandLine.RunAsync(start);
        Assert.That(exitCode, Is.Zero, errors);
        return [.. Parse(output).EnumerateArray()];
    }

    private static JsonElement Accepted(JsonElement finding)
    {
        Assert.That(finding.TryGetProperty("result", out var result), Is.True, finding.ToString());
        return result;
    }

    private static string Refused(JsonElement finding)
    {
        Assert.That(finding.TryGetProperty("error", out var error), Is.True, finding.ToString());
        return error.GetString()!;
    }

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    private sealed record Answer(JsonElement Options, JsonObject Credential)
    {
        public string Id => Credential["id"]!.GetValue<string>();

        public CoseAlgorithm Algorithm =>
            (CoseAlgorithm)Credential["response"]!["publicKeyAlgorithm"]!.GetValue<int>();
    }
}
