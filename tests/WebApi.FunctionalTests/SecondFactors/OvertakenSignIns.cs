using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.SecondFactors;

/// <summary>What ends a sign-in that waits for its second factor.</summary>
[OnDatabases]
[Category("Exhaustive")]
internal sealed class OvertakenSignIns(DatabaseKind kind) : IAsyncDisposable
{
    private readonly MailApp _mail = new(TestAccounts.WithAdmin, kind: kind);
    private readonly string _email = TestAccounts.UniqueEmail();
    private AuthenticatorApp _phone = null!;
    private TokenPair _owner = null!;

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
    public async Task PasswordReset_EndsIt() => await OvertakenAsync(async () =>
    {
        var (flow, mail) = await _mail.ForgetAndReadAsync(_email);
        App.Sql("UPDATE AspNetUsers SET EmailConfirmed = 1 WHERE Email = @p0", _email); // or its factors would go
        await (await _mail.ResetAsync(flow, mail.Code)).ShouldBeAsync(204);
    });

    [Test]
    public Task PasswordChange_EndsIt() => OvertakenAsync(async () =>
        await (await App.CreateClient().ChangePasswordAsync(_owner.AccessToken, MailApp.NewPassword))
            .ShouldBeAsync(204));

    [Test]
    public Task Lock_EndsIt() => OvertakenAsync(async () =>
        await (await App.CreateClient().LockAsync(await App.CreateClient().AdminAsync(), _owner.AccountId))
            .ShouldBeAsync(204));

    [Test]
    public Task ChangeOfFactors_EndsIt() => OvertakenAsync(async () =>
        await (await App.CreateClient(_owner.AccessToken).PostAsync(
            new Uri("/api/users/me/recovery-codes", UriKind.Relative), content: null)).ShouldBeAsync(200));

    [Test]
    public Task DeletionOfTheAccount_EndsIt() => OvertakenAsync(async () =>
        await (await App.CreateClient(_owner.AccessToken).DeleteAsync(
            new Uri("/api/users/me", UriKind.Relative))).ShouldBeAsync(204));

    [TestCase(299, true)]
    [TestCase(300, false)]
    public async Task FiveMinutes_EndIt(int seconds, bool counts)
    {
        var mfaToken = await App.CreateClient().MfaTokenAsync(_email);
        App.Time.Advance(TimeSpan.FromSeconds(seconds));
        var response = await App.CreateClient().TryCodeAsync(mfaToken, _phone.CodeAt(Now));
        await (counts ? response.ShouldBeAsync(200) : response.ShouldBeProblemAsync(401, "invalid-mfa-token"));
    }

    [Test]
    public async Task OtherTokensOfTheService_AreNoMfaTokens()
    {
        var (flow, _) = await _mail.ForgetAndReadAsync(_email);
        foreach (var token in new[] { flow, _owner.RefreshToken, _owner.AccessToken, "x" })
        {
            await (await App.CreateClient().TryCodeAsync(token, _phone.CodeAt(Now))).ShouldBeProblemAsync(
                401, "invalid-mfa-token");
        }
    }

    private async Task OvertakenAsync(Func<Task> change)
    {
        var mfaToken = await App.CreateClient().MfaTokenAsync(_email);
        await change();
        await (await App.CreateClient().TryCodeAsync(mfaToken, _phone.CodeAt(Now))).ShouldBeProblemAsync(
            401, "invalid-mfa-token");
        Assert.That(
            App.Sql(
                "SELECT COUNT(*) FROM Sessions WHERE AccountId = @p0 AND EndedAt IS NULL AND Id <> @p1",
                Guid.Parse(_owner.AccountId), Guid.Parse(_owner.SessionId)),
            Is.EqualTo(0));
    }
}
