using CleanJwt.ProcessTests.Support;
using PuppeteerSharp;
using PuppeteerSharp.Media;

namespace CleanJwt.ProcessTests.Browser;

/// <summary>
/// People with second factors and passkeys at the account pages, with a real browser and its virtual authenticator.
/// </summary>
internal sealed class SecondFactorsInABrowser
{
    /// <summary>A sign-in counts as recent for longer than a page takes, and for less than a test may wait.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(6);

    /// <summary>
    /// All pages and steps in one look: an image of each, and what a machine can judge. A person must look at the
    /// images.
    /// </summary>
    [TestCase("light", 1100, "en")]
    [TestCase("light", 360, "de")]
    [TestCase("dark", 1100, "de")]
    [TestCase("dark", 360, "en")]
    public async Task EveryStep_IsAccessibleAndFits(string scheme, int width, string language)
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        var (page, address) = (browser.Page, service.Client.BaseAddress!.ToString());
        var email = await service.RegisterAsync();
        await VirtualAuthenticator.PlugInAsync(page);
        await WithoutSuggestionsAsync(page);
        await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = 800 });
        await page.EmulateMediaFeaturesAsync(
            [new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = scheme }]);
        await page.LoadAsync($"{address}account/sign-in");
        await page.PressAsync($"#footer [lang={language}]");
        await page.WaitAsync($"document.documentElement.lang === '{language}'");
        await InspectAsync("sign-in-with-passkey");

        await BeginSignInAsync(page, address, email);
        await page.WaitForPathAsync("step=offer");
        await InspectAsync("passkey-offer");
        await page.PressAsync("main .button:not(.primary)");
        await page.WaitForPathAsync("/account");

        await page.LoadAsync($"{address}account/second-factors");
        await InspectAsync("second-factors-none");
        await page.PressAsync("main .button.primary");
        var app = await AppAsync(page);
        await page.WaitAsync("document.querySelector('.qr').naturalWidth > 100");
        await InspectAsync("totp-set-up");
        await page.FillAsync("code", app.WrongCodeAt(DateTimeOffset.UtcNow));
        await page.SubmitAsync();
        await page.WaitForSelectorAsync("main [aria-invalid=true]");
        await InspectAsync("totp-wrong-code");
        await page.FillAsync("code", app.CodeAt(DateTimeOffset.UtcNow));
        await page.SubmitAsync();
        var codes = await RecoveryCodesAsync(page);
        await InspectAsync("recovery-codes");
        await page.EmulateMediaTypeAsync(MediaType.Print);
        await page.PhotographAsync($"recovery-codes-on-paper-{language}", scheme, width);
        Assert.That(
            await page.EvaluateExpressionAsync<string>("document.body.innerText"),
            Does.Contain(email).And.Contain(codes[9]));
        await page.EmulateMediaTypeAsync(MediaType.None);
        await page.EmulateMediaFeaturesAsync(
            [new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = scheme }]);
        await page.PressAsync("main .card > a.primary");
        await page.WaitAsync("document.querySelector('.codes') === null");
        await InspectAsync("second-factors-app");

        await page.LoadAsync($"{address}account/passkeys");
        await InspectAsync("passkeys-none");
        await page.PressAsync("main .button.primary");
        await page.WaitForSelectorAsync("main .rows");
        await InspectAsync("passkeys");
        await page.PressAsync("main .rows .button");
        await page.WaitForSelectorAsync("dialog[open]");
        await InspectAsync("passkey-rename");
        await page.FillAsync("name", "Ada’s laptop");
        await page.SubmitAsync();
        await page.WaitAsync("document.querySelector('main .rows').textContent.includes('Ada’s laptop')");
        await page.PressAsync("main .rows .danger");
        await page.WaitForSelectorAsync("dialog[open]");
        await InspectAsync("passkey-remove");
        await page.Keyboard.PressAsync("Escape");
        await page.LoadAsync($"{address}account/second-factors");
        await InspectAsync("second-factors-all");
        await page.LoadAsync($"{address}account/activity");
        await InspectAsync("activity-of-factors");

        await SignOutAsync(page);
        await BeginSignInAsync(page, address, email);
        await page.WaitForSelectorAsync("input[name=code]");
        await InspectAsync("second-factor-code");
        await page.PressAsync("main .links .button:nth-child(1)");
        await page.WaitAsync("document.querySelector('input[name=code]') === null");
        await InspectAsync("second-factor-passkey");
        await page.PressAsync("main .links .button:nth-child(2)");
        await page.WaitForSelectorAsync("input[name=recoveryCode]");
        await InspectAsync("second-factor-recovery-code");
        await page.FillAsync("recoveryCode", codes[0]);
        await page.SubmitAsync();
        await page.WaitForPathAsync("/account");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(browser.Complaints.Where(IsNoRefusal), Is.Empty);
            Assert.That(
                browser.Requests.Where(request => !request.StartsWith("data:", StringComparison.Ordinal)),
                Is.All.StartsWith(address));
        }

        Task InspectAsync(string name) => page.InspectAsync($"{name}-{language}", scheme, width);
    }

    [Test]
    public async Task Passkey_IsAddedAfterASignIn_SignsIn_AndIsRemoved()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        var (page, address) = (browser.Page, service.Client.BaseAddress!.ToString());
        var email = await service.RegisterAsync();
        var authenticator = await VirtualAuthenticator.PlugInAsync(page);
        await WithoutSuggestionsAsync(page);
        await AddOfferedPasskeyAsync(page, address, email);
        Assert.That(await authenticator.CountPasskeysAsync(), Is.EqualTo(1));

        await SignOutAsync(page);
        await page.LoadAsync($"{address}account/sign-in?returnTo=%2Faccount%2Fpasskeys");
        await authenticator.SetUserVerifiedAsync(false);
        await page.PressAsync("main .or + .stack .button");
        await page.WaitForSelectorAsync("main .or + .stack .notice.bad");
        await authenticator.SetUserVerifiedAsync(true);
        await page.PressAsync("main .or + .stack .button");
        await page.WaitForPathAsync("/account/passkeys");

        // The device has a passkey already.
        await page.PressAsync("main .button.primary");
        await page.WaitForSelectorAsync("#status .notice.bad");
        await page.PressAsync("main .rows .danger");
        await page.PressAsync("dialog[open] .primary");
        await page.WaitForSelectorAsync("main .empty");
        await SignOutAsync(page);
        await BeginSignInAsync(page, address, email);
        await page.WaitForPathAsync("step=offer");
        Assert.That(browser.Complaints.Where(IsNoRefusal), Is.Empty);
    }

    [Test]
    public async Task SuggestedPasskey_SignsInWithoutAClick()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        var (page, address) = (browser.Page, service.Client.BaseAddress!.ToString());
        await VirtualAuthenticator.PlugInAsync(page);
        await AddOfferedPasskeyAsync(page, address, await service.RegisterAsync());
        await page.LoadAsync($"{address}account/sessions");

        // The user of the virtual authenticator takes each suggestion at once.
        await page.PressAsync("#signed-in button");
        await page.WaitForPathAsync("/account");
        Assert.That(await page.IsSignedInAsync(), Is.True);
        Assert.That(browser.Complaints, Is.Empty);
    }

    [Test]
    public async Task PasskeyAlone_CanBeTheSecondFactor()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        var (page, address) = (browser.Page, service.Client.BaseAddress!.ToString());
        var email = await service.RegisterAsync();
        await VirtualAuthenticator.PlugInAsync(page);
        await WithoutSuggestionsAsync(page);
        await AddOfferedPasskeyAsync(page, address, email);

        await page.LoadAsync($"{address}account/second-factors");
        await page.PhotographAsync("second-factors-passkey-off", "light", 800);
        await page.PressAsync("main .card:nth-of-type(2) .primary");
        await page.WaitForSelectorAsync("main .card:nth-of-type(3)");
        await page.PhotographAsync("second-factors-passkey-on", "light", 800);
        await SignOutAsync(page);
        await BeginSignInAsync(page, address, email);
        await page.WaitAsync("document.querySelector('main input') === null");
        await page.SubmitAsync();
        await page.WaitForPathAsync("/account");

        await page.LoadAsync($"{address}account/second-factors");
        await page.PressAsync("main .card:nth-of-type(2) .danger");
        await page.PressAsync("dialog[open] .primary");
        await page.WaitAsync("document.querySelectorAll('main .card').length === 2");
        Assert.That(browser.Complaints, Is.Empty);
    }

    [Test]
    public async Task OldSignIn_IsProvedAgainByWhatTheAccountHas()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder, new() { ["StepUp:MaxAge"] = Recent.ToString() });
        var (page, address) = (browser.Page, service.Client.BaseAddress!.ToString());
        await VirtualAuthenticator.PlugInAsync(page);
        await WithoutSuggestionsAsync(page);
        await page.SetViewportAsync(new ViewPortOptions { Width = 360, Height = 800 });
        await AddOfferedPasskeyAsync(page, address, await service.RegisterAsync());

        await Task.Delay(Recent);
        await page.LoadAsync($"{address}account/second-factors");
        await page.PressAsync("main .button.primary");
        await page.WaitForSelectorAsync("dialog[open] input[name=password]");
        await page.InspectAsync("prove-by-password-or-passkey", "light", 360);
        await page.PressAsync("dialog[open] .wide");
        var app = await AppAsync(page);
        await page.FillAsync("code", app.CodeAt(DateTimeOffset.UtcNow));
        await page.SubmitAsync();
        var codes = await RecoveryCodesAsync(page);

        await Task.Delay(Recent);
        await page.LoadAsync($"{address}account/second-factors");
        await page.PressAsync("main .card:nth-of-type(3) button");
        await page.PressAsync("dialog[open] .primary");
        await page.FillAsync("password", TestAccounts.Password);
        await page.SubmitAsync();
        await page.FillAsync("code", app.WrongCodeAt(DateTimeOffset.UtcNow));
        await page.InspectAsync("prove-by-code", "light", 360);
        await page.SubmitAsync();
        await page.WaitForSelectorAsync("dialog[open] [aria-invalid=true]");
        await page.PressAsync("dialog[open] .links .button:nth-child(2)");
        await page.FillAsync("recoveryCode", codes[3]);
        await page.SubmitAsync();
        Assert.That(await RecoveryCodesAsync(page), Is.Not.EqualTo(codes));
        Assert.That(browser.Complaints.Where(IsNoRefusal), Is.Empty);
    }

    [Test]
    public async Task KeyboardAlone_GivesTheSecondFactor()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        var (page, address) = (browser.Page, service.Client.BaseAddress!.ToString());
        var email = await service.RegisterAsync();
        var (app, codes) = await SetUpAppAsync(page, address, email);
        await page.LoadAsync($"{address}account/sign-in");
        await page.TypeIntoAsync("email", email);
        await page.TypeIntoAsync("password", TestAccounts.Password);
        await page.Keyboard.PressAsync("Enter");

        // The person begins in the field.
        await page.WaitAsync("document.activeElement.name === 'code'");
        await page.Keyboard.TypeAsync(app.WrongCodeAt(DateTimeOffset.UtcNow));
        await page.Keyboard.PressAsync("Enter");
        await page.WaitAsync("document.activeElement.getAttribute('aria-invalid') === 'true'");
        await page.Keyboard.TypeAsync(NextCodeOf(app).Insert(3, " "));
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForPathAsync("/account");

        await SignOutAsync(page);
        await BeginSignInAsync(page, address, email);
        await page.WaitAsync("document.activeElement.name === 'code'");
        await page.TabToAsync("main .links .button");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitAsync("document.activeElement.name === 'recoveryCode'");
        await page.Keyboard.TypeAsync(codes[9].ToUpperInvariant());
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForPathAsync("/account");
    }

    [Test]
    public async Task FewRecoveryCodes_AreToldAfterTheSignIn()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        var (page, address) = (browser.Page, service.Client.BaseAddress!.ToString());
        var email = await service.RegisterAsync();
        var (_, codes) = await SetUpAppAsync(page, address, email);
        foreach (var code in codes[..6])
        {
            var mfaToken = await service.Client.MfaTokenAsync(email);
            await (await service.Client.TryRecoveryCodeAsync(mfaToken, code)).ShouldBeAsync(200);
        }

        await page.LoadAsync($"{address}account/sign-in?returnTo=/account/sessions");
        await SubmitPasswordAsync(page, email);
        await page.PressAsync("main .links .button");
        await page.FillAsync("recoveryCode", codes[6]);
        await page.SubmitAsync();
        await page.WaitAsync("location.search.includes('step=few')");
        await page.InspectAsync("few-recovery-codes", "light", 800);
        await page.PressAsync("main .button:not(.primary)");
        await page.WaitForPathAsync("/account/sessions");
    }

    [Test]
    public async Task ResetByAnAdministrator_EndsASignInHalfWay()
    {
        await using var browser = await RealBrowser.StartAsync();
        await using var other = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        var (page, address) = (browser.Page, service.Client.BaseAddress!.ToString());
        var email = await service.RegisterAsync();
        var (app, _) = await SetUpAppAsync(page, address, email);
        await BeginSignInAsync(page, address, email);
        await page.WaitForSelectorAsync("input[name=code]");

        await other.Page.SignInAsync(address, TestAccounts.AdminEmail);
        await other.Page.LoadAsync($"{address}account/admin?email={Uri.EscapeDataString(email)}");
        await other.Page.PressAsync("main a.row");
        await other.Page.PressAsync("main .action:nth-last-child(2) button");
        await other.Page.WaitForSelectorAsync("dialog[open]");
        await other.Page.PhotographAsync("admin-reset", "light", 800);
        await other.Page.PressAsync("dialog[open] .primary");
        await other.Page.WaitForSelectorAsync("#status .notice.good");

        await page.FillAsync("code", NextCodeOf(app));
        await page.SubmitAsync();
        await page.WaitForSelectorAsync("input[name=password]");
        Assert.That(
            await page.EvaluateExpressionAsync<string>("document.querySelector('input[name=email]').value"),
            Is.EqualTo(email));
        Assert.That(
            await page.EvaluateExpressionAsync<string>("document.querySelector('#status').textContent"), Is.Not.Empty);
        await page.FillAsync("password", TestAccounts.Password);
        await page.SubmitAsync();
        await page.WaitForPathAsync("/account");
    }

    [Test]
    public async Task RecoveryCodes_CanBeDownloadedAndCopied()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        var (page, address) = (browser.Page, service.Client.BaseAddress!.ToString());
        var email = await service.RegisterAsync();
        var (_, codes) = await SetUpAppAsync(page, address, email, signOut: false);
        const string stub =
            """
            window.taken = {};
            Object.defineProperty(navigator, 'clipboard', { value: { writeText: async text => { taken.copy = text; } } });
            URL.createObjectURL = blob => { blob.text().then(text => { taken.file = text; }); return '#'; };
            window.print = () => { taken.print = 'yes'; };
            document.querySelectorAll('main .buttons button').forEach(button => button.click());
            """;
        await page.EvaluateExpressionAsync(stub);
        await page.WaitAsync("Object.keys(taken).length === 3");
        Assert.That(await page.EvaluateExpressionAsync<string>("taken.copy"), Is.EqualTo(string.Join('\n', codes)));
        var file = await page.EvaluateExpressionAsync<string>("taken.file");
        Assert.That(file, Does.Contain(email).And.EndWith(string.Join("\r\n", codes) + "\r\n"));
    }

    // Passkeys belong to a domain, and an address of numbers is none.
    private static Task<CleanJwtProcess> StartAsync(
        TemporaryFolder folder, Dictionary<string, string?>? settings = null) =>
        CleanJwtProcess.StartAsIssuerAsync(
            folder.Path,
            new(settings ?? [])
            {
                ["Admin:Email"] = TestAccounts.AdminEmail,
                ["Admin:Password"] = TestAccounts.Password,
            },
            new Uri($"http://localhost:{CleanJwtProcess.FreePort()}"));

    /// <summary>Keeps pages from suggesting passkeys, which the virtual authenticator would take at once.</summary>
    private static async Task WithoutSuggestionsAsync(IPage page) => await page.EvaluateExpressionOnNewDocumentAsync(
        "if (globalThis.PublicKeyCredential) PublicKeyCredential.isConditionalMediationAvailable = async () => false");

    private static async Task BeginSignInAsync(IPage page, string address, string email)
    {
        await page.LoadAsync($"{address}account/sign-in");
        await SubmitPasswordAsync(page, email);
    }

    private static async Task SubmitPasswordAsync(IPage page, string email)
    {
        await page.FillAsync("email", email);
        await page.FillAsync("password", TestAccounts.Password);
        await page.SubmitAsync();
    }

    private static async Task AddOfferedPasskeyAsync(IPage page, string address, string email)
    {
        await BeginSignInAsync(page, address, email);
        await page.WaitForPathAsync("step=offer");
        await page.PressAsync("main .button.primary");
        await page.WaitForPathAsync("/account");
        await page.WaitForSelectorAsync("#status .notice.good");
    }

    private static async Task SignOutAsync(IPage page)
    {
        await page.PressAsync("#signed-in button");
        await page.WaitForPathAsync("/account/sign-in");
    }

    /// <summary>Sets an authenticator app up on the pages.</summary>
    private static async Task<(AuthenticatorApp App, string[] Codes)> SetUpAppAsync(
        IPage page, string address, string email, bool signOut = true)
    {
        await page.SignInAsync(address, email);
        await page.LoadAsync($"{address}account/second-factors");
        await page.PressAsync("main .button.primary");
        var app = await AppAsync(page);
        await page.FillAsync("code", app.CodeAt(DateTimeOffset.UtcNow));
        await page.SubmitAsync();
        var codes = await RecoveryCodesAsync(page);
        if (signOut)
        {
            await SignOutAsync(page);
        }

        return (app, codes);
    }

    private static async Task<AuthenticatorApp> AppAsync(IPage page)
    {
        await page.WaitForSelectorAsync(".secret");
        return new AuthenticatorApp(
            await page.EvaluateExpressionAsync<string>("document.querySelector('.secret').textContent"));
    }

    private static async Task<string[]> RecoveryCodesAsync(IPage page)
    {
        await page.WaitForSelectorAsync(".codes");
        var codes = await page.EvaluateExpressionAsync<string[]>(
            "[...document.querySelectorAll('.codes code')].map(code => code.textContent)");
        Assert.That(codes, Has.Length.EqualTo(10).And.Unique);
        return codes;
    }

    // The code that set the app up is spent. The service takes the next one early.
    private static string NextCodeOf(AuthenticatorApp app) => app.CodeAt(DateTimeOffset.UtcNow.AddSeconds(30));

    // The browser notes each answer of 400 and above, and wrong codes have such answers.
    private static bool IsNoRefusal(string complaint) =>
        !complaint.StartsWith("Failed to load resource", StringComparison.Ordinal);
}
