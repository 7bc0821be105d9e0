using System.Text.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.SecondFactors;

/// <summary>Removing, replacing and requiring second factors, by the owner and by administrators.</summary>
[OnDatabases]
[Category("Exhaustive")]
internal sealed class ChangingSecondFactors(DatabaseKind kind) : IAsyncDisposable
{
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(1);

    private readonly MailApp _mail = new(TestAccounts.WithAdmin, kind: kind);
    private readonly string _email = TestAccounts.UniqueEmail();
    private TokenPair _owner = null!;
    private AuthenticatorApp _phone = null!;

    private CleanJwtApp App => _mail.App;

    private DateTimeOffset Now => App.Time.GetUtcNow();

    public ValueTask DisposeAsync() => _mail.DisposeAsync();

    [SetUp]
    public async Task SetUpAsync()
    {
        await App.RegisterAsync(_email);
        _owner = await App.LoginAsync(_email);
        _phone = await App.CreateClient(_owner.AccessToken).SetUpTotpAsync(Now);
        App.Time.Advance(TimeSpan.FromMinutes(1));
    }

    [Test]
    public async Task Status_SaysWhatThereIs()
    {
        var createdAt = Now - TimeSpan.FromMinutes(1);
        await App.CreateClient().LoginWithCodeAsync(_email, _phone, Now);
        var status = await StatusAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status.GetProperty("required").GetBoolean());
            Assert.That(MomentOf(status, "createdAt"), Is.EqualTo(createdAt).Within(Rounding));
            Assert.That(MomentOf(status, "lastUsedAt"), Is.EqualTo(Now).Within(Rounding));
            Assert.That(status.GetProperty("recoveryCodes").GetProperty("left").GetInt32(), Is.EqualTo(10));
            Assert.That(status.GetProperty("passkeys").GetInt32(), Is.EqualTo(0));
        }
    }

    [Test]
    public async Task RemovedApp_TakesTheCodesWithItAndEndsTheOtherSessions()
    {
        var other = await App.CreateClient().LoginWithCodeAsync(_email, _phone, Now);
        await (await DoAsync("DELETE /api/users/me/totp")).ShouldBeAsync(204);

        await (await App.MeAsync(other.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await App.CreateClient().TryLoginAsync(_email)).ShouldBeAsync(200);
        var status = await StatusAsync();
        Assert.That(status.GetRawText(), Is.EqualTo(
            """{"required":false,"totp":null,"recoveryCodes":null,"passkeys":0}"""));
        Assert.That(Entries("remove-totp"), Is.EqualTo(1));
        await (await DoAsync("DELETE /api/users/me/totp")).ShouldBeAsync(204);
        Assert.That(Entries("remove-totp"), Is.EqualTo(1), "the second time changes nothing");
    }

    [Test]
    public async Task NewRecoveryCodes_KillTheOldOnes()
    {
        var response = await DoAsync("POST /api/users/me/recovery-codes");
        await response.ShouldBeAsync(200);
        var codes = (await response.JsonAsync()).GetProperty("recoveryCodes").EnumerateArray()
            .Select(code => code.GetString()!).ToList();
        Assert.That(codes, Has.Count.EqualTo(10).And.No.Member(_phone.RecoveryCodes[0]));
        await (await App.CreateClient().TryRecoveryCodeAsync(
            await App.CreateClient().MfaTokenAsync(_email), _phone.RecoveryCodes[0])).ShouldBeProblemAsync(
                401, "invalid-second-factor");
        await (await App.CreateClient().TryRecoveryCodeAsync(
            await App.CreateClient().MfaTokenAsync(_email), codes[9])).ShouldBeAsync(200);
    }

    [Test]
    public async Task WithAnApp_TheSecondFactorStaysOn()
    {
        await (await DoAsync("PUT /api/users/me/second-factors", new { required = false })).ShouldBeProblemAsync(
            409, "second-factor-in-use");
        await (await DoAsync("PUT /api/users/me/second-factors", new { required = true })).ShouldBeAsync(200);
        Assert.That(Entries("require-second-factor"), Is.EqualTo(0), "it was on");
    }

    [TestCase("POST /api/users/me/recovery-codes", null)]
    [TestCase("PUT /api/users/me/second-factors", true)]
    [TestCase("PUT /api/users/me/second-factors", false)]
    public async Task WithoutAFactor_NothingCanBeChanged(string request, bool? required)
    {
        _owner = await App.LoginAsync();
        await (await DoAsync(request, required is null ? null : new { required })).ShouldBeProblemAsync(
            409, "no-second-factor");
    }

    [Test]
    public async Task Administrator_RemovesAllFactorsAndEndsAllSessions()
    {
        App.Sql("UPDATE AspNetUsers SET EmailConfirmed = 1");
        var admin = await App.CreateClient().AdminAsync();
        var reset = $"DELETE /api/admin/users/{_owner.AccountId}/second-factors";
        await (await App.CreateClient().DoAsync(admin, reset)).ShouldBeAsync(204);

        await (await App.MeAsync(_owner.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await App.CreateClient().TryLoginAsync(_email)).ShouldBeAsync(200);
        Assert.That(Entries("reset-second-factors-of-user"), Is.EqualTo(1));
        Assert.That(Entries("second-factors-reset-by-admin"), Is.EqualTo(1));
        await _mail.DrainAsync();
        var told = (await _mail.MailsToAsync(_email)).Single(mail =>
            mail.Text!.Contains("All second factors", StringComparison.Ordinal));
        Assert.That(told.Text, Does.Not.Contain("127.0.0.1"), "the owner does not learn the administrator's address");
    }

    [Test]
    public async Task PasswordReset_KeepsTheFactorsOfAConfirmedAddress()
    {
        App.Sql("UPDATE AspNetUsers SET EmailConfirmed = 1 WHERE Email = @p0", _email);
        await ResetPasswordAsync();
        await (await App.CreateClient().TryLoginAsync(_email, MailApp.NewPassword)).ShouldBeAsync(202);
    }

    /// <summary>Whoever made the account may be a stranger, and must not keep a way in.</summary>
    [Test]
    public async Task PasswordReset_RemovesTheFactorsOfAnAddressThatNobodyProved()
    {
        await ResetPasswordAsync();
        await (await App.CreateClient().TryLoginAsync(_email, MailApp.NewPassword)).ShouldBeAsync(200);
        Assert.That(App.Sql("SELECT COUNT(*) FROM Totps"), Is.EqualTo(0));
        Assert.That(App.Sql("SELECT COUNT(*) FROM RecoveryCodes"), Is.EqualTo(0));
    }

    [Test]
    public async Task DeletedAccount_TakesItsFactorsWithIt()
    {
        await (await DoAsync("DELETE /api/users/me")).ShouldBeAsync(204);
        Assert.That(App.Sql("SELECT COUNT(*) FROM Totps"), Is.EqualTo(0));
        Assert.That(App.Sql("SELECT COUNT(*) FROM RecoveryCodes"), Is.EqualTo(0));
    }

    private static DateTimeOffset MomentOf(JsonElement status, string member) =>
        status.GetProperty("totp").GetProperty(member).GetDateTimeOffset();

    private async Task ResetPasswordAsync()
    {
        var (flow, mail) = await _mail.ForgetAndReadAsync(_email);
        await (await _mail.ResetAsync(flow, mail.Code)).ShouldBeAsync(204);
    }

    private Task<HttpResponseMessage> DoAsync(string request, object? body = null) =>
        App.CreateClient().DoAsync(_owner, request, body);

    private async Task<JsonElement> StatusAsync() =>
        await (await DoAsync("GET /api/users/me/second-factors")).JsonAsync();

    private object? Entries(string action) =>
        App.Sql("SELECT COUNT(*) FROM AuditEntries WHERE Action = @p0", action);
}
