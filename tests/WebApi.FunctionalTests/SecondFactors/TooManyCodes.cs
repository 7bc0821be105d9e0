using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.SecondFactors;

/// <summary>After too many wrong codes no code of the account is looked at for a while.</summary>
[OnDatabases]
[Category("Exhaustive")]
internal sealed class TooManyCodes(DatabaseKind kind) : IAsyncDisposable
{
    private readonly CleanJwtApp _app = new(kind: kind);
    private AuthenticatorApp _phone = null!;
    private TokenPair _owner = null!;
    private string _email = "";

    private DateTimeOffset Now => _app.Time.GetUtcNow();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [SetUp]
    public async Task SetUpAsync()
    {
        _email = await _app.RegisterAsync();
        _owner = await _app.LoginAsync(_email);
        _phone = await _app.CreateClient(_owner.AccessToken).SetUpTotpAsync(Now);
        _app.Time.Advance(TimeSpan.FromMinutes(1));
    }

    [Test]
    public async Task FiveWrongCodes_BeginPausesThatDouble()
    {
        for (var i = 0; i < 5; i++)
        {
            await (await TryAsync(_phone.WrongCodeAt(Now))).ShouldBeProblemAsync(401, "invalid-second-factor");
        }

        await ShouldBePausedAsync(TimeSpan.FromMinutes(5));
        _app.Time.Advance(TimeSpan.FromMinutes(5));
        await (await TryAsync(_phone.WrongCodeAt(Now))).ShouldBeProblemAsync(401, "invalid-second-factor");
        await ShouldBePausedAsync(TimeSpan.FromMinutes(10));

        _app.Time.Advance(TimeSpan.FromMinutes(10));
        await (await TryAsync(_phone.CodeAt(Now))).ShouldBeAsync(200);
        for (var i = 0; i < 4; i++)
        {
            await (await TryAsync(_phone.WrongCodeAt(Now))).ShouldBeProblemAsync(401, "invalid-second-factor");
        }

        await (await TryAsync(_phone.CodeAt(Now.AddSeconds(30)))).ShouldBeAsync(200);
    }

    [Test]
    public async Task RightCodesAndRecoveryCodes_WaitToo()
    {
        await PauseAsync();
        var mfaToken = await _app.CreateClient().MfaTokenAsync(_email);
        await (await _app.CreateClient().TryRecoveryCodeAsync(mfaToken, _phone.RecoveryCodes[0]))
            .ShouldBeProblemAsync(429, "too-many-attempts");
        await (await ReauthenticateAsync(_phone.CodeAt(Now))).ShouldBeProblemAsync(429, "too-many-attempts");
    }

    [Test]
    public async Task WrongRecoveryCodes_CountWithTheCodes()
    {
        var mfaToken = await _app.CreateClient().MfaTokenAsync(_email);
        for (var i = 0; i < 5; i++)
        {
            await (await _app.CreateClient().TryRecoveryCodeAsync(mfaToken, "00000-00000")).ShouldBeProblemAsync(
                401, "invalid-second-factor");
        }

        await ShouldBePausedAsync(TimeSpan.FromMinutes(5));
    }

    [Test]
    public async Task WrongCodesOfASession_CountWithThoseOfSignIns()
    {
        for (var i = 0; i < 3; i++)
        {
            await (await ReauthenticateAsync(_phone.WrongCodeAt(Now))).ShouldBeProblemAsync(
                401, "invalid-second-factor");
        }

        await TryAsync(_phone.WrongCodeAt(Now));
        await TryAsync(_phone.WrongCodeAt(Now));
        await ShouldBePausedAsync(TimeSpan.FromMinutes(5));
    }

    [Test]
    public async Task ParallelWrongCodes_AreToldSoFiveTimes()
    {
        var mfaToken = await _app.CreateClient().MfaTokenAsync(_email);
        var wrong = _phone.WrongCodeAt(Now);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
            (int)(await _app.CreateClient().TryCodeAsync(mfaToken, wrong)).StatusCode));
        Assert.That(answers.Count(status => status == 401), Is.EqualTo(5));
        Assert.That(answers.Count(status => status == 429), Is.EqualTo(7));
    }

    [Test]
    public async Task HundredWrongCodesInARow_AreTheLastUntilThePasswordChanges()
    {
        for (var i = 0; i < 100; i++)
        {
            _app.Time.Advance(TimeSpan.FromDays(1.1));
            await (await TryAsync(_phone.WrongCodeAt(Now))).ShouldBeProblemAsync(401, "invalid-second-factor");
        }

        _app.Time.Advance(TimeSpan.FromDays(30));
        await ShouldBePausedAsync(TimeSpan.FromDays(1));

        var admin = await SetPasswordAsync();
        await (await TryAsync(_phone.CodeAt(Now), admin)).ShouldBeAsync(200);
    }

    /// <summary>A thief of the password and of a session could change the password again and again.</summary>
    [Test]
    public async Task ChangedPassword_KeepsTheCountAndThePause()
    {
        for (var i = 0; i < 4; i++)
        {
            await TryAsync(_phone.WrongCodeAt(Now));
        }

        const string NewPassword = "a new horse and a new staple";
        await (await _app.CreateClient().ChangePasswordAsync(_owner.AccessToken, NewPassword)).ShouldBeAsync(204);
        await (await TryAsync(_phone.WrongCodeAt(Now), NewPassword)).ShouldBeProblemAsync(
            401, "invalid-second-factor");
        await (await TryAsync(_phone.CodeAt(Now), NewPassword)).ShouldBeProblemAsync(429, "too-many-attempts");
    }

    [Test]
    public async Task Password_IsCheckedDuringAPause()
    {
        await PauseAsync();
        await _app.CreateClient().MfaTokenAsync(_email);
        await (await _app.CreateClient().TryLoginAsync(_email, "not the password at all")).ShouldBeProblemAsync(
            401, "invalid-credentials");
    }

    private async Task PauseAsync()
    {
        for (var i = 0; i < 5; i++)
        {
            await TryAsync(_phone.WrongCodeAt(Now));
        }
    }

    private async Task ShouldBePausedAsync(TimeSpan pause)
    {
        var response = await TryAsync(_phone.CodeAt(Now));
        await response.ShouldBeProblemAsync(429, "too-many-attempts");
        Assert.That(response.Headers.RetryAfter?.Delta, Is.EqualTo(pause));
    }

    private async Task<HttpResponseMessage> TryAsync(string code, string password = TestAccounts.Password)
    {
        var asked = await _app.CreateClient().TryLoginAsync(_email, password);
        await asked.ShouldBeAsync(202);
        return await _app.CreateClient().TryCodeAsync((await asked.JsonAsync()).Text("mfaToken"), code);
    }

    private Task<HttpResponseMessage> ReauthenticateAsync(string code) =>
        _app.CreateClient(_owner.AccessToken).SendAsync(
            HttpMethod.Post, "/api/auth/reauthenticate", new { password = TestAccounts.Password, code });

    // As the operator does by a command.
    private async Task<string> SetPasswordAsync()
    {
        const string NewPassword = "a new horse and a new staple";
        var sender = _app.Get<Mediator.ISender>();
        var set = await sender.Send(new Application.Administration.SetPasswordCommand(
            Guid.Parse(_owner.AccountId), _email, NewPassword));
        Assert.That(set.IsSuccess);
        return NewPassword;
    }
}
