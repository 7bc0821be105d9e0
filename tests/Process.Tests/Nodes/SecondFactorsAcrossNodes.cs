using CleanJwt.ProcessTests.Support;

using static CleanJwt.PasswordAttemptRequests;

namespace CleanJwt.ProcessTests.Nodes;

/// <summary>A proof counts once on all nodes of one database, and wrong codes are counted together.</summary>
[OnDatabases]
internal sealed class SecondFactorsAcrossNodes(DatabaseKind kind)
{
    private const int AtOnce = 20;

    private TestDatabase _database = null!;
    private ServiceNode _one = null!;
    private ServiceNode _other = null!;

    private HttpClient Client => _one.Client;

    [SetUp]
    public async Task StartAsync()
    {
        _database = new TestDatabase(kind);
        _one = await ServiceNode.StartAsync(_database);
        _other = await ServiceNode.StartAsync(_database);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
        _database.Dispose();
    }

    [Test]
    public async Task OneCodeForManySignInsAtOnce_SignsInOnce()
    {
        var (email, phone) = await WithAppAsync();
        var mfaTokens = await MfaTokensAsync(email);
        var code = NextCode(phone);
        var answers = await AtOnceAsync(AtOnce, i => NodeOf(i).TryCodeAsync(mfaTokens[i], code));
        ShouldBeOnce(answers, "401 invalid-second-factor", "429 too-many-attempts");
    }

    [Test]
    public async Task OneRecoveryCodeForManySignInsAtOnce_SignsInOnce()
    {
        var (email, phone) = await WithAppAsync();
        var mfaTokens = await MfaTokensAsync(email);
        var answers = await AtOnceAsync(
            AtOnce, i => NodeOf(i).TryRecoveryCodeAsync(mfaTokens[i], phone.RecoveryCodes[0]));
        ShouldBeOnce(answers, "401 invalid-second-factor", "429 too-many-attempts");
    }

    [Test]
    public async Task OneMfaTokenWithTwoRightFactorsAtOnce_SignsInOnce()
    {
        var (email, phone) = await WithAppAsync();
        var mfaToken = await Client.MfaTokenAsync(email);
        var code = NextCode(phone);
        var answers = await AtOnceAsync(2, i => i == 0
            ? _one.Client.TryCodeAsync(mfaToken, code)
            : _other.Client.TryRecoveryCodeAsync(mfaToken, phone.RecoveryCodes[0]));
        Assert.That(answers.ToString(), Is.EqualTo("1× 200, 1× 401 invalid-mfa-token"));
    }

    [Test]
    public async Task OnePasskeyAnswerSentManyTimesAtOnce_SignsInOnce()
    {
        var authenticator = new SoftwareAuthenticator(PasskeyRequests.Origin); // synced: its counter is always 0
        await Client.AddPasskeyAsync(await Client.LoginAsync(), authenticator);
        var (state, options) = await Client.PasskeyOptionsAsync();
        var credential = authenticator.Assert(options);
        var answers = await AtOnceAsync(AtOnce, i => NodeOf(i).TryPasskeyLoginAsync(state, credential));
        Assert.That(answers.ToString(), Is.EqualTo("1× 200, 19× 401 invalid-passkey"));
    }

    [Test]
    public async Task OneRegistrationSentToBothNodesAtOnce_AddsOnePasskey()
    {
        var owner = await Client.LoginAsync();
        var (state, options) = await Client.BeginPasskeyAsync(owner);
        var authenticator = new SoftwareAuthenticator(PasskeyRequests.Origin);
        var credentials = Enumerable.Range(0, AtOnce).Select(_ => authenticator.Register(options)).ToArray();
        var answers = await AtOnceAsync(AtOnce, i => NodeOf(i).TryAddPasskeyAsync(owner, state, credentials[i]));
        Assert.That(answers.ToString(), Is.EqualTo("1× 201, 19× 401 invalid-flow"));
    }

    [Test]
    public async Task WrongCodes_AreCountedTogether()
    {
        var (email, phone) = await WithAppAsync();
        var mfaToken = await Client.MfaTokenAsync(email);
        var wrong = phone.WrongCodeAt(TimeProvider.System.GetUtcNow());
        for (var i = 0; i < 5; i++)
        {
            await (await NodeOf(i).TryCodeAsync(mfaToken, wrong)).ShouldBeProblemAsync(401, "invalid-second-factor");
        }

        foreach (var node in new[] { _one, _other })
        {
            await (await node.Client.TryCodeAsync(mfaToken, NextCode(phone)))
                .ShouldBeProblemAsync(429, "too-many-attempts");
        }
    }

    [Test]
    public async Task RemovedPasskey_EndsItsSessionsOnTheOtherNode()
    {
        var authenticator = new SoftwareAuthenticator(PasskeyRequests.Origin);
        var owner = await Client.LoginAsync();
        var id = await Client.AddPasskeyAsync(owner, authenticator);
        var begun = await _other.Client.PasskeyLoginAsync(authenticator);
        await (await Client.RemovePasskeyAsync(owner, id)).ShouldBeAsync(204);
        await (await _other.Client.RefreshAsync(begun.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        await (await _other.Client.TryPasskeyLoginAsync(authenticator)).ShouldBeProblemAsync(401, "unknown-passkey");
    }

    /// <summary>A code that the set-up has not used.</summary>
    private static string NextCode(AuthenticatorApp phone) =>
        phone.CodeAt(TimeProvider.System.GetUtcNow().AddSeconds(30));

    private static void ShouldBeOnce(Tally answers, params string[] refusals)
    {
        Assert.That(answers["200"], Is.EqualTo(1), answers.ToString());
        Assert.That(answers.Answers, Is.SubsetOf([.. refusals, "200"]), answers.ToString());
    }

    private HttpClient NodeOf(int i) => (i % 2 == 0 ? _one : _other).Client;

    private async Task<(string Email, AuthenticatorApp Phone)> WithAppAsync()
    {
        var email = await Client.RegisterAsync();
        var owner = await Client.LoginAsync(email);
        using var client = new HttpClient { BaseAddress = Client.BaseAddress };
        client.DefaultRequestHeaders.Add("Authorization", $"Bearer {owner.AccessToken}");
        return (email, await client.SetUpTotpAsync(TimeProvider.System.GetUtcNow()));
    }

    private async Task<string[]> MfaTokensAsync(string email)
    {
        var tokens = new string[AtOnce];
        for (var i = 0; i < AtOnce; i++)
        {
            tokens[i] = await Client.MfaTokenAsync(email);
        }

        return tokens;
    }
}
