using System.Text.Json;
using System.Text.RegularExpressions;
using CleanJwt.ProcessTests.Support;
using PuppeteerSharp;

namespace CleanJwt.ProcessTests.Browser;

/// <summary>People at the account pages, with a real browser, a real service and real mails.</summary>
internal sealed partial class AccountPagesInABrowser
{
    private const string NewPassword = "a new horse and a new staple";

    private static readonly string[] GuestPages =
        ["sign-in", "sign-up", "forgot-password", "reset-password#token=x", "confirm#token=x"];

    private static readonly string[] OwnersPages =
        ["", "password", "sessions", "activity", "confirm", "delete", "admin", "nothing-here"];

    /// <summary>
    /// All pages in one look: an image of each, and what a machine can judge. A person must look at the images.
    /// </summary>
    [TestCase("light", 1100)]
    [TestCase("light", 360)]
    [TestCase("dark", 1100)]
    [TestCase("dark", 360)]
    public async Task EveryPage_IsAccessibleAndKeepsToItself(string scheme, int width)
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        var (page, address) = (browser.Page, service.Client.BaseAddress!.ToString());
        await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = 800 });
        await page.EmulateMediaFeaturesAsync(
            [new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = scheme }]);

        foreach (var name in GuestPages)
        {
            await LookAtAsync(name);
        }

        await page.SignInAsync(address, TestAccounts.AdminEmail);
        foreach (var name in OwnersPages)
        {
            await LookAtAsync(name);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(browser.Complaints, Is.Empty);
            Assert.That(
                browser.Requests.Where(request => !request.StartsWith("data:", StringComparison.Ordinal)),
                Is.All.StartsWith(address));
        }

        async Task LookAtAsync(string name)
        {
            await page.GoToAsync("about:blank"); // a change of the fragment alone loads nothing
            await page.LoadAsync($"{address}account/{name}".TrimEnd('/'));
            var label = FileName().Replace(name.Length == 0 ? "profile" : name, "");
            await page.InspectAsync(label, scheme, width);
            Assert.That(await page.EvaluateExpressionAsync<string>("location.hash"), Is.Empty, name);
        }
    }

    [Test]
    public async Task German_FitsAndIsComplete()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        var (page, address) = (browser.Page, service.Client.BaseAddress!.ToString());
        await page.SetViewportAsync(new ViewPortOptions { Width = 360, Height = 800 });
        await page.LoadAsync($"{address}account/sign-in");
        await page.EvaluateExpressionAsync("document.querySelector('#footer [lang=de]').click()");
        await page.WaitAsync("document.documentElement.lang === 'de'");
        foreach (var name in GuestPages)
        {
            await page.LoadAsync($"{address}account/{name}");
            await page.PhotographAsync("de-" + FileName().Replace(name, ""), "light", 360);
            Assert.That(await page.SidewaysScrollAsync(), Is.Zero, name);
        }

        await page.SignInAsync(address, TestAccounts.AdminEmail);
        foreach (var name in OwnersPages)
        {
            await page.LoadAsync($"{address}account/{name}".TrimEnd('/'));
            await page.PhotographAsync(
                "de-" + FileName().Replace(name.Length == 0 ? "profile" : name, ""), "light", 360);
            Assert.That(await page.SidewaysScrollAsync(), Is.Zero, name);
        }

        // Neither language has a text that the other lacks.
        var differences = await page.EvaluateFunctionAsync<string[]>(
            """
            async () => {
              const [en, de] = (await Promise.all([import('./assets/texts/en.js'), import('./assets/texts/de.js')]))
                .map(module => module.default ?? module);
              const keys = (texts, path = '') => Object.entries(texts).flatMap(([key, text]) =>
                typeof text === 'object' && text !== null ? keys(text, `${path}${key}.`) : [path + key]);
              const [english, german] = [keys(en), keys(de)];
              return [...english.filter(key => !german.includes(key)), ...german.filter(key => !english.includes(key))];
            }
            """);
        Assert.That(differences, Is.Empty);
    }

    [Test]
    public async Task KeyboardAlone_GoesFromTheSignUpToTheDeletion()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        var (page, address) = (browser.Page, service.Client.BaseAddress!.ToString());
        var email = TestAccounts.UniqueEmail();
        await page.LoadAsync($"{address}account/sign-in");
        await page.TabToAsync("a[href*='/account/sign-up']");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForPathAsync("/account/sign-up");
        await page.TypeIntoAsync("email", email);
        await page.TypeIntoAsync("displayName", "Ada");
        await page.TypeIntoAsync("password", TestAccounts.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForPathAsync("/account");

        await page.TypeIntoAsync("displayName", " Lovelace");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitAsync("document.querySelector('#status').textContent !== ''");

        await page.TabToAsync("#nav a[href$='/account/sessions']");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForPathAsync("/account/sessions");
        await page.GoBackAsync();
        await page.WaitForPathAsync("/account");

        await page.TabToAsync("main a[href$='/account/delete']");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForPathAsync("/account/delete");
        await page.TabToAsync("input[name=sure]");
        await page.Keyboard.PressAsync(" ");
        await page.TabToAsync("main button[type=submit]");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForPathAsync("/account/sign-in");
        await (await service.Client.TryLoginAsync(email)).ShouldBeProblemAsync(401, "invalid-credentials");
        Assert.That(browser.Complaints, Is.Empty);
    }

    [Test]
    public async Task ForgottenPassword_LeadsBackIn()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        var (page, address) = (browser.Page, service.Client.BaseAddress!.ToString());
        var email = await service.RegisterAsync();

        await page.LoadAsync($"{address}account/sign-in");
        await page.EvaluateExpressionAsync("document.querySelector('main a[href*=\"forgot-password\"]').click()");
        await page.WaitForPathAsync("/account/forgot-password");
        await page.FillAsync("email", email);
        await page.SubmitAsync();
        var link = await LinkAsync(service, email, "reset-password");
        await page.LoadAsync(link);
        Assert.That(await page.EvaluateExpressionAsync<string>("location.hash"), Is.Empty);
        await page.FillAsync("newPassword", NewPassword);
        await page.SubmitAsync();
        await page.WaitAsync("!location.pathname.endsWith('/reset-password')");
        await page.SignInAsync(address, email, NewPassword);

        // The mail has proved the address.
        Assert.That(
            await page.EvaluateExpressionAsync<int>("document.querySelectorAll('main a[href$=confirm]').length"),
            Is.Zero);
    }

    [Test]
    public async Task ConfirmedSignUp_ByTheCodeOfTheMail()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder, new() { ["Accounts:RequireConfirmedEmail"] = "true" });
        var (page, address) = (browser.Page, service.Client.BaseAddress!.ToString());
        var email = TestAccounts.UniqueEmail();
        await page.LoadAsync($"{address}account/sign-up");
        await page.FillAsync("email", email);
        await page.FillAsync("password", TestAccounts.Password);
        await page.SubmitAsync();
        await page.WaitForSelectorAsync("input[name=code]");
        await page.FillAsync("code", (await MailAsync(service, email, "confirm-sign-up")).Text("code"));
        await page.SubmitAsync();
        await page.WaitForPathAsync("/account");
    }

    [Test]
    public async Task OldSignIn_AsksForThePasswordBeforeTheDeletion()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder, new() { ["StepUp:MaxAge"] = "00:00:01" });
        var (page, address) = (browser.Page, service.Client.BaseAddress!.ToString());
        await page.SignUpAsync(address, TestAccounts.UniqueEmail());
        await Task.Delay(TimeSpan.FromSeconds(2));
        await page.LoadAsync($"{address}account/delete");
        await page.EvaluateExpressionAsync("document.querySelector('input[name=sure]').click()");
        await page.SubmitAsync();
        await page.WaitForSelectorAsync("dialog[open] input[name=password]");
        await page.PhotographAsync("reauthenticate", "light", 800);
        Assert.That(await page.AccessibilityFaultsAsync(), Is.Empty);
        await page.FillAsync("password", "not the password");
        await page.SubmitAsync();
        await page.WaitForSelectorAsync("dialog[open] input[aria-invalid=true]");
        await page.FillAsync("password", TestAccounts.Password);
        await page.SubmitAsync();
        await page.WaitForPathAsync("/account/sign-in");
    }

    [Test]
    public async Task EvilReturnTo_LeadsToTheProfile()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(
            folder, new() { ["Cors:AllowedOrigins:0"] = "https://app.example.com" });
        var (page, address) = (browser.Page, service.Client.BaseAddress!);
        await page.LoadAsync($"{address}account/sign-in?returnTo={Uri.EscapeDataString("//evil.example")}");
        await page.FillAsync("email", await service.RegisterAsync());
        await page.FillAsync("password", TestAccounts.Password);
        await page.SubmitAsync();
        await page.WaitForPathAsync("/account");

        // The sign-in page leads the signed-in on by the same rule.
        foreach (var returnTo in new[]
        {
            "//evil.example", "///evil.example", "https://evil.example/account", "https:evil.example",
            "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "\nhttps://evil.example",
            "https://HOST@evil.example/", "https://HOST.evil.example/", "https://app.example.com@evil.example/",
            "https://app.example.com.evil.example/", "http://app.example.com/", "https://app.example.com:8443/",
            "https://user@app.example.com/", "http://user:password@HOST/account/sessions", "http://localhost:3000/",
            "javascript:alert(1)", "data:text/html,x", "blob:https://app.example.com/x", "/account/sign-in",
        })
        {
            var query = Uri.EscapeDataString(returnTo.Replace("HOST", address.Authority, StringComparison.Ordinal));
            await page.GoToAsync($"{address}account/sign-in?returnTo={query}");
            await page.WaitForPathAsync("/account");
            Assert.That(page.Url, Is.EqualTo($"{address}account"), returnTo);
        }

        Assert.That(
            browser.Requests.Where(request => !request.StartsWith("data:", StringComparison.Ordinal)),
            Is.All.StartsWith(address.ToString()));
    }

    [Test]
    public async Task ReturnToOfAKnownFrontend_LeadsBackToIt()
    {
        await using var browser = await RealBrowser.StartAsync();
        await using var frontend = await OtherSite.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder, new() { ["Cors:AllowedOrigins:0"] = frontend.Address });
        var (page, address) = (browser.Page, service.Client.BaseAddress!);
        var email = await service.RegisterAsync();
        var back = $"{frontend.Address}/?page=2";
        await page.LoadAsync($"{address}account/sign-in?returnTo={Uri.EscapeDataString(back)}");
        await page.FillAsync("email", email);
        await page.FillAsync("password", TestAccounts.Password);
        await page.SubmitAsync();
        await page.WaitAsync("document.title === 'Another site'");
        Assert.That(page.Url, Is.EqualTo(back));
    }

    [Test]
    public async Task WithoutJavaScript_ThePageSaysThatItNeedsIt()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        await browser.Page.SetJavaScriptEnabledAsync(false);
        await browser.Page.GoToAsync($"{service.Client.BaseAddress}account/sign-in");
        var text = await browser.Page.GetContentAsync();
        Assert.That(text, Does.Contain("needs JavaScript").And.Contain("benötigt JavaScript"));
        await browser.Page.PhotographAsync("no-script", "light", 800);
    }

    [Test]
    public async Task ServiceThatIsAway_IsSaidCalmly()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        var (page, address) = (browser.Page, service.Client.BaseAddress!.ToString());
        await page.SignUpAsync(address, TestAccounts.UniqueEmail());
        await page.LoadAsync($"{address}account/password");
        await service.KillAsync();
        await page.FillAsync("currentPassword", TestAccounts.Password);
        await page.FillAsync("newPassword", NewPassword);
        await page.SubmitAsync();
        await page.WaitAsync("document.querySelector('[role=alert]:not(:empty)') !== null");
        await page.PhotographAsync("unreachable", "light", 800);
        Assert.That(await page.IsSignedInAsync(), Is.True);
    }

    private static Task<CleanJwtProcess> StartAsync(
        TemporaryFolder folder, Dictionary<string, string?>? settings = null) =>
        CleanJwtProcess.StartAsIssuerAsync(folder.Path, new(settings ?? [])
        {
            ["Mail:Transport"] = "Folder",
            ["Admin:Email"] = TestAccounts.AdminEmail,
            ["Admin:Password"] = TestAccounts.Password,
        });

    private static async Task<string> LinkAsync(CleanJwtProcess service, string email, string template) =>
        (await MailAsync(service, email, template)).Text("link");

    private static async Task<JsonElement> MailAsync(CleanJwtProcess service, string email, string template)
    {
        for (var tries = 0; tries < 200; tries++)
        {
            var mails = await (await service.Client.GetAsync("/dev/mail", ("Accept", "application/json"))).JsonAsync();
            foreach (var mail in mails.GetProperty("items").EnumerateArray().Where(
                mail => mail.Text("to") == email && mail.Text("template") == template))
            {
                return mail;
            }

            await Task.Delay(50);
        }

        throw new AssertionException($"No mail '{template}' came to {email}.");
    }

    [GeneratedRegex("#.*")]
    private static partial Regex FileName();
}
