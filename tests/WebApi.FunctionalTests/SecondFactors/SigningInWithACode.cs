using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.SecondFactors;

/// <summary>The sign-in to an account that has an authenticator app.</summary>
[OnDatabases]
internal sealed class SigningInWithACode(DatabaseKind kind) : IAsyncDisposable
{
    private readonly MailApp _mail = new(kind: kind);
    private readonly string _email = TestAccounts.UniqueEmail();
    private AuthenticatorApp _phone = null!;

    private CleanJwtApp App => _mail.App;

    private DateTimeOffset Now => App.Time.GetUtcNow();

    public ValueTask DisposeAsync() => _mail.DisposeAsync();

    [SetUp]
    public async Task SetUpAsync()
    {
        await App.RegisterAsync(_email);
        var owner = await App.LoginAsync(_email);
        _phone = await App.CreateClient(owner.AccessToken).SetUpTotpAsync(Now);
        App.Time.Advance(TimeSpan.FromMinutes(1)); // the code of the set-up is used
    }

    [Test]
    public async Task RightPassword_AsksForASecondFactor()
    {
        var response = await App.CreateClient().TryLoginAsync(_email);
        await response.ShouldBeAsync(202);
        Assert.That(response.Headers.Contains("Set-Cookie"), Is.False);
        var demand = await response.JsonAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                demand.Names(), Is.EquivalentTo(new[] { "status", "mfaToken", "expiresIn", "methods" }));
            Assert.That(demand.Text("status"), Is.EqualTo("second-factor-required"));
            Assert.That(demand.GetProperty("expiresIn").GetInt64(), Is.EqualTo(300));
            Assert.That(demand.GetProperty("methods").GetRawText(), Is.EqualTo("[\"totp\",\"recovery-code\"]"));
            Assert.That(SessionsStarted, Is.EqualTo(1), "that of the set-up");
        }
    }

    [Test]
    public async Task RightCode_SignsInWithTheScopeThatWasAskedFor()
    {
        var asked = await App.CreateClient().PostAsJsonAsync(
            "/api/auth/login", new { email = _email, password = TestAccounts.Password, scope = "account:read" });
        var mfaToken = (await asked.JsonAsync()).Text("mfaToken");
        var tokens = await AccountRequests.TokensOfAsync(
            await App.CreateClient().TryCodeAsync(mfaToken, _phone.CodeAt(Now)));

        var claims = Jwt.Payload(tokens.AccessToken);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(claims["acr"]!.ToString(), Is.EqualTo("urn:cleanjwt:acr:two-factor"));
            Assert.That(claims["amr"]!.ToJsonString(), Is.EqualTo("[\"pwd\",\"otp\",\"mfa\"]"));
            Assert.That(claims["auth_time"]!.GetValue<long>(), Is.EqualTo(Now.ToUnixTimeSeconds()));
            Assert.That(claims["scope"]!.ToString(), Is.EqualTo("account:read"));
        }

        var refreshed = await AccountRequests.TokensOfAsync(await App.RefreshAsync(tokens.RefreshToken));
        Assert.That(
            Jwt.Payload(refreshed.AccessToken)["acr"]!.ToString(), Is.EqualTo("urn:cleanjwt:acr:two-factor"));
    }

    [TestCase(-2, false)]
    [TestCase(-1, true)]
    [TestCase(1, true)]
    [TestCase(2, false)]
    [Category("Exhaustive")]
    public async Task Code_CountsInTheStepsAroundNow(int steps, bool counts)
    {
        var response = await App.CreateClient().TryCodeAsync(
            await App.CreateClient().MfaTokenAsync(_email), _phone.CodeAt(Now.AddSeconds(30 * steps)));
        if (counts)
        {
            await response.ShouldBeAsync(200);
        }
        else
        {
            await response.ShouldBeProblemAsync(401, "invalid-second-factor");
        }
    }

    [Test]
    public async Task Code_CountsOnceAndNotAfterANewerOne()
    {
        await App.CreateClient().LoginWithCodeAsync(_email, _phone, Now);
        foreach (var used in new[] { Now, Now.AddSeconds(-30) })
        {
            await (await App.CreateClient().TryCodeAsync(
                await App.CreateClient().MfaTokenAsync(_email), _phone.CodeAt(used))).ShouldBeProblemAsync(
                    401, "invalid-second-factor");
        }

        await App.CreateClient().LoginWithCodeAsync(_email, _phone, Now.AddSeconds(30));
    }

    [Test]
    public async Task OneCodeAtOnce_SignsInOnce()
    {
        const int AtOnce = 5; // more would begin a pause
        var tokens = new List<string>();
        for (var i = 0; i < AtOnce; i++)
        {
            tokens.Add(await App.CreateClient().MfaTokenAsync(_email));
        }

        var code = _phone.CodeAt(Now);
        var answers = await Task.WhenAll(tokens.Select(async token =>
            (int)(await App.CreateClient().TryCodeAsync(token, code)).StatusCode));
        Assert.That(answers.Count(status => status == 200), Is.EqualTo(1));
    }

    [Test]
    public async Task MfaToken_IsUsedUpByASuccessAndNotByAWrongCode()
    {
        var mfaToken = await App.CreateClient().MfaTokenAsync(_email);
        await (await App.CreateClient().TryCodeAsync(mfaToken, _phone.WrongCodeAt(Now))).ShouldBeProblemAsync(
            401, "invalid-second-factor");
        await (await App.CreateClient().TryCodeAsync(mfaToken, _phone.CodeAt(Now))).ShouldBeAsync(200);
        await (await App.CreateClient().TryCodeAsync(mfaToken, _phone.CodeAt(Now.AddSeconds(30))))
            .ShouldBeProblemAsync(401, "invalid-mfa-token");
        await (await App.CreateClient().TryRecoveryCodeAsync(mfaToken, _phone.RecoveryCodes[0]))
            .ShouldBeProblemAsync(401, "invalid-mfa-token");
        await (await App.CreateClient().TryRecoveryCodeAsync(
            await App.CreateClient().MfaTokenAsync(_email), _phone.RecoveryCodes[0])).ShouldBeAsync(200);
    }

    [Test]
    public async Task RecoveryCode_CountsOnceHoweverItIsTyped()
    {
        var typed = $" {_phone.RecoveryCodes[3].ToLowerInvariant().Replace('-', ' ')} ";
        var response = await App.CreateClient().TryRecoveryCodeAsync(
            await App.CreateClient().MfaTokenAsync(_email), typed);
        await response.ShouldBeAsync(200);
        var said = await response.JsonAsync();
        Assert.That(said.GetProperty("recoveryCodesLeft").GetInt32(), Is.EqualTo(9));
        Assert.That(
            Jwt.Payload(said.Text("accessToken"))["amr"]!.ToJsonString(), Is.EqualTo("[\"pwd\",\"otp\",\"mfa\"]"));
        await (await App.CreateClient().TryRecoveryCodeAsync(
            await App.CreateClient().MfaTokenAsync(_email), _phone.RecoveryCodes[3])).ShouldBeProblemAsync(
                401, "invalid-second-factor");
    }

    [Test]
    public async Task FewRecoveryCodes_AreToldToTheOwner()
    {
        App.Sql("UPDATE AspNetUsers SET EmailConfirmed = 1");
        for (var i = 0; i < 7; i++)
        {
            await (await App.CreateClient().TryRecoveryCodeAsync(
                await App.CreateClient().MfaTokenAsync(_email), _phone.RecoveryCodes[i])).ShouldBeAsync(200);
            if (i == 5)
            {
                await _mail.DrainAsync();
                Assert.That(
                    (await _mail.MailsToAsync(_email)).Select(mail => mail.Template), Has.None.EqualTo(FewCodes));
            }
        }

        await _mail.MailAsync(_email, FewCodes);
    }

    [Test]
    public async Task Tokens_OfACodeHaveNoCountOfRecoveryCodes()
    {
        var response = await App.CreateClient().TryCodeAsync(
            await App.CreateClient().MfaTokenAsync(_email), _phone.CodeAt(Now));
        Assert.That((await response.JsonAsync()).Names(), Has.None.EqualTo("recoveryCodesLeft"));
    }

    [Test]
    public async Task Cookie_IsSetByTheSecondStep()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login/second-factor?transport=cookie");
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        request.Content = JsonContent.Create(
            new { mfaToken = await App.CreateClient().MfaTokenAsync(_email), code = _phone.CodeAt(Now) });
        var response = await App.CreateClient().SendAsync(request);
        await response.ShouldBeAsync(200);
        Assert.That((await response.JsonAsync()).Names(), Has.None.EqualTo("refreshToken"));
        Assert.That(response.Headers.GetValues("Set-Cookie").Single(), Does.StartWith("cleanjwt="));
    }

    [Test]
    public async Task WrongCode_IsInTheActivityOfTheOwner()
    {
        await App.CreateClient().TryCodeAsync(
            await App.CreateClient().MfaTokenAsync(_email), _phone.WrongCodeAt(Now));
        Assert.That(
            App.Sql("SELECT COUNT(*) FROM AuditEntries WHERE Action = 'login' AND Outcome = 2"), Is.EqualTo(1));
    }

    [TestCase("""{"code":"123456","recoveryCode":"ABCDE-FGHJK"}""", "code")]
    [TestCase("{}", "code")]
    [TestCase("""{"passkey":{"state":"x"}}""", "passkey")]
    [TestCase("""{"passkey":{"credential":{}}}""", "passkey")]
    [TestCase("""{"code":""}""", "code")]
    public async Task AnotherNumberOfFactorsThanOne_IsNotValid(string factors, string field)
    {
        var body = $$"""{"mfaToken":"x",{{factors[1..]}}""".Replace(",}", "}", StringComparison.Ordinal);
        var response = await App.CreateClient().PostRawAsync("/api/auth/login/second-factor", body);
        var problem = await response.ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(problem.Fields(), Is.EqualTo(new[] { field }));
    }

    private const string FewCodes = "few-recovery-codes";

    private object? SessionsStarted => App.Sql("SELECT COUNT(*) FROM Sessions");
}
