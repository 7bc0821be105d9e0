using CleanJwt.ProcessTests.Support;
using PuppeteerSharp;

namespace CleanJwt.ProcessTests.Browser;

/// <summary>The tabs of a real browser share the cookie of one session.</summary>
internal sealed class TabsOfOneBrowser
{
    private const int Tabs = 16;
    private const int Rounds = 20;

    /// <summary>Short, so that each round rotates the refresh token.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(4);

    /// <summary>What each page does at its start.</summary>
    private const string Refresh =
        """
        async () => {
          const answer = await fetch('/api/auth/refresh?transport=cookie', {
            method: 'POST', credentials: 'include', keepalive: true,
            headers: { 'Content-Type': 'application/json' }, body: '{}',
          });
          return answer.status;
        }
        """;

    /// <summary>Asks for a refresh and leaves the page before the answer can arrive.</summary>
    private const string RefreshAndLeave = $"() => {{ ({Refresh})(); location.href = 'about:blank'; }}";

    [Test]
    [Category("Load")]
    public async Task RestoredOverASlowLine_LoseNoSession()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        var (service, proxy) = await StartBehindASlowLineAsync(folder);
        await using var running = service;
        using var line = proxy;
        var address = AddressOf(proxy);
        await browser.Page.SignUpAsync(address, TestAccounts.UniqueEmail());
        var tabs = new List<IPage> { browser.Page };
        while (tabs.Count < Tabs)
        {
            var tab = await browser.NewTabAsync();
            await tab.LoadAsync($"{address}account");
            tabs.Add(tab);
        }

        proxy.Delay = TimeSpan.FromMilliseconds(300);
        var rotations = new HashSet<string>();
        for (var round = 1; round <= Rounds; round++)
        {
            await Task.Delay(Interval);
            if (round is 1 or Rounds)
            {
                await Task.WhenAll(tabs.Select(tab => tab.ReloadPageAsync()));
                var signedIn = await Task.WhenAll(tabs.Select(tab => tab.IsSignedInAsync()));
                Assert.That(signedIn, Is.All.True, $"round {round}");
            }
            else
            {
                // The same requests, without the work of drawing sixteen pages.
                var statuses = await Task.WhenAll(tabs.Select(tab => tab.EvaluateFunctionAsync<int>(Refresh)));
                Assert.That(statuses, Is.All.EqualTo(200), $"round {round}");
            }

            rotations.Add((await CookieAsync(browser.Page, address)).Value);
        }

        Assert.That(rotations, Has.Count.EqualTo(Rounds), "each round rotated");
    }

    [Test]
    public async Task PageLeftInTheMiddleOfARefresh_KeepsTheNewCookie()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        var (service, proxy) = await StartBehindASlowLineAsync(folder);
        await using var running = service;
        using var line = proxy;
        var address = AddressOf(proxy);
        await browser.Page.SignUpAsync(address, TestAccounts.UniqueEmail());
        var before = (await CookieAsync(browser.Page, address)).Value;
        await Task.Delay(Interval);
        proxy.Delay = TimeSpan.FromMilliseconds(500);
        await browser.Page.EvaluateFunctionAsync(RefreshAndLeave);
        await Task.Delay(2 * Interval);

        Assert.That((await CookieAsync(browser.Page, address)).Value, Is.Not.EqualTo(before));
        await browser.Page.LoadAsync($"{address}account");
        Assert.That(await browser.Page.IsSignedInAsync(), Is.True);
    }

    [Test]
    public async Task SignOut_IsSeenByTheOtherTab()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await CleanJwtProcess.StartAsIssuerAsync(folder.Path);
        var address = service.Client.BaseAddress!.ToString();
        await browser.Page.SignUpAsync(address, TestAccounts.UniqueEmail());
        var other = await browser.NewTabAsync();
        await other.LoadAsync($"{address}account/sessions");

        await browser.Page.BringToFrontAsync();
        await browser.Page.EvaluateExpressionAsync("document.querySelector('#signed-in button').click()");
        await browser.Page.WaitForPathAsync("/account/sign-in");
        await other.BringToFrontAsync();
        await other.WaitAsync("location.pathname === '/account/sign-in'");
        Assert.That(await CookiesAsync(browser.Page, address), Is.Empty);
    }

    [Test]
    public async Task SessionEndedElsewhere_LeadsToTheSignIn()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await CleanJwtProcess.StartAsIssuerAsync(folder.Path);
        var address = service.Client.BaseAddress!.ToString();
        var email = TestAccounts.UniqueEmail();
        await browser.Page.SignUpAsync(address, email);
        var other = await browser.NewTabAsync();
        await other.LoadAsync($"{address}account/activity");
        var tokens = await service.LoginAsync(email);
        using var client = new HttpClient { BaseAddress = service.Client.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", tokens.AccessToken);
        await (await client.DeleteAsync("/api/users/me/sessions?except=current")).ShouldBeAsync(204);

        // The next thing that the page asks for tells it.
        await browser.Page.EvaluateExpressionAsync("document.querySelector('a[href$=\"/account/sessions\"]').click()");
        await browser.Page.WaitAsync("location.pathname === '/account/sign-in'");
        await other.WaitAsync("location.pathname === '/account/sign-in'");
        await browser.Page.WaitAsync("document.querySelector('#status').textContent.includes('session')");
    }

    [Test]
    public async Task Tokens_AreNowhereThatAScriptCanReadThem()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await CleanJwtProcess.StartAsIssuerAsync(folder.Path);
        var address = service.Client.BaseAddress!.ToString();
        await browser.Page.SignUpAsync(address, TestAccounts.UniqueEmail());
        var cookie = await CookieAsync(browser.Page, address);
        var readable = await browser.Page.EvaluateExpressionAsync<string>(
            "document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)"
            + " + JSON.stringify(history.state) + location.href + document.documentElement.outerHTML");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cookie.HttpOnly, Is.True);
            Assert.That(cookie.SameSite, Is.EqualTo(SameSite.Strict));
            Assert.That(readable, Does.Not.Contain(cookie.Value).And.Not.Contain("eyJ"));
            Assert.That(await browser.Page.EvaluateExpressionAsync<string>("document.cookie"), Is.Empty);
            Assert.That(service.Output, Does.Not.Contain(cookie.Value).And.Not.Contain("eyJ"));
        }
    }

    private static string AddressOf(DelayingProxy proxy) => $"http://127.0.0.1:{proxy.Port}/";

    private static async Task<(CleanJwtProcess Service, DelayingProxy Proxy)> StartBehindASlowLineAsync(
        TemporaryFolder folder)
    {
        var address = CleanJwtProcess.FreeAddress();
        var proxy = new DelayingProxy("127.0.0.1", address.Port);
        var service = await CleanJwtProcess.StartAsync(
            folder.Path,
            new()
            {
                ["Jwt:Issuer"] = AddressOf(proxy),
                ["Sessions:CookieRotationInterval"] = Interval.ToString(),
            },
            address);
        return (service, proxy);
    }

    private static Task<CookieParam[]> CookiesAsync(IPage page, string address) => page.GetCookiesAsync(address);

    private static async Task<CookieParam> CookieAsync(IPage page, string address) =>
        (await CookiesAsync(page, address)).Single(cookie => cookie.Name == "cleanjwt");
}
