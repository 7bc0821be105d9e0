using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Mail;

/// <summary>The mails that tell an owner what was done.</summary>
[OnDatabases]
internal sealed class NoticesToOwners(DatabaseKind kind)
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    private const string NewerFirefox = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";
    private const string Phone =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/19.0 "
        + "Mobile/15E148 Safari/604.1";

    private readonly string _email = TestAccounts.UniqueEmail();

    [TestCase(Phone, "203.0.113.7", true)]
    [TestCase(Phone, "192.0.2.1", false, TestName = "{m}(the same network)")]
    [TestCase(NewerFirefox, "203.0.113.7", false, TestName = "{m}(the same device after an update)")]
    public async Task SignIn_IsToldIfDeviceAndNetworkAreNew(string userAgent, string address, bool told)
    {
        await using var mail = await ConfirmedAsync();
        await SignInAsync(mail, Firefox, "192.0.2.1");
        await SignInAsync(mail, userAgent, address);
        await mail.DrainAsync();
        var notices = (await mail.MailsToAsync(_email)).Where(one => one.Template == "new-sign-in").ToList();
        Assert.That(notices, Has.Count.EqualTo(told ? 1 : 0));
        if (told)
        {
            Assert.That(notices[0].Text, Does.Contain("Device: Safari, iOS").And.Contain("IP address: 203.0.113.7"));
        }
    }

    [Test]
    public async Task FirstSignIn_IsNotTold()
    {
        await using var mail = await ConfirmedAsync();
        await SignInAsync(mail, Phone, "203.0.113.7");
        await mail.DrainAsync();
        Assert.That((await mail.MailsToAsync(_email)).Select(one => one.Template), Has.None.EqualTo("new-sign-in"));
    }

    [Test]
    public async Task WordsOfAClient_AreNotRepeated()
    {
        await using var mail = await ConfirmedAsync();
        await SignInAsync(mail, Firefox, "192.0.2.1");
        await SignInAsync(mail, "Call-your-bank-now/0123 {{link}} <b>", "203.0.113.7");
        var notice = await mail.MailAsync(_email, "new-sign-in");
        Assert.That(notice.Text, Does.Contain("Device: –").And.Not.Contain("bank"));
    }

    [Test]
    public async Task PasswordLockAndDeletion_AreTold()
    {
        await using var mail = await ConfirmedAsync(TestAccounts.WithAdmin);
        var app = mail.App;
        var session = await app.LoginAsync(_email);
        await (await app.CreateClient().ChangePasswordAsync(session.AccessToken, MailApp.NewPassword))
            .ShouldBeAsync(204);
        Assert.That((await mail.MailAsync(_email, "password-changed")).Text, Does.Contain("was changed"));

        var client = app.CreateClient();
        var admin = await client.AdminAsync();
        await (await client.LockAsync(admin, session.AccountId())).ShouldBeAsync(204);
        Assert.That((await mail.MailAsync(_email, "account-locked")).Text, Does.Contain("An administrator locked"));
        await (await client.UnlockAsync(admin, session.AccountId())).ShouldBeAsync(204);

        session = await AccountRequests.TokensOfAsync(await client.TryLoginAsync(_email, MailApp.NewPassword));
        await (await client.SendAsync(HttpMethod.Delete, "/api/users/me", null,
            ("Authorization", $"Bearer {session.AccessToken}"), ("Accept-Language", "de"))).ShouldBeAsync(204);
        Assert.That((await mail.MailAsync(_email, "account-deleted")).Subject, Does.Contain("gelöscht"));
    }

    [Test]
    public async Task UnconfirmedAddress_GetsNone()
    {
        await using var mail = new MailApp(kind: kind);
        await mail.App.RegisterAsync(_email);
        var session = await mail.App.LoginAsync(_email);
        await (await mail.App.CreateClient().ChangePasswordAsync(session.AccessToken, MailApp.NewPassword))
            .ShouldBeAsync(204);
        session = await AccountRequests.TokensOfAsync(
            await mail.App.CreateClient().TryLoginAsync(_email, MailApp.NewPassword));
        await (await mail.App.CreateClient(session.AccessToken).DeleteAsync("/api/users/me")).ShouldBeAsync(204);
        await mail.DrainAsync();
        Assert.That(
            (await mail.MailsToAsync(_email)).Select(one => one.Template), Is.EqualTo(new[] { "confirm-email" }));
    }

    [Test]
    public async Task Setting_TurnsOneKindOff()
    {
        await using var mail = await ConfirmedAsync(new() { ["Mail:Notices:PasswordChanged"] = "false" });
        var session = await mail.App.LoginAsync(_email);
        await (await mail.App.CreateClient().ChangePasswordAsync(session.AccessToken, MailApp.NewPassword))
            .ShouldBeAsync(204);
        await mail.DrainAsync();
        Assert.That(
            (await mail.MailsToAsync(_email)).Select(one => one.Template), Has.None.EqualTo("password-changed"));
    }

    private async Task<MailApp> ConfirmedAsync(Dictionary<string, string?>? settings = null)
    {
        var mail = new MailApp(settings, kind, services => services.AddClientAddress("192.0.2.1"));
        await mail.App.RegisterAsync(_email);
        mail.App.Sql("UPDATE AspNetUsers SET EmailConfirmed = 1 WHERE Email = @p0", _email);
        return mail;
    }

    private async Task SignInAsync(MailApp mail, string userAgent, string address)
    {
        var response = await mail.App.CreateClient().SendAsync(
            HttpMethod.Post,
            "/api/auth/login",
            new { email = _email, password = TestAccounts.Password },
            ("User-Agent", userAgent),
            (ClientAddress.Header, address));
        await response.ShouldBeAsync(200);
    }
}
