using System.Globalization;
using System.Text.Json;
using Deque.AxeCore.Commons;
using PuppeteerSharp;

namespace CleanJwt.ProcessTests.Support;

/// <summary>What a person does on the account pages, and what a tester looks at there.</summary>
internal static class AccountPage
{
    /// <summary>A page shows its heading once it is ready, and nothing before.</summary>
    private const string Ready = "document.querySelector('main:not([aria-busy]) h1') !== null";

    private static readonly Lazy<string> Axe = new(() => new BundledAxeScriptProvider().GetScript());

    // The default waits for a frame to be drawn, and a tab in the background draws none.
    private static readonly WaitForFunctionOptions Often = new() { PollingInterval = 50 };

    /// <summary>Waits until an expression is true. A failure says what the page shows instead.</summary>
    public static async Task WaitAsync(this IPage page, string expression)
    {
        try
        {
            await page.WaitForExpressionAsync(expression, Often);
        }
        catch (WaitTaskTimeoutException)
        {
            var shown = await page.EvaluateExpressionAsync<string>("document.body.innerText");
            Assert.Fail($"{expression} did not become true at {page.Url}, which shows:\n{shown}");
        }
    }

    /// <summary>Loads a page and waits until it is shown.</summary>
    public static async Task LoadAsync(this IPage page, string address)
    {
        await page.GoToAsync(address);
        await page.WaitAsync(Ready);
    }

    public static async Task ReloadPageAsync(this IPage page)
    {
        await page.ReloadAsync();
        await page.WaitAsync(Ready);
    }

    /// <summary>Waits for a page of the service by the end of its address.</summary>
    public static async Task WaitForPathAsync(this IPage page, string end)
    {
        await page.WaitAsync($"(location.pathname + location.search).endsWith('{end}')");
        await page.WaitAsync(Ready);
    }

    public static Task<string> HeadingAsync(this IPage page) =>
        page.EvaluateExpressionAsync<string>("document.querySelector('h1').textContent");

    public static async Task FillAsync(this IPage page, string name, string text)
    {
        await page.WaitAsync($"document.querySelector('input[name={name}]') !== null");
        var field = await page.QuerySelectorAsync($"input[name={name}]");
        await field.EvaluateFunctionAsync("field => { field.value = ''; }");
        await field.TypeAsync(text);
    }

    /// <summary>Presses the button of the form in the page, or in the dialog before it.</summary>
    public static Task SubmitAsync(this IPage page) => page.EvaluateExpressionAsync(
        "(document.querySelector('dialog[open]') ?? document.querySelector('main'))"
        + ".querySelector('button[type=submit]').click()");

    /// <summary>Waits for a button or a link, and presses it.</summary>
    public static async Task PressAsync(this IPage page, string selector)
    {
        var target = $"document.querySelector({JsonSerializer.Serialize(selector)})";
        await page.WaitAsync($"{target} !== null");
        await page.EvaluateExpressionAsync($"{target}.click()");
    }

    /// <summary>Presses Tab until the element has the focus, and sees that the focus is visible all the way.</summary>
    public static async Task TabToAsync(this IPage page, string selector)
    {
        for (var steps = 0; steps < 60; steps++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateFunctionAsync<bool>(
                "selector => document.activeElement.matches(selector)", selector))
            {
                Assert.That(
                    await page.EvaluateExpressionAsync<string>("getComputedStyle(document.activeElement).outlineStyle"),
                    Is.Not.EqualTo("none"),
                    selector);
                return;
            }
        }

        Assert.Fail($"No focus reached {selector}.");
    }

    /// <summary>Types into a field that Tab reaches.</summary>
    public static async Task TypeIntoAsync(this IPage page, string name, string text)
    {
        await page.TabToAsync($"input[name={name}]");
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.TypeAsync(text);
    }

    public static async Task SignUpAsync(this IPage page, string address, string email)
    {
        await page.LoadAsync($"{address}account/sign-up");
        await page.FillAsync("email", email);
        await page.FillAsync("password", TestAccounts.Password);
        await page.SubmitAsync();
        await page.WaitForPathAsync("/account");
    }

    public static async Task SignInAsync(
        this IPage page, string address, string email, string password = TestAccounts.Password)
    {
        await page.LoadAsync($"{address}account/sign-in");
        await page.FillAsync("email", email);
        await page.FillAsync("password", password);
        await page.SubmitAsync();
        await page.WaitForPathAsync("/account");
    }

    public static Task<bool> IsSignedInAsync(this IPage page) =>
        page.EvaluateExpressionAsync<bool>("document.querySelector('#signed-in button') !== null");

    /// <summary>What axe-core finds serious or critical, a line each.</summary>
    public static async Task<IReadOnlyList<string>> AccessibilityFaultsAsync(this IPage page)
    {
        await page.EvaluateExpressionAsync(Axe.Value);
        var result = await page.EvaluateExpressionAsync<JsonElement>("axe.run(document)");
        return
        [
            .. from violation in result.GetProperty("violations").EnumerateArray()
               where violation.GetProperty("impact").GetString() is "serious" or "critical"
               from node in violation.GetProperty("nodes").EnumerateArray()
               select $"{violation.GetProperty("id").GetString()}: {node.GetProperty("html").GetString()}",
        ];
    }

    /// <summary>How far the page is wider than its window, in pixels.</summary>
    public static Task<int> SidewaysScrollAsync(this IPage page) => page.EvaluateExpressionAsync<int>(
        "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth");

    /// <summary>
    /// Looks at the page as it is: stores an image for a person to look at, and judges what a machine can judge.
    /// </summary>
    public static async Task InspectAsync(this IPage page, string name, string scheme, int width)
    {
        await page.PhotographAsync(name, scheme, width);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await page.SidewaysScrollAsync(), Is.Zero, name);
            Assert.That(await page.AccessibilityFaultsAsync(), Is.Empty, name);
            Assert.That(
                await page.EvaluateExpressionAsync<int>("document.querySelectorAll('h1').length"), Is.EqualTo(1), name);
            Assert.That(await page.GetTitleAsync(), Does.StartWith(await page.HeadingAsync()), name);
        }
    }

    /// <summary>Stores an image of the whole page in <c>artifacts/screenshots</c>.</summary>
    public static async Task PhotographAsync(this IPage page, string name, string scheme, int width)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "screenshots"));
        await page.ScreenshotAsync(
            Path.Combine(
                folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{name}-{scheme}-{width}.png")),
            new ScreenshotOptions { FullPage = true });
    }
}
