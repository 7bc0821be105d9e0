using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.SecondFactors;

/// <summary>A passkey makes a session that began by password stronger, and its sign-in recent.</summary>
[OnDatabases]
internal sealed class SteppingUpByPasskey(DatabaseKind kind)
{
    private readonly SoftwareAuthenticator _authenticator = new(PasskeyRequests.Origin);
    private string _email = null!;
    private TokenPair _owner = null!;

    private CleanJwtApp App => SharedService.On(kind);

    private HttpClient Client => App.CreateClient();

    [SetUp]
    public async Task SetUpAsync()
    {
        _email = await App.RegisterAsync();
        _owner = await App.LoginAsync(_email);
        await Client.AddPasskeyAsync(_owner, _authenticator);
    }

    [Test]
    public async Task PasskeyAlone_IsEnough()
    {
        var old = await App.WithOldSignInAsync(_owner);
        var (state, options) = await Client.PasskeyOptionsAsync(by: old);
        var tokens = await AccountRequests.TokensOfAsync(
            await Client.TryStepUpAsync(old, state, _authenticator.Assert(options)));
        var claims = Jwt.Payload(tokens.AccessToken);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tokens.SessionId, Is.EqualTo(_owner.SessionId));
            Assert.That(tokens.AuthTime(), Is.GreaterThanOrEqualTo(_owner.AuthTime()));
            Assert.That(claims["acr"]!.ToString(), Is.EqualTo("urn:cleanjwt:acr:phishing-resistant"));
            Assert.That(claims["amr"]!.ToJsonString(), Is.EqualTo("""["pop","user","mfa"]"""));
        }

        await Client.BeginPasskeyAsync(tokens); // needs a recent sign-in
    }

    [Test]
    public async Task PasskeyBesideThePassword_IsBoth()
    {
        var (state, options) = await Client.PasskeyOptionsAsync(by: _owner);
        var tokens = await AccountRequests.TokensOfAsync(await Client.DoAsync(
            _owner,
            "POST /api/auth/reauthenticate",
            new
            {
                password = TestAccounts.Password,
                passkey = new { state, credential = _authenticator.Assert(options) },
            }));
        Assert.That(
            Jwt.Payload(tokens.AccessToken)["amr"]!.ToJsonString(), Is.EqualTo("""["pwd","pop","user","mfa"]"""));
    }

    [Test]
    public async Task WrongPasswordBesideAPasskey_IsWrongAndLeavesTheState()
    {
        var (state, options) = await Client.PasskeyOptionsAsync(by: _owner);
        var credential = _authenticator.Assert(options);
        await (await Client.DoAsync(
            _owner,
            "POST /api/auth/reauthenticate",
            new { password = PasswordAttemptRequests.Wrong, passkey = new { state, credential } }))
            .ShouldBeProblemAsync(401, "invalid-credentials");
        await (await Client.TryStepUpAsync(_owner, state, credential)).ShouldBeAsync(200);
    }

    [Test]
    public async Task StateOfAnotherSessionOrKind_DoesNotCount()
    {
        var otherSession = await App.LoginAsync(_email);
        foreach (var other in new[]
        {
            await Client.PasskeyOptionsAsync(by: otherSession), await Client.PasskeyOptionsAsync(),
        })
        {
            await (await Client.TryStepUpAsync(_owner, other.State, _authenticator.Assert(other.Options)))
                .ShouldBeProblemAsync(401, "invalid-passkey");
        }
    }

    [Test]
    public async Task PasskeyOfAnotherAccount_DoesNotCount()
    {
        var thief = await App.LoginAsync();
        var theirs = new SoftwareAuthenticator(PasskeyRequests.Origin);
        await Client.AddPasskeyAsync(thief, theirs);
        var own = await Client.PasskeyOptionsAsync(by: thief);
        var stolen = await Client.PasskeyOptionsAsync(by: _owner); // with a stolen access token
        var credential = theirs.Assert(own.Options, new() { Challenge = stolen.Options.Text("challenge") });
        await (await Client.TryStepUpAsync(_owner, stolen.State, credential))
            .ShouldBeProblemAsync(401, "invalid-passkey");
    }

    [Test]
    public async Task AnswerSentTwice_CountsOnce()
    {
        var (state, options) = await Client.PasskeyOptionsAsync(by: _owner);
        var credential = _authenticator.Assert(options);
        await (await Client.TryStepUpAsync(_owner, state, credential)).ShouldBeAsync(200);
        await (await Client.TryStepUpAsync(_owner, state, credential)).ShouldBeProblemAsync(401, "invalid-passkey");
    }

    [Test]
    public async Task WrongAnswer_ChangesNothingAndIsNoted()
    {
        var (state, options) = await Client.PasskeyOptionsAsync(by: _owner);
        var response = await Client.TryStepUpAsync(
            _owner, state, _authenticator.Assert(options, new() { UserVerified = false }));
        await response.ShouldBeProblemAsync(401, "invalid-passkey");
        var (items, _) = await Client.PageAsync(_owner, "/api/users/me/activity");
        Assert.That(items[0].Text("action"), Is.EqualTo("reauthenticate"));
        Assert.That(items[0].Text("outcome"), Is.EqualTo("failure"));
        var refreshed = await AccountRequests.TokensOfAsync(await App.RefreshAsync(_owner.RefreshToken));
        Assert.That(
            Jwt.Payload(refreshed.AccessToken)["acr"]!.ToString(), Is.EqualTo("urn:cleanjwt:acr:one-factor"));
    }

    [Test]
    public async Task TokenThatIsNotAccepted_GetsNoOptions()
    {
        const string Options = "POST /api/auth/passkey/options";
        await BearerErrors.ShouldBeRefusedAsync(
            await Client.DoAsync(_owner with { AccessToken = _owner.RefreshToken }, Options), "invalid-token");
        await Client.LogoutAsync(_owner);
        await BearerErrors.ShouldBeRefusedAsync(await Client.DoAsync(_owner, Options), "token-revoked");
    }
}
