using System.Text.Json.Nodes;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Mail;

/// <summary>The requests that ask for mails and use them: what they refuse, and what they must not do.</summary>
internal sealed class MailRequests
{
    [TestCase("/api/auth/password/forgot", """{"email":"EMAIL"}""")]
    [TestCase("/api/users/me/email/confirmation", "{}")]
    [TestCase("/api/users/me/email/confirmation", "")]
    public async Task WithoutMail_IsNotImplemented(string route, string body)
    {
        var app = SharedService.App;
        var client = app.CreateClient((await app.LoginAsync()).AccessToken);
        var response = await client.PostRawAsync(
            route, body.Replace("EMAIL", TestAccounts.UniqueEmail(), StringComparison.Ordinal),
            body.Length == 0 ? null : "application/json");
        await response.ShouldBeProblemAsync(501, "mail-not-configured");
    }

    [Test]
    public async Task UnknownFrontend_IsRefusedAndAKnownOneLeadsThere()
    {
        await using var mail = new MailApp(new()
        {
            ["Frontends:0:Name"] = "web",
            ["Frontends:0:Url"] = "https://app.example.com/",
            ["Frontends:1:Name"] = "admin",
            ["Frontends:1:Url"] = "https://admin.example.com/console",
        });
        var email = await mail.App.RegisterAsync();
        foreach (var unknown in new[] { "nonsense", "https://evil.example", "", "WEB" })
        {
            var refused = await mail.PostAsync("/api/auth/password/forgot", new { email, frontend = unknown });
            Assert.That(
                (await refused.ShouldBeProblemAsync(400, "validation-failed")).Fields(), Is.EqualTo(
                    new[] { "frontend" }));
        }

        await mail.PostAsync("/api/auth/password/forgot", new { email, frontend = "admin" });
        Assert.That(
            (await mail.MailAsync(email, "reset-password")).Link,
            Does.StartWith("https://admin.example.com/console/reset-password#token="));
        mail.App.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(
            (await mail.ForgetAndReadAsync(email)).Mail.Link,
            Does.StartWith("https://app.example.com/reset-password#token="), "the first is the default");
    }

    [TestCase("/api/auth/password/reset", """{"newPassword":"PASSWORD"}""", "token")]
    [TestCase("/api/auth/password/reset", """{"newPassword":"PASSWORD","flowToken":"x"}""", "code")]
    [TestCase("/api/auth/password/reset", """{"newPassword":"PASSWORD","code":"x"}""", "token code")]
    [TestCase("/api/auth/password/reset", """{"newPassword":"PASSWORD","flowToken":"x","code":"x","token":"x"}""", "token")]
    [TestCase("/api/auth/password/reset", """{"newPassword":"short","token":"x"}""", "newPassword")]
    [TestCase("/api/auth/password/reset", """{"token":"x"}""", "newPassword")]
    [TestCase("/api/auth/register/confirm", "{}", "token")]
    [TestCase("/api/auth/register/confirm", """{"token":"x"}""", "password")]
    [TestCase("/api/auth/register/resend", "{}", "flowToken")]
    [TestCase("/api/auth/password/forgot", """{"email":"nobody"}""", "email")]
    public async Task IncompleteProof_NamesWhatIsMissing(string route, string body, string fields)
    {
        var response = await SharedService.App.CreateClient().PostRawAsync(
            route, body.Replace("PASSWORD", TestAccounts.Password, StringComparison.Ordinal));
        Assert.That(
            (await response.ShouldBeProblemAsync(400, "validation-failed")).Fields(),
            Is.EquivalentTo(fields.Split(' ')));
    }

    /// <summary>Scanners of mails open links, and some submit the forms that they find.</summary>
    [Test]
    [Category("Exhaustive")]
    public async Task OpeningALink_ChangesNothing()
    {
        await using var mail = new MailApp();
        var email = await mail.App.RegisterAsync();
        var links = new[]
        {
            (await mail.MailAsync(email, "confirm-email")).Link!, (await mail.ForgetAndReadAsync(email)).Mail.Link!,
        };
        await mail.StopDispatcherAsync();
        var before = State();
        foreach (var link in links)
        {
            var page = new Uri(link).AbsolutePath;
            var token = link.Split("#token=")[1];
            string[] targets =
            [
                page, $"{page}?token={token}", $"/api/auth/password/reset?token={token}",
                $"/api/users/me/email/confirm?token={token}", $"/api/auth/register/confirm?token={token}",
            ];
            foreach (var target in targets)
            {
                foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head, HttpMethod.Post })
                {
                    using var request = new HttpRequestMessage(method, target);
                    request.Content = method == HttpMethod.Post ? new FormUrlEncodedContent([]) : null;

                    // The page is a document that is the same for all, and does nothing before a person does.
                    var isThePage = target.StartsWith(page, StringComparison.Ordinal) && method != HttpMethod.Post;
                    Assert.That(
                        (await mail.App.CreateClient().SendAsync(request)).IsSuccessStatusCode,
                        Is.EqualTo(isThePage),
                        target);
                }
            }
        }

        Assert.That(State(), Is.EqualTo(before));

        object?[] State() =>
        [
            mail.App.Sql("SELECT Version || ' ' || SecurityVersion || ' ' || EmailConfirmed FROM AspNetUsers"),
            mail.App.Sql("SELECT COUNT(*) FROM SpentTokens"),
            mail.App.Sql("SELECT COUNT(*) FROM PasswordAttempts"),
        ];
    }

    [Test]
    public async Task FieldsThatAreNotMeant_AreIgnored()
    {
        await using var mail = new MailApp(MailApp.WithConfirmation);
        var (email, other) = (TestAccounts.UniqueEmail(), TestAccounts.UniqueEmail());
        JsonObject With(JsonObject body)
        {
            foreach (var name in new[] { "id", "sub", "accountId", "roles", "kind", "purpose", "signUp", "Email2" })
            {
                body[name] = name == "roles" ? new JsonArray("admin") : "forged";
            }

            body["emailConfirmed"] = true;
            return body;
        }

        var flow = await MailApp.FlowOfAsync(await mail.PostAsync(
            "/api/auth/register", With(new() { ["email"] = email, ["password"] = TestAccounts.Password })));
        var code = (await mail.MailAsync(email, "confirm-sign-up")).Code;
        var confirmed = await mail.PostAsync(
            "/api/auth/register/confirm",
            With(new() { ["flowToken"] = flow, ["code"] = code, ["email"] = other, ["displayName"] = "Ada" }));
        await confirmed.ShouldBeAsync(201);
        var account = (await confirmed.JsonAsync()).GetProperty("account");
        Assert.That(account.Text("email"), Is.EqualTo(email));
        Assert.That(account.GetProperty("roles").GetRawText(), Is.EqualTo("[]"));
        Assert.That(account.GetProperty("displayName").ValueKind, Is.EqualTo(System.Text.Json.JsonValueKind.Null));
    }

    [Test]
    public async Task StolenDatabase_ShowsNoAddressCodeOrToken()
    {
        await using var mail = new MailApp(MailApp.WithConfirmation);
        var email = $"victim{Guid.NewGuid():N}@example.com";
        var flow = await MailApp.FlowOfAsync(await mail.SignUpAsync(email));
        var sent = await mail.MailAsync(email, "confirm-sign-up");
        await mail.StopDispatcherAsync();
        mail.App.Time.Advance(TimeSpan.FromMinutes(1));
        await mail.ForgetAsync(email);
        await mail.PostAsync("/api/auth/register/confirm", new { flowToken = flow, code = MailApp.WrongCode(sent) });

        Assert.That(mail.App.Sql("SELECT COUNT(*) FROM Outbox"), Is.EqualTo(1));
        Assert.That(mail.App.Sql("SELECT MAX(LENGTH(Payload)) FROM Outbox"), Is.InRange(1024, 1200), "padded");
        string[] secrets =
        [
            email, email.Split('@')[0], sent.Code!, sent.Code!.Replace("-", "", StringComparison.Ordinal), flow,
            MailApp.TokenOf(sent),
        ];
        foreach (var secret in secrets)
        {
            Assert.That(mail.App.ColumnsHolding(secret), Is.Empty);
        }
    }

    [TestCase("de", "Setzen Sie Ihr Passwort")]
    [TestCase("de-CH, en;q=0.8", "Setzen Sie Ihr Passwort")]
    [TestCase("fr, de;q=0.5, en;q=0.9", "Reset your password")]
    [TestCase("fr", "Reset your password")]
    [TestCase("de;q=0", "Reset your password")]
    [TestCase(";;;", "Reset your password")]
    [TestCase(null, "Reset your password")]
    [Category("Exhaustive")]
    public async Task Language_IsThatOfTheRequest(string? accepted, string subject)
    {
        await using var mail = new MailApp();
        var email = await mail.App.RegisterAsync();
        await mail.App.CreateClient().SendAsync(
            HttpMethod.Post, "/api/auth/password/forgot", new { email },
            accepted is null ? [] : [("Accept-Language", accepted)]);
        Assert.That((await mail.MailAsync(email, "reset-password")).Subject, Does.StartWith(subject));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task WholeFlowsAtTrace_LogNoSecret()
    {
        await using var mail = new MailApp(
            new([.. MailApp.WithConfirmation, .. Hosting.SecretsInLogs.Trace]));
        var email = $"quiet{Guid.NewGuid():N}@example.com";
        var flow = await MailApp.FlowOfAsync(await mail.SignUpAsync(email));
        var signUp = await mail.MailAsync(email, "confirm-sign-up");
        await (await mail.PostAsync("/api/auth/register/confirm", new { flowToken = flow, code = signUp.Code }))
            .ShouldBeAsync(201);
        var (resetFlow, reset) = await mail.ForgetAndReadAsync(email);
        await (await mail.ResetAsync(resetFlow, reset.Code)).ShouldBeAsync(204);
        await mail.DrainAsync();
        var log = string.Join("\n", mail.App.Logs.Lines);
        Assert.That(log, Does.Contain("Executing"), "the log is at Trace");
        foreach (var secret in new[]
        {
            flow, resetFlow, signUp.Code!, reset.Code!, MailApp.TokenOf(signUp), MailApp.TokenOf(reset),
            TestAccounts.Password, MailApp.NewPassword,
        })
        {
            Assert.That(log, Does.Not.Contain(secret));
        }
    }
}
