using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Mail;

/// <summary>Confirming the address of an account from one of its sessions.</summary>
[OnDatabases]
internal sealed class ConfirmingTheAddress(DatabaseKind kind) : IAsyncDisposable
{
    private readonly MailApp _mail = new(kind: kind);
    private readonly string _email = TestAccounts.UniqueEmail();

    private CleanJwtApp App => _mail.App;

    public ValueTask DisposeAsync() => _mail.DisposeAsync();

    [Test]
    public async Task Code_ConfirmsAlsoASecondTime()
    {
        var session = await App.LoginAsync(await App.RegisterAsync(_email));
        var flowToken = await MailApp.FlowOfAsync(await AskAsync(session));
        var mail = await MailWithCodeAsync();
        Assert.That(mail.Code, Does.Match("^[0-9]{4}-[0-9]{4}$"));
        for (var time = 1; time <= 2; time++)
        {
            var response = await ConfirmAsync(session, new { flowToken, code = mail.Code });
            await response.ShouldBeAsync(200);
            Assert.That((await response.JsonAsync()).GetProperty("emailConfirmed").GetBoolean(), Is.True);
            Assert.That(response.Headers.ETag, Is.Not.Null);
        }

        Assert.That(App.Sql("SELECT COUNT(*) FROM AuditEntries WHERE Action = 'confirm-email'"), Is.EqualTo(1));
        await (await AskAsync(session)).ShouldBeProblemAsync(409, "email-confirmed-already");
        await (await ConfirmAsync(session, new { flowToken, code = MailApp.WrongCode(mail) })).ShouldBeProblemAsync(
            401, "invalid-code");
    }

    [Test]
    public async Task MailAfterARegistration_HoldsALinkAndNoCode()
    {
        var session = await App.LoginAsync(await App.RegisterAsync(_email));
        var mail = await _mail.MailAsync(_email, "confirm-email");
        Assert.That(mail.Code, Is.Null);
        Assert.That(mail.Link, Does.StartWith("http://localhost:5080/account/confirm#token="));
        await (await ConfirmAsync(session, new { token = MailApp.TokenOf(mail) })).ShouldBeAsync(200);
    }

    /// <summary>
    /// A stranger registered with an address that is not theirs. Its owner must not prove the stranger's account by a
    /// click, and the stranger cannot prove it at all.
    /// </summary>
    [Test]
    public async Task Link_NeedsASessionOfItsAccount()
    {
        var strangers = await App.LoginAsync(await App.RegisterAsync(_email));
        var token = MailApp.TokenOf(await _mail.MailAsync(_email, "confirm-email"));
        await (await _mail.PostAsync("/api/users/me/email/confirm", new { token })).ShouldBeProblemAsync(
            401, "missing-token");
        var owners = await App.LoginAsync();
        await (await ConfirmAsync(owners, new { token })).ShouldBeProblemAsync(401, "invalid-code");
        Assert.That(App.Sql("SELECT COUNT(*) FROM AspNetUsers WHERE EmailConfirmed = 1"), Is.Zero);

        // The owner's way in is a reset, and it ends the stranger's.
        var (flow, mail) = await _mail.ForgetAndReadAsync(_email);
        await (await _mail.ResetAsync(flow, mail.Code)).ShouldBeAsync(204);
        await (await App.MeAsync(strangers.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await App.CreateClient().TryLoginAsync(_email, TestAccounts.Password)).ShouldBeProblemAsync(
            401, "invalid-credentials");
        await (await ConfirmAsync(strangers, new { token })).ShouldBeProblemAsync(401, "token-revoked");
    }

    /// <summary>Otherwise the flows of many accounts would give many times five tries of one account's code.</summary>
    [Test]
    public async Task FlowOfAnotherAccount_IsWorthNothing()
    {
        var session = await App.LoginAsync(await App.RegisterAsync(_email));
        var others = await App.LoginAsync();
        var flowToken = await MailApp.FlowOfAsync(await AskAsync(others));
        var attempts = App.Sql("SELECT COUNT(*) FROM PasswordAttempts");
        await (await ConfirmAsync(session, new { flowToken, code = "0000-0000" })).ShouldBeProblemAsync(
            401, "invalid-code");
        Assert.That(App.Sql("SELECT COUNT(*) FROM PasswordAttempts"), Is.EqualTo(attempts), "it is not even compared");
    }

    [Test]
    public async Task RightCode_IsNoTry()
    {
        var session = await App.LoginAsync(await App.RegisterAsync(_email));
        var flowToken = await MailApp.FlowOfAsync(await AskAsync(session));
        var mail = await MailWithCodeAsync();
        for (var time = 1; time <= 7; time++)
        {
            await (await ConfirmAsync(session, new { flowToken, code = mail.Code })).ShouldBeAsync(200);
        }
    }

    [Test]
    public async Task OtherScope_IsNotEnough()
    {
        await App.RegisterAsync(_email);
        var reader = await App.LoginAsync(_email, "account:read");
        await (await AskAsync(reader)).ShouldBeProblemAsync(403, "insufficient-scope");
        await (await ConfirmAsync(reader, new { flowToken = "x", code = "x" })).ShouldBeProblemAsync(
            403, "insufficient-scope");
    }

    [Test]
    public async Task PasswordChangedSince_MakesCodeAndLinkWorthless()
    {
        var session = await App.LoginAsync(await App.RegisterAsync(_email));
        var flowToken = await MailApp.FlowOfAsync(await AskAsync(session));
        var mail = await MailWithCodeAsync();
        await (await App.CreateClient().ChangePasswordAsync(session.AccessToken, MailApp.NewPassword)).ShouldBeAsync(
            204);
        await (await ConfirmAsync(session, new { flowToken, code = mail.Code })).ShouldBeProblemAsync(
            401, "invalid-code");
        await (await ConfirmAsync(session, new { token = MailApp.TokenOf(mail) })).ShouldBeProblemAsync(
            401, "invalid-code");
    }

    private async Task<Infrastructure.Mail.InboxMail> MailWithCodeAsync()
    {
        var mail = await _mail.MailAsync(_email, "confirm-email");
        return mail.Code is null ? await _mail.MailAsync(_email, "confirm-email") : mail;
    }

    private Task<HttpResponseMessage> AskAsync(TokenPair session) =>
        _mail.PostAsync("/api/users/me/email/confirmation", new { }, session);

    private Task<HttpResponseMessage> ConfirmAsync(TokenPair session, object body) =>
        _mail.PostAsync("/api/users/me/email/confirm", body, session);
}
