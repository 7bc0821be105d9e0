using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.SecondFactors;

/// <summary>Setting up an authenticator app.</summary>
[OnDatabases]
internal sealed class SettingUpAnApp(DatabaseKind kind) : IAsyncDisposable
{
    private readonly MailApp _mail = new(kind: kind);
    private readonly string _email = TestAccounts.UniqueEmail();
    private TokenPair _owner = null!;

    private CleanJwtApp App => _mail.App;

    private DateTimeOffset Now => App.Time.GetUtcNow();

    public ValueTask DisposeAsync() => _mail.DisposeAsync();

    [SetUp]
    public async Task SetUpAsync()
    {
        await App.RegisterAsync(_email);
        App.Sql("UPDATE AspNetUsers SET EmailConfirmed = 1");
        _owner = await App.LoginAsync(_email);
    }

    [Test]
    public async Task Setup_StoresNothingBeforeTheCodeWasRight()
    {
        var (token, phone) = await BeginAsync();
        await (await FinishAsync(token, phone.WrongCodeAt(Now))).ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(App.Sql("SELECT COUNT(*) FROM Totps"), Is.EqualTo(0));
        await (await App.CreateClient().TryLoginAsync(_email)).ShouldBeAsync(200);

        await (await FinishAsync(token, phone.CodeAt(Now))).ShouldBeAsync(200);
        await (await App.CreateClient().TryLoginAsync(_email)).ShouldBeAsync(202);
    }

    [Test]
    public async Task QrCode_HoldsTheSecretAndTheNamesForTheApp()
    {
        var setup = await (await App.CreateClient().DoAsync(_owner, "POST /api/users/me/totp")).JsonAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(setup.Names(), Is.EquivalentTo(
                new[] { "setupToken", "secret", "uri", "qrCode", "expiresIn" }));
            Assert.That(setup.Text("secret"), Does.Match("^[A-Z2-7]{32}$"));
            Assert.That(
                setup.Text("uri"),
                Is.EqualTo($"otpauth://totp/CleanJwt:{Uri.EscapeDataString(_email)}"
                    + $"?secret={setup.Text("secret")}&issuer=CleanJwt"));
            Assert.That(QrCode.Read(setup.Text("qrCode")), Is.EqualTo(setup.Text("uri")));
            Assert.That(setup.GetProperty("expiresIn").GetInt64(), Is.EqualTo(600));
        }
    }

    [Test]
    public async Task SetUp_EndsTheOtherSessionsAndTellsTheOwner()
    {
        var other = await App.LoginAsync(_email);
        var (token, phone) = await BeginAsync();
        var codes = (await (await FinishAsync(token, phone.CodeAt(Now))).JsonAsync()).GetProperty("recoveryCodes");

        await (await App.MeAsync(other.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await App.MeAsync(_owner.AccessToken)).ShouldBeAsync(200);
        var all = codes.EnumerateArray().Select(code => code.GetString()!).ToList();
        Assert.That(all, Has.Count.EqualTo(10).And.All.Match("^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$"));
        Assert.That(all, Is.Unique);
        Assert.That(
            App.Sql("SELECT COUNT(*) FROM AuditEntries WHERE Action = 'set-up-totp' AND Outcome = 1"), Is.EqualTo(1));
        var mail = await _mail.MailAsync(_email, "second-factor-changed");
        Assert.That(mail.Text, Does.Contain("An authenticator app was set up"));
    }

    [Test]
    public async Task CodeOfTheSetUp_IsUsed()
    {
        var (token, phone) = await BeginAsync();
        var code = phone.CodeAt(Now);
        await (await FinishAsync(token, code)).ShouldBeAsync(200);
        await (await App.CreateClient().TryCodeAsync(await App.CreateClient().MfaTokenAsync(_email), code))
            .ShouldBeProblemAsync(401, "invalid-second-factor");
    }

    [Test]
    public async Task SecondApp_IsRefused()
    {
        var (first, phone) = await BeginAsync();
        var (second, tablet) = await BeginAsync();
        await (await FinishAsync(first, phone.CodeAt(Now))).ShouldBeAsync(200);
        await (await FinishAsync(second, tablet.CodeAt(Now))).ShouldBeProblemAsync(409, "totp-already-set-up");
        await (await App.CreateClient().DoAsync(_owner, "POST /api/users/me/totp")).ShouldBeProblemAsync(
            409, "totp-already-set-up");
    }

    [Test]
    public async Task SetupToken_CountsOnce()
    {
        var (token, phone) = await BeginAsync();
        await (await FinishAsync(token, phone.CodeAt(Now))).ShouldBeAsync(200);
        await (await App.CreateClient().DoAsync(_owner, "DELETE /api/users/me/totp")).ShouldBeAsync(204);
        await (await FinishAsync(token, phone.CodeAt(Now))).ShouldBeProblemAsync(401, "invalid-flow");
    }

    [Test]
    public async Task SetupTokenOfAnotherAccount_IsRefused()
    {
        var (token, phone) = await BeginAsync();
        var stranger = await App.LoginAsync();
        var response = await App.CreateClient().DoAsync(
            stranger, "PUT /api/users/me/totp", new { setupToken = token, code = phone.CodeAt(Now) });
        await response.ShouldBeProblemAsync(401, "invalid-flow");
    }

    [TestCase(599, 200)]
    [TestCase(600, 401)]
    public async Task SetupToken_ExpiresAfterTenMinutes(int seconds, int status)
    {
        var (token, phone) = await BeginAsync();
        App.Time.Advance(TimeSpan.FromSeconds(seconds));
        _owner = await App.LoginAsync(_email); // a recent sign-in
        await (await FinishAsync(token, phone.CodeAt(Now))).ShouldBeAsync(status);
    }

    private async Task<(string Token, AuthenticatorApp Phone)> BeginAsync()
    {
        var setup = await (await App.CreateClient().DoAsync(_owner, "POST /api/users/me/totp")).JsonAsync();
        return (setup.Text("setupToken"), new AuthenticatorApp(setup.Text("secret")));
    }

    private Task<HttpResponseMessage> FinishAsync(string setupToken, string code) =>
        App.CreateClient(_owner.AccessToken).PutAsJsonAsync("/api/users/me/totp", new { setupToken, code });
}
