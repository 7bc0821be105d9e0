using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Mail;

/// <summary>Signing up where an account needs a confirmed address.</summary>
[OnDatabases]
internal sealed class ConfirmedSignUps(DatabaseKind kind) : IAsyncDisposable
{
    private readonly MailApp _mail = new(MailApp.WithConfirmation, kind);
    private readonly string _email = TestAccounts.UniqueEmail();

    private CleanJwtApp App => _mail.App;

    public ValueTask DisposeAsync() => _mail.DisposeAsync();

    [Test]
    public async Task Code_MakesTheAccountAndSignsIn()
    {
        var response = await _mail.SignUpAsync(_email, "Ada");
        await response.ShouldBeAsync(202);
        var begun = await response.JsonAsync();
        Assert.That(begun.Text("status"), Is.EqualTo("confirmation-required"));
        Assert.That(begun.GetProperty("expiresIn").GetInt64(), Is.EqualTo(3600));
        Assert.That(App.Sql("SELECT COUNT(*) FROM AspNetUsers"), Is.Zero, "an unproved sign-up is no account");

        var mail = await _mail.MailAsync(_email, "confirm-sign-up");
        Assert.That(mail.Code, Does.Match("^[0-9]{4}-[0-9]{4}$"));
        var confirmed = await ConfirmAsync(begun.Text("flowToken"), mail.Code);
        await confirmed.ShouldBeAsync(201);
        Assert.That(confirmed.Headers.Location?.OriginalString, Is.EqualTo("/api/users/me"));
        var json = await confirmed.JsonAsync();
        Assert.That(json.GetProperty("account").GetProperty("emailConfirmed").GetBoolean(), Is.True);
        Assert.That(json.GetProperty("account").Text("displayName"), Is.EqualTo("Ada"));
        var tokens = TokenPair.From(json.GetProperty("tokens"));
        await (await App.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
        await (await App.CreateClient().TryLoginAsync(_email, TestAccounts.Password)).ShouldBeAsync(200);

        await (await ConfirmAsync(begun.Text("flowToken"), mail.Code)).ShouldBeProblemAsync(401, "invalid-code");
    }

    /// <summary>The link does not hold the password of the sign-up: it may be opened by somebody else.</summary>
    [Test]
    public async Task Link_AsksForAPasswordOfItsOwn()
    {
        await _mail.SignUpAsync(_email, "A stranger's words");
        var mail = await _mail.MailAsync(_email, "confirm-sign-up");
        var token = MailApp.TokenOf(mail);
        Assert.That(mail.Link, Does.StartWith("http://localhost:5080/account/sign-up#token="));
        Assert.That(mail.Text, Does.Not.Contain("stranger"), "no words of the one who asked");

        await (await _mail.PostAsync("/api/auth/register/confirm", new { token })).ShouldBeProblemAsync(
            400, "validation-failed");
        var local = await _mail.PostAsync(
            "/api/auth/register/confirm", new { token, password = $"my {_email.Split('@')[0]} password" });
        Assert.That(
            (await local.ShouldBeProblemAsync(400, "validation-failed")).Fields(), Is.EqualTo(new[] { "password" }));

        var confirmed = await _mail.PostAsync(
            "/api/auth/register/confirm", new { token, password = MailApp.NewPassword, displayName = "Ada" });
        await confirmed.ShouldBeAsync(201);
        Assert.That((await confirmed.JsonAsync()).GetProperty("account").Text("displayName"), Is.EqualTo("Ada"));
        await (await App.CreateClient().TryLoginAsync(_email, MailApp.NewPassword)).ShouldBeAsync(200);
        await (await App.CreateClient().TryLoginAsync(_email, TestAccounts.Password)).ShouldBeProblemAsync(
            401, "invalid-credentials");
    }

    [Test]
    public async Task TakenAddress_IsAnsweredAlikeAndItsOwnerIsTold()
    {
        var (taken, free) = ($"taken{Guid.NewGuid():N}@example.com", $"fresh{Guid.NewGuid():N}@example.com");
        await SignUpAndConfirmAsync(taken);
        App.Time.Advance(TimeSpan.FromMinutes(2));
        await _mail.StopDispatcherAsync();
        await _mail.SignUpAsync($"first{Guid.NewGuid():N}@example.com"); // so that all is prepared

        var (answers, commands) = (new List<string>(), new List<string[]>());
        foreach (var email in new[] { taken, free })
        {
            App.Commands.Reset();
            var response = await _mail.SignUpAsync(email);
            commands.Add([.. App.Commands.Commands]);
            var json = await response.JsonAsync();
            answers.Add($"{response.StatusCode} {string.Join(' ', json.Names())} {json.Text("flowToken").Length}");
        }

        Assert.That(answers[0], Is.EqualTo(answers[1]));

        // A row that is there already is updated and not inserted: an address that was mailed to before, by whomever.
        Assert.That(commands[0], Has.Length.EqualTo(commands[1].Length));
        Assert.That(commands[0].Concat(commands[1]), Has.None.Contain("AspNetUsers"), "it never looks the address up");
    }

    [Test]
    public async Task OwnerOfATakenAddress_IsToldWithoutACode()
    {
        await SignUpAndConfirmAsync(_email);
        App.Time.Advance(TimeSpan.FromMinutes(2));
        var flow = await MailApp.FlowOfAsync(await _mail.SignUpAsync(_email));
        var mail = await _mail.MailAsync(_email, "sign-up-taken");
        Assert.That(mail.Code, Is.Null);
        Assert.That(mail.Link, Is.Null);
        await (await ConfirmAsync(flow, "0000-0000")).ShouldBeProblemAsync(401, "invalid-code");
    }

    [Test]
    public async Task FasterRegistration_IsToldOnceTheAddressWasProved()
    {
        var first = await MailApp.FlowOfAsync(await _mail.SignUpAsync(_email));
        var firstMail = await _mail.MailAsync(_email, "confirm-sign-up");
        App.Time.Advance(TimeSpan.FromMinutes(2));
        var second = await MailApp.FlowOfAsync(await _mail.SignUpAsync(_email));
        var secondMail = await _mail.MailAsync(_email, "confirm-sign-up");
        await (await ConfirmAsync(first, firstMail.Code)).ShouldBeAsync(201);
        await (await ConfirmAsync(second, MailApp.WrongCode(secondMail))).ShouldBeProblemAsync(401, "invalid-code");
        await (await ConfirmAsync(second, secondMail.Code)).ShouldBeProblemAsync(409, "email-taken");
    }

    [Test]
    [Category("Exhaustive")]
    public async Task ParallelConfirmations_MakeOneAccount()
    {
        var flow = await MailApp.FlowOfAsync(await _mail.SignUpAsync(_email));
        var mail = await _mail.MailAsync(_email, "confirm-sign-up");
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(async _ => (int)(await ConfirmAsync(flow, mail.Code)).StatusCode));
        Assert.That(answers.Order(), Is.EqualTo(new[] { 201, 401, 401, 401 }));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task DeletedAccount_IsNotMadeAgainByItsOldCode()
    {
        var flow = await MailApp.FlowOfAsync(await _mail.SignUpAsync(_email));
        var mail = await _mail.MailAsync(_email, "confirm-sign-up");
        var confirmed = await (await ConfirmAsync(flow, mail.Code)).JsonAsync();
        var tokens = TokenPair.From(confirmed.GetProperty("tokens"));
        await (await App.CreateClient(tokens.AccessToken).DeleteAsync("/api/users/me")).ShouldBeAsync(204);

        await (await ConfirmAsync(flow, mail.Code)).ShouldBeProblemAsync(401, "invalid-code");
        var byLink = await _mail.PostAsync(
            "/api/auth/register/confirm", new { token = MailApp.TokenOf(mail), password = MailApp.NewPassword });
        await byLink.ShouldBeProblemAsync(401, "invalid-code");
    }

    [Test]
    public async Task Resend_GivesAFlowOfItsOwn()
    {
        var first = await MailApp.FlowOfAsync(await _mail.SignUpAsync(_email));
        await _mail.MailAsync(_email, "confirm-sign-up");
        await (await ResendAsync(first)).ShouldBeProblemAsync(429, "too-many-mails");
        App.Time.Advance(TimeSpan.FromMinutes(1));
        var response = await ResendAsync(first);
        Assert.That((await response.JsonAsync()).Text("status"), Is.EqualTo("confirmation-required"));
        var second = await MailApp.FlowOfAsync(response);
        var mail = await _mail.MailAsync(_email, "confirm-sign-up");
        await (await ConfirmAsync(first, mail.Code)).ShouldBeProblemAsync(401, "invalid-code");
        await (await ConfirmAsync(second, mail.Code)).ShouldBeAsync(201);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task Resend_LeadsToTheFrontendOfTheSignUp()
    {
        await using var mail = new MailApp(
            new([
                .. MailApp.WithConfirmation,
                new("Frontends:0:Name", "web"), new("Frontends:0:Url", "https://app.example.com"),
                new("Frontends:1:Name", "shop"), new("Frontends:1:Url", "https://shop.example.com"),
            ]),
            kind);
        var flow = await MailApp.FlowOfAsync(await mail.PostAsync(
            "/api/auth/register", new { email = _email, password = TestAccounts.Password, frontend = "shop" }));
        await mail.MailAsync(_email, "confirm-sign-up");
        mail.App.Time.Advance(TimeSpan.FromMinutes(1));
        await (await mail.PostAsync("/api/auth/register/resend", new { flowToken = flow })).ShouldBeAsync(202);
        Assert.That(
            (await mail.MailAsync(_email, "confirm-sign-up")).Link,
            Does.StartWith("https://shop.example.com/sign-up#token="));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task Resend_OfAnythingElse_IsRefused()
    {
        var reset = await MailApp.FlowOfAsync(await _mail.ForgetAsync(_email));
        await (await ResendAsync(reset)).ShouldBeProblemAsync(401, "invalid-flow");
        await (await ResendAsync("x")).ShouldBeProblemAsync(401, "invalid-flow");
        var flow = await MailApp.FlowOfAsync(await _mail.SignUpAsync(_email));
        App.Time.Advance(TimeSpan.FromHours(1));
        await (await ResendAsync(flow)).ShouldBeProblemAsync(401, "invalid-flow");
    }

    [Test]
    [Category("Exhaustive")]
    public async Task Scope_IsThatOfTheSession()
    {
        var flowToken = await MailApp.FlowOfAsync(await _mail.SignUpAsync(_email));
        var code = (await _mail.MailAsync(_email, "confirm-sign-up")).Code;
        foreach (var scope in new[] { "users:read", "nonsense" })
        {
            await (await _mail.PostAsync("/api/auth/register/confirm", new { flowToken, code, scope }))
                .ShouldBeProblemAsync(400, "invalid-scope");
        }

        var confirmed = await _mail.PostAsync(
            "/api/auth/register/confirm", new { flowToken, code, scope = "account:read" });
        Assert.That((await confirmed.JsonAsync()).GetProperty("tokens").Text("scope"), Is.EqualTo("account:read"));
    }

    /// <summary>An account from before the setting, or of the operator.</summary>
    [Test]
    public async Task UnconfirmedAccount_IsToldOnlyToWhoKnowsThePasswordAndAResetConfirmsIt()
    {
        await SignUpAndConfirmAsync(_email);
        App.Sql("UPDATE AspNetUsers SET EmailConfirmed = 0");
        await (await App.CreateClient().TryLoginAsync(_email, TestAccounts.Password)).ShouldBeProblemAsync(
            403, "email-not-confirmed");
        await (await App.CreateClient().TryLoginAsync(_email, "a wrong password")).ShouldBeProblemAsync(
            401, "invalid-credentials");

        var (flow, mail) = await _mail.ForgetAndReadAsync(_email);
        await (await _mail.ResetAsync(flow, mail.Code)).ShouldBeAsync(204);
        await (await App.CreateClient().TryLoginAsync(_email, MailApp.NewPassword)).ShouldBeAsync(200);
    }

    private async Task SignUpAndConfirmAsync(string email)
    {
        var flow = await MailApp.FlowOfAsync(await _mail.SignUpAsync(email));
        await (await ConfirmAsync(flow, (await _mail.MailAsync(email, "confirm-sign-up")).Code)).ShouldBeAsync(201);
    }

    private Task<HttpResponseMessage> ConfirmAsync(string flowToken, string? code) =>
        _mail.PostAsync("/api/auth/register/confirm", new { flowToken, code });

    private Task<HttpResponseMessage> ResendAsync(string flowToken) =>
        _mail.PostAsync("/api/auth/register/resend", new { flowToken });
}
