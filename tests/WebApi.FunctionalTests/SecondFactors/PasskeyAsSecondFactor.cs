using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.SecondFactors;

/// <summary>A passkey after the password, in a sign-in that waits for a second factor.</summary>
[OnDatabases]
internal sealed class PasskeyAsSecondFactor(DatabaseKind kind)
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
        await App.CreateClient(_owner.AccessToken).SetUpTotpAsync(App.Time.GetUtcNow());
    }

    [Test]
    public async Task Passkey_FinishesTheSignIn()
    {
        var demand = await (await Client.TryLoginAsync(_email)).JsonAsync();
        Assert.That(
            demand.GetProperty("methods").EnumerateArray().Select(method => method.GetString()),
            Does.Contain("passkey"));
        var mfaToken = demand.Text("mfaToken");
        var (state, options) = await Client.PasskeyOptionsAsync(mfaToken);
        Assert.That(
            options.GetProperty("allowCredentials").EnumerateArray().Select(one => one.Text("id")),
            Is.EqualTo(new[] { await CredentialIdAsync(_owner) }));

        var tokens = await AccountRequests.TokensOfAsync(
            await Client.TryPasskeyAsSecondFactorAsync(mfaToken, state, _authenticator.Assert(options)));
        var claims = Jwt.Payload(tokens.AccessToken);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tokens.AccountId, Is.EqualTo(_owner.AccountId));
            Assert.That(claims["acr"]!.ToString(), Is.EqualTo("urn:cleanjwt:acr:phishing-resistant"));
            Assert.That(claims["amr"]!.ToJsonString(), Is.EqualTo("""["pwd","pop","user","mfa"]"""));
        }
    }

    [Test]
    public async Task PasskeyAlone_NeedsNoPassword() => Assert.That(
        (await Client.PasskeyLoginAsync(_authenticator)).AccountId, Is.EqualTo(_owner.AccountId));

    [Test]
    public async Task MfaToken_IsUsedUpBySuccessAndNotByAFailure()
    {
        var mfaToken = await Client.MfaTokenAsync(_email);
        var (first, second) = (await Client.PasskeyOptionsAsync(mfaToken), await Client.PasskeyOptionsAsync(mfaToken));
        await (await Client.TryPasskeyAsSecondFactorAsync(
            mfaToken, first.State, _authenticator.Assert(first.Options, new() { FlippedSignature = true })))
            .ShouldBeProblemAsync(401, "invalid-passkey");
        await (await Client.TryPasskeyAsSecondFactorAsync(
            mfaToken, first.State, _authenticator.Assert(first.Options))).ShouldBeAsync(200);
        await (await Client.TryPasskeyAsSecondFactorAsync(
            mfaToken, second.State, _authenticator.Assert(second.Options)))
            .ShouldBeProblemAsync(401, "invalid-mfa-token");
    }

    [Test]
    public async Task StateOfAnotherKind_DoesNotCount()
    {
        foreach (var other in new[]
        {
            await Client.PasskeyOptionsAsync(), await Client.PasskeyOptionsAsync(by: _owner),
            await Client.PasskeyOptionsAsync(await Client.MfaTokenAsync(_email)),
        })
        {
            await (await Client.TryPasskeyAsSecondFactorAsync(
                await Client.MfaTokenAsync(_email), other.State, _authenticator.Assert(other.Options)))
                .ShouldBeProblemAsync(401, "invalid-passkey");
        }
    }

    [Test]
    public async Task StateOfASecondFactor_DoesNotSignInAlone()
    {
        var (state, options) = await Client.PasskeyOptionsAsync(await Client.MfaTokenAsync(_email));
        await (await Client.TryPasskeyLoginAsync(state, _authenticator.Assert(options)))
            .ShouldBeProblemAsync(401, "invalid-passkey");
    }

    [Test]
    public async Task PasskeyOfAnotherAccount_DoesNotCount()
    {
        var thief = await App.LoginAsync();
        await Client.AddPasskeyAsync(thief, _authenticator);
        var theirs = await CredentialIdAsync(thief);
        var mfaToken = await Client.MfaTokenAsync(_email);
        var (state, options) = await Client.PasskeyOptionsAsync(mfaToken);
        await (await Client.TryPasskeyAsSecondFactorAsync(
            mfaToken, state, _authenticator.Assert(options, new() { SignedBy = theirs })))
            .ShouldBeProblemAsync(401, "invalid-passkey");
    }

    [Test]
    public async Task UnknownPasskey_IsInvalidHere()
    {
        var mfaToken = await Client.MfaTokenAsync(_email);
        var (state, options) = await Client.PasskeyOptionsAsync(mfaToken);
        await (await Client.TryPasskeyAsSecondFactorAsync(
            mfaToken, state, _authenticator.Assert(options, new() { CredentialId = "AAAA" })))
            .ShouldBeProblemAsync(401, "invalid-passkey");
    }

    [Test]
    public async Task Options_NeedAnMfaTokenOfThisAccountAsItIs()
    {
        await ShouldBeNoMfaTokenAsync("x");
        await ShouldBeNoMfaTokenAsync(_owner.AccessToken);
        var mfaToken = await Client.MfaTokenAsync(_email);
        App.Sql("UPDATE AspNetUsers SET Locked = 1 WHERE Email = @p0", _email);
        await ShouldBeNoMfaTokenAsync(mfaToken);
    }

    [Test]
    public async Task Account_CanAskForItsPasskeyWithoutAnApp()
    {
        var email = await App.RegisterAsync();
        var owner = await App.LoginAsync(email);
        var authenticator = new SoftwareAuthenticator(PasskeyRequests.Origin);
        await Client.AddPasskeyAsync(owner, authenticator);
        await Client.LoginAsync(email); // a passkey alone changes nothing for the password
        await (await Client.DoAsync(owner, "PUT /api/users/me/second-factors", new { required = true }))
            .ShouldBeAsync(200);

        var mfaToken = await Client.MfaTokenAsync(email);
        var (state, options) = await Client.PasskeyOptionsAsync(mfaToken);
        await (await Client.TryPasskeyAsSecondFactorAsync(mfaToken, state, authenticator.Assert(options)))
            .ShouldBeAsync(200);
    }

    private async Task ShouldBeNoMfaTokenAsync(string mfaToken) =>
        await (await Client.PostAsJsonAsync("/api/auth/passkey/options", new { mfaToken }))
            .ShouldBeProblemAsync(401, "invalid-mfa-token");

    private async Task<string> CredentialIdAsync(TokenPair owner) =>
        (await Client.PasskeysAsync(owner)).GetProperty("signal").GetProperty("allAcceptedCredentialIds")
        .EnumerateArray().Single().GetString()!;
}
