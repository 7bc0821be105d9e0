using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Mail;

/// <summary>Replacing a forgotten password by a code or a link from a mail.</summary>
[OnDatabases]
internal sealed class ForgottenPasswords(DatabaseKind kind) : IAsyncDisposable
{
    private readonly MailApp _mail = new(kind: kind);
    private readonly string _email = TestAccounts.UniqueEmail();

    private CleanJwtApp App => _mail.App;

    public ValueTask DisposeAsync() => _mail.DisposeAsync();

    [Test]
    public async Task Code_ReplacesThePasswordAndEndsEverySession()
    {
        await App.RegisterAsync(_email);
        var before = await App.LoginAsync(_email);
        var (flow, mail) = await _mail.ForgetAndReadAsync(_email);
        Assert.That(mail.Code, Does.Match("^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$"));

        var typed = $" {mail.Code!.Replace("-", " ", StringComparison.Ordinal).ToLowerInvariant()} ";
        await (await _mail.ResetAsync(flow, typed)).ShouldBeAsync(204);

        await (await App.MeAsync(before.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await App.RefreshAsync(before.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        await (await App.CreateClient().TryLoginAsync(_email, TestAccounts.Password)).ShouldBeProblemAsync(
            401, "invalid-credentials");
        var account = await MailApp.AccountOfAsync(App, _email, MailApp.NewPassword);
        Assert.That(account.GetProperty("emailConfirmed").GetBoolean(), Is.True, "who reads the mailbox owns it");
        Assert.That(App.Sql("SELECT EndReason FROM Sessions WHERE EndedAt IS NOT NULL"), Is.EqualTo(12));
        Assert.That(
            App.Sql("SELECT COUNT(*) FROM AuditEntries WHERE Action = 'reset-password' AND Outcome = 1"), Is.EqualTo(1));
        var notice = await _mail.MailAsync(_email, "password-changed");
        Assert.That(notice.Code, Is.Null);
        await (await _mail.ResetAsync(flow, mail.Code)).ShouldBeProblemAsync(401, "invalid-code");
    }

    [Test]
    public async Task Link_ReplacesThePasswordOnce()
    {
        await App.RegisterAsync(_email);
        var (_, mail) = await _mail.ForgetAndReadAsync(_email);
        Assert.That(mail.Link, Does.StartWith("http://localhost:5080/account/reset-password#token="));

        await (await _mail.ResetByLinkAsync(MailApp.TokenOf(mail))).ShouldBeAsync(204);
        await (await App.CreateClient().TryLoginAsync(_email, MailApp.NewPassword)).ShouldBeAsync(200);
        await (await _mail.ResetByLinkAsync(MailApp.TokenOf(mail), "yet another staple")).ShouldBeProblemAsync(
            401, "invalid-code");
    }

    /// <summary>Body, status, length and statements are the same whether there is an account or not.</summary>
    [Test]
    public async Task UnknownAddress_IsAnsweredAlike()
    {
        var known = $"known{Guid.NewGuid():N}@example.com";
        var unknown = $"other{Guid.NewGuid():N}@example.com";
        await App.RegisterAsync(known);
        await _mail.StopDispatcherAsync();
        await _mail.ForgetAsync($"first{Guid.NewGuid():N}@example.com"); // so that all is prepared

        var (answers, commands) = (new List<string>(), new List<string[]>());
        foreach (var email in new[] { known, unknown })
        {
            App.Commands.Reset();
            var response = await _mail.ForgetAsync(email);
            commands.Add([.. App.Commands.Commands]);
            var json = await response.JsonAsync();
            answers.Add($"{response.StatusCode} {string.Join(' ', json.Names())} {json.Text("flowToken").Length} "
                + json.GetProperty("expiresIn").GetRawText());
        }

        Assert.That(answers[0], Is.EqualTo(answers[1]));
        Assert.That(commands[0], Is.Not.Empty.And.EqualTo(commands[1]));
        Assert.That(commands[0], Has.None.Contain("AspNetUsers"), "it never looks the address up");
    }

    [Test]
    public async Task AddressWithoutAnAccount_GetsNoMail()
    {
        var flow = await MailApp.FlowOfAsync(await _mail.ForgetAsync(_email));
        await _mail.DrainAsync();
        Assert.That(await _mail.MailsToAsync(_email), Is.Empty);
        await (await _mail.ResetAsync(flow, "00000-00000")).ShouldBeProblemAsync(401, "invalid-code");
    }

    [Test]
    public async Task LockedAccount_GetsNoMailAndAnOpenFlowEndsWithTheLock()
    {
        await App.RegisterAsync(_email);
        var (flow, mail) = await _mail.ForgetAndReadAsync(_email);
        App.Sql(
            "UPDATE AspNetUsers SET Locked = 1, SecurityVersion = SecurityVersion + 1 WHERE Email = @p0", _email);
        await (await _mail.ResetAsync(flow, mail.Code)).ShouldBeProblemAsync(401, "invalid-code");
        await (await _mail.ResetByLinkAsync(MailApp.TokenOf(mail))).ShouldBeProblemAsync(401, "invalid-code");

        App.Time.Advance(TimeSpan.FromMinutes(2));
        await MailApp.FlowOfAsync(await _mail.ForgetAsync(_email));
        await _mail.DrainAsync();
        Assert.That((await _mail.MailsToAsync(_email)).Count(one => one.Template == "reset-password"), Is.EqualTo(1));
        Assert.That(App.Sql("SELECT COUNT(*) FROM AspNetUsers WHERE Locked = 1"), Is.EqualTo(1), "no reset unlocks");
    }

    [Test]
    public async Task NewPassword_EndsOpenFlows()
    {
        var tokens = await App.LoginAsync(await App.RegisterAsync(_email));
        var (flow, mail) = await _mail.ForgetAndReadAsync(_email);
        await (await App.CreateClient().ChangePasswordAsync(tokens.AccessToken, "changed in the meantime"))
            .ShouldBeAsync(204);
        await (await _mail.ResetAsync(flow, mail.Code)).ShouldBeProblemAsync(401, "invalid-code");
        await (await _mail.ResetByLinkAsync(MailApp.TokenOf(mail))).ShouldBeProblemAsync(401, "invalid-code");
    }

    [Test]
    [Category("Exhaustive")]
    public async Task ParallelResets_AreDoneOnce()
    {
        await App.RegisterAsync(_email);
        var (flow, mail) = await _mail.ForgetAndReadAsync(_email);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async number =>
            (int)(await (number % 2 == 0
                ? _mail.ResetAsync(flow, mail.Code, $"{MailApp.NewPassword} {number}")
                : _mail.ResetByLinkAsync(MailApp.TokenOf(mail), $"{MailApp.NewPassword} {number}"))).StatusCode));
        Assert.That(answers.Order(), Is.EqualTo(new[] { 204, 401, 401, 401 }));
    }

    [Test]
    public async Task FiveWrongCodes_EndTheCodeAndNotTheLink()
    {
        await App.RegisterAsync(_email);
        var (flow, mail) = await _mail.ForgetAndReadAsync(_email);
        for (var i = 0; i < 5; i++)
        {
            await (await _mail.ResetAsync(flow, MailApp.WrongCode(mail))).ShouldBeProblemAsync(401, "invalid-code");
        }

        await (await _mail.ResetAsync(flow, mail.Code)).ShouldBeProblemAsync(401, "invalid-code");
        await (await _mail.ResetByLinkAsync(MailApp.TokenOf(mail))).ShouldBeAsync(204);
        Assert.That(
            App.Sql("SELECT COUNT(*) FROM AuditEntries WHERE Action = 'reset-password' AND Outcome = 2"),
            Is.EqualTo(5), "the owner sees that codes were guessed, and nobody can flood the list");
    }

    [Test]
    public async Task FourWrongCodes_LeaveOneMore()
    {
        await App.RegisterAsync(_email);
        var (flow, mail) = await _mail.ForgetAndReadAsync(_email);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _mail.ResetAsync(flow, MailApp.WrongCode(mail))));
        await (await _mail.ResetAsync(flow, mail.Code)).ShouldBeAsync(204);
    }

    [TestCase(899, 204)]
    [TestCase(900, 401)]
    [Category("Exhaustive")]
    public async Task CodeAndLink_AreValidForAQuarterOfAnHour(int seconds, int status)
    {
        await App.RegisterAsync(_email);
        var (flow, mail) = await _mail.ForgetAndReadAsync(_email);
        App.Time.Advance(TimeSpan.FromSeconds(seconds));
        var byCode = await _mail.ResetAsync(flow, mail.Code);
        await byCode.ShouldBeAsync(status);
        if (status != 204)
        {
            await (await _mail.ResetByLinkAsync(MailApp.TokenOf(mail))).ShouldBeProblemAsync(401, "invalid-code");
        }
    }

    [Test]
    [Category("Exhaustive")]
    public async Task CodeOfAnotherFlow_IsWorthNothing()
    {
        await App.RegisterAsync(_email);
        var other = await App.RegisterAsync();
        var (flow, mail) = await _mail.ForgetAndReadAsync(_email);
        var (otherFlow, otherMail) = await _mail.ForgetAndReadAsync(other);
        await (await _mail.ResetAsync(flow, otherMail.Code)).ShouldBeProblemAsync(401, "invalid-code");
        await (await _mail.ResetAsync(otherFlow, mail.Code)).ShouldBeProblemAsync(401, "invalid-code");
        await (await _mail.ResetAsync(MailApp.TokenOf(mail), mail.Code)).ShouldBeProblemAsync(401, "invalid-code");
        await (await _mail.ResetByLinkAsync(flow)).ShouldBeProblemAsync(401, "invalid-code");
        await (await _mail.ResetAsync(Tampered(flow), mail.Code)).ShouldBeProblemAsync(401, "invalid-code");
        await (await _mail.ResetAsync(flow, mail.Code)).ShouldBeAsync(204);

        static string Tampered(string token) => $"{token[..40]}{(token[40] == 'A' ? 'B' : 'A')}{token[41..]}";
    }

    [Test]
    public async Task PasswordOfTheAddress_IsRefusedAndTheFlowGoesOn()
    {
        await App.RegisterAsync(_email);
        var (flow, mail) = await _mail.ForgetAndReadAsync(_email);
        var local = _email.Split('@')[0];
        var problem = await (await _mail.ResetAsync(flow, mail.Code, $"my {local} password"))
            .ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(problem.Fields(), Is.EqualTo(new[] { "newPassword" }));
        await (await _mail.ResetAsync(flow, mail.Code)).ShouldBeAsync(204);
    }

    [Test]
    public async Task Reset_ClearsTheWrongPasswordsOfTheAddress()
    {
        await App.RegisterAsync(_email);
        for (var i = 0; i < 5; i++)
        {
            await App.CreateClient().TryLoginAsync(_email, "a wrong password");
        }

        await (await App.CreateClient().TryLoginAsync(_email, TestAccounts.Password)).ShouldBeProblemAsync(
            429, "too-many-attempts");
        var (flow, mail) = await _mail.ForgetAndReadAsync(_email);
        await (await _mail.ResetAsync(flow, mail.Code)).ShouldBeAsync(204);
        await (await App.CreateClient().TryLoginAsync(_email, MailApp.NewPassword)).ShouldBeAsync(200);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task LockDuringAReset_Stays()
    {
        await using var mail = new MailApp(TestAccounts.WithAdmin, kind);
        var tokens = await mail.App.LoginAsync(await mail.App.RegisterAsync(_email));
        var (flow, sent) = await mail.ForgetAndReadAsync(_email);
        var client = mail.App.CreateClient();
        var admin = await client.AdminAsync();
        var answers = await Task.WhenAll(
            mail.ResetAsync(flow, sent.Code), client.LockAsync(admin, tokens.AccountId()));
        await answers[1].ShouldBeAsync(204);
        Assert.That((int)answers[0].StatusCode, Is.EqualTo(204).Or.EqualTo(401));
        var password = answers[0].IsSuccessStatusCode ? MailApp.NewPassword : TestAccounts.Password;
        await (await client.TryLoginAsync(_email, password)).ShouldBeProblemAsync(403, "account-locked");
    }

    [Test]
    public async Task SignInDuringAReset_LeavesNoSession()
    {
        await App.RegisterAsync(_email);
        var (flow, mail) = await _mail.ForgetAndReadAsync(_email);
        var signIns = Enumerable.Range(0, 4).Select(_ =>
            App.CreateClient().TryLoginAsync(_email, TestAccounts.Password));
        var all = await Task.WhenAll([_mail.ResetAsync(flow, mail.Code), .. signIns]);
        await all[0].ShouldBeAsync(204);
        foreach (var signedIn in all[1..].Where(one => one.IsSuccessStatusCode))
        {
            var tokens = TokenPair.From(await signedIn.JsonAsync());
            await (await App.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        }
    }
}
