using PuppeteerSharp;

namespace CleanJwt.ProcessTests.Support;

/// <summary>A real browser, at first with one page. Where none is installed, the test is skipped.</summary>
internal sealed class RealBrowser : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    private static readonly int Patience = (int)TimeSpan.FromSeconds(60).TotalMilliseconds;

    private readonly IBrowser _browser;
    private readonly List<string> _requests = [];
    private readonly List<string> _complaints = [];

    private RealBrowser(IBrowser browser, IPage page)
    {
        (_browser, Page) = (browser, page);
        Watch(page);
    }

    public IPage Page { get; }

    /// <summary>Every address that the pages have asked so far, themselves among them.</summary>
    public IReadOnlyList<string> Requests => Noted(_requests);

    /// <summary>
    /// What stands in the consoles as an error or a warning: broken rules of a policy, answers kept from a page, and
    /// answers of 400 and above.
    /// </summary>
    public IReadOnlyList<string> Complaints => Noted(_complaints);

    /// <summary>Opens one more page in another tab.</summary>
    public async Task<IPage> NewTabAsync()
    {
        var page = await _browser.NewPageAsync();
        Watch(page);
        return page;
    }

    public static async Task<RealBrowser> StartAsync()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var program = Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(
            File.Exists);
        if (program is null)
        {
            Assert.Ignore("Chromium is not installed.");
        }

        // Its sandbox does not work for root, as in most containers; it is shown nothing but this service.
        var browser = await Puppeteer.LaunchAsync(new LaunchOptions
        {
            ExecutablePath = program,
            Headless = true,
            Timeout = Patience,
            Args = ["--no-sandbox", "--disable-dev-shm-usage"],
        });
        return new RealBrowser(browser, await browser.NewPageAsync());
    }

    public async ValueTask DisposeAsync() => await _browser.DisposeAsync();

    private void Watch(IPage page)
    {
        page.DefaultTimeout = Patience;
        page.Request += (_, request) => Note(_requests, request.Request.Url);
        page.Console += (_, message) =>
        {
            if (message.Message.Type is ConsoleType.Error or ConsoleType.Warning)
            {
                Note(_complaints, message.Message.Text);
            }
        };
        page.PageError += (_, error) => Note(_complaints, error.Message);
    }

    private static void Note(List<string> notes, string text)
    {
        lock (notes)
        {
            notes.Add(text);
        }
    }

    private static List<string> Noted(List<string> notes)
    {
        lock (notes)
        {
            return [.. notes];
        }
    }
}
