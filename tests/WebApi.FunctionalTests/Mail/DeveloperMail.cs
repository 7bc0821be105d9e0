using System.Net;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Mail;

/// <summary>The page on which developers see the mails that were written to the folder.</summary>
internal sealed class DeveloperMail
{
    [Test]
    public async Task Json_HasCodeAndLinkOfEveryMail()
    {
        await using var mail = Local();
        var email = await mail.App.RegisterAsync();
        mail.App.Time.Advance(TimeSpan.FromSeconds(1));
        var (_, reset) = await mail.ForgetAndReadAsync(email);

        var response = await GetAsync(mail, "application/json");
        await response.ShouldBeAsync(200);
        var items = (await response.JsonAsync()).GetProperty("items").EnumerateArray().ToList();
        var newest = items[0];
        Assert.That(
            newest.Names(),
            Is.EqualTo(new[] { "id", "to", "subject", "template", "code", "link", "createdAt" }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(newest.Text("id"), Is.EqualTo(reset.Id));
            Assert.That(newest.Text("to"), Is.EqualTo(email));
            Assert.That(newest.Text("subject"), Is.EqualTo("Reset your password for CleanJwt"));
            Assert.That(newest.Text("template"), Is.EqualTo("reset-password"));
            Assert.That(newest.Text("code"), Is.EqualTo(reset.Code));
            Assert.That(newest.Text("link"), Is.EqualTo(reset.Link));
            Assert.That(newest.Text("createdAt"), Does.EndWith("Z"));
            Assert.That(
                items.Select(item => item.Text("template")), Is.EqualTo(new[] { "reset-password", "confirm-email" }));
        }
    }

    [Test]
    public async Task Page_ShowsThemAndRunsNothing()
    {
        await using var mail = Local();
        var empty = await (await GetAsync(mail, "text/html")).Content.ReadAsStringAsync();
        Assert.That(empty, Does.Contain("There are no mails yet"));
        var (_, reset) = await mail.ForgetAndReadAsync(await mail.App.RegisterAsync("a'&b@example.com"));

        var response = await GetAsync(mail, "text/html");
        var page = await response.Content.ReadAsStringAsync();
        Assert.That(page, Does.Contain(reset.Code).And.Contain(reset.Link).And.Contain("a&#x27;&amp;b@example.com"));
        Assert.That(page, Does.Not.Contain("<script"));
        Assert.That(
            response.Headers.GetValues("Content-Security-Policy").Single(),
            Does.StartWith("default-src 'none'").And.Not.Contain("script-src"));
        Assert.That(response.Headers.CacheControl?.NoStore, Is.True);
    }

    [TestCase("127.0.0.1", "localhost", 200)]
    [TestCase("::1", "[::1]", 200)]
    [TestCase("127.0.0.1", "evil.example", 404)]
    [TestCase("127.0.0.1", "localhost.evil.example", 404)]
    [TestCase("192.0.2.1", "localhost", 404)]
    [Category("Exhaustive")]
    public async Task Page_IsForThisMachineOnly(string address, string host, int status)
    {
        await using var mail = Local(address);
        var response = await mail.App.CreateClientOf($"http://{host}").GetAsync("/dev/mail");
        Assert.That(response.StatusCode, Is.EqualTo((HttpStatusCode)status));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task OutsideDevelopment_IsNotThere()
    {
        await using var app = new CleanJwtApp(
            new()
            {
                ["Mail:Transport"] = "Folder",
                ["Jwt:Issuer"] = "http://localhost:5080",
                ["KeyProtection:CertificatePath"] = KeyCertificate.WriteTo(Path.GetTempPath()),
                ["KeyProtection:CertificatePassword"] = TestAccounts.Password,
            },
            configure: services => services.AddClientAddress("127.0.0.1"),
            environment: "Production");
        await (await app.CreateClient().GetAsync("/dev/mail")).ShouldBeProblemAsync(404, "not-found");
    }

    private static MailApp Local(string address = "127.0.0.1") =>
        new(configure: services => services.AddClientAddress(address));

    private static Task<HttpResponseMessage> GetAsync(MailApp mail, string accept) =>
        mail.App.CreateClient().GetAsync("/dev/mail", ("Accept", accept));
}
