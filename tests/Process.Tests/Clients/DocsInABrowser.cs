using CleanJwt.ProcessTests.Support;
using PuppeteerSharp;

namespace CleanJwt.ProcessTests.Clients;

/// <summary>The page at <c>/docs</c> in a real browser, which enforces its policy.</summary>
internal sealed class DocsInABrowser
{
    [TestCase("Development")]
    [TestCase("Production")]
    public async Task Page_ShowsTheApiAndSendsRequestsWithinItsPolicy(string environment)
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = CleanJwtProcess.Launch(
            folder.Path, new() { ["Jwt:Issuer"] = "https://auth.example.com" }, environment);
        await service.WaitUntilReadyAsync();
        var address = service.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);

        var page = browser.Page;
        await page.GoToAsync($"{address}/docs/#tag/auth/POST/api/auth/login", WaitUntilNavigation.Networkidle0);
        Assert.That(await page.GetTitleAsync(), Is.EqualTo("CleanJwt"));
        await page.WaitForFunctionAsync("() => document.body.innerText.includes('Sign in')");

        // Its styles are there.
        Assert.That(await page.EvaluateExpressionAsync<string>(
            "getComputedStyle(document.querySelector('.scalar-app')).display"), Is.Not.EqualTo("inline"));
        Assert.That(await page.EvaluateExpressionAsync<int>("document.querySelectorAll('style').length"), Is.Positive);

        await ClickAsync(page, "Test Request (post /api/auth/login)");
        var answered = page.WaitForResponseAsync($"{address}/api/auth/login");
        await ClickAsync(page, "Send");
        var answer = await answered;
        Assert.That(answer.Request.Method, Is.EqualTo(HttpMethod.Post));
        Assert.That((int)answer.Status, Is.EqualTo(400));
        await page.WaitForFunctionAsync("() => document.body.innerText.includes('validation-failed')");
        await page.WaitForFunctionAsync("() => document.body.innerText.includes('400 Bad Request')");

        Assert.That(browser.Requests.Where(url => !url.StartsWith(address + "/", StringComparison.Ordinal)), Is.Empty);
        Assert.That(
            browser.Complaints,
            Has.All.Contains("400 (Bad Request)"),
            "of the request that was tried, and nothing else");
        Assert.That(browser.Complaints, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task PageOfAnotherSite_CannotFrameIt()
    {
        await using var browser = await RealBrowser.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await CleanJwtProcess.StartAsync(folder.Path);
        await using var other = await OtherSite.StartAsync();
        foreach (var route in new[] { "/docs/", "/api/auth/token" })
        {
            var before = browser.Complaints.Count;
            await browser.Page.GoToAsync(other.Address);
            await browser.Page.EvaluateFunctionAsync(
                "address => new Promise(done => { const frame = document.createElement('iframe'); frame.onload = done; frame.src = address; document.body.append(frame); })",
                new Uri(service.Client.BaseAddress!, route).ToString());
            Assert.That(browser.Complaints.Skip(before), Has.Some.Contains("frame-ancestors 'none'"), route);
        }
    }

    // By what it says: the page gives its buttons no other names. Sections are drawn once they are scrolled to.
    private static async Task ClickAsync(IPage page, string text)
    {
        await page.WaitForFunctionAsync(
            """
            text => {
              const button = [...document.querySelectorAll('button')].find(button => (button.ariaLabel ?? button.innerText).replace(/\s+/g, ' ').includes(text));
              button?.scrollIntoView();
              button?.click();
              return button !== undefined;
            }
            """,
            text);
    }
}
