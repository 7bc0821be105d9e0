using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Documents;

/// <summary>
/// The account pages as the service serves them. A browser sees them in <c>AccountPagesInABrowser</c>.
/// </summary>
internal sealed partial class AccountPages
{
    // What a page may load at its start, compressed.
    private const int MaxSize = 100 * 1024;

    [TestCase("/account")]
    [TestCase("/account/")]
    [TestCase("/account/sign-in")]
    [TestCase("/account/sign-in?returnTo=/account/sessions")]
    public async Task EveryPage_IsOneDocument(string path)
    {
        var answer = await SharedService.App.CreateClient().GetAsync(path);
        await answer.ShouldBeAsync(200);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Content.Headers.ContentType?.ToString(), Is.EqualTo("text/html; charset=utf-8"));
            Assert.That(
                answer.Headers.GetValues("Content-Security-Policy").Single(),
                Does.StartWith("default-src 'none'; script-src 'self';")
                    .And.Contains("frame-ancestors 'none'").And.Contains("require-trusted-types-for 'script'"));
            Assert.That(await answer.Content.ReadAsStringAsync(), Does.Not.Contain("{{"));
            Assert.That(answer.Headers.CacheControl?.NoCache, Is.True);
        }
    }

    [Test]
    public async Task DocumentThatTheBrowserHas_IsNotSentAgain()
    {
        var client = SharedService.App.CreateClient();
        var tag = (await client.GetAsync("/account")).Headers.ETag!.ToString();
        await (await client.GetAsync("/account/sessions", ("If-None-Match", tag))).ShouldBeAsync(304);
        await (await client.GetAsync("/account", ("If-None-Match", "\"x\""))).ShouldBeAsync(200);
    }

    [Test]
    public async Task EveryFile_IsServedWithAllThatItImports()
    {
        var client = SharedService.App.CreateClient();
        var document = await client.GetStringAsync("/account");
        var started = Assets().Matches(document).Select(match => match.Value).ToHashSet();
        var (open, size) = (new Queue<string>(started), 0L);
        var seen = new HashSet<string>(started);
        while (open.TryDequeue(out var address))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
            var answer = await client.SendAsync(request);
            await answer.ShouldBeAsync(200);
            Assert.That(answer.Headers.CacheControl?.ToString(), Is.EqualTo("public, max-age=31536000, immutable"));
            Assert.That(answer.Content.Headers.ContentEncoding, Is.EqualTo(["gzip"]), address);
            var bytes = await answer.Content.ReadAsByteArrayAsync();
            size += bytes.Length;
            foreach (Match import in Imports().Matches(Unzip(bytes)))
            {
                Assert.That(import.Groups["version"].Success, address + import.Value);
                var imported = new Uri(new Uri("http://x" + address), import.Groups["path"].Value).PathAndQuery;
                if (seen.Add(imported))
                {
                    open.Enqueue(imported);
                }
            }
        }

        Assert.That(seen, Has.Some.Contains("/client.js").And.Some.Contains("/texts/de.js"));
        Assert.That(size, Is.LessThan(MaxSize), "all pages and both languages together");
    }

    [TestCase("gzip", true)]
    [TestCase("br, gzip;q=0.5", true)]
    [TestCase("gzip;q=0", false)]
    [TestCase("br", false)]
    [TestCase(null, false)]
    public async Task File_IsCompressedForThoseWhoTakeIt(string? encoding, bool isGzipped)
    {
        var client = SharedService.App.CreateClient();
        (string, string)[] headers = encoding is null ? [] : [("Accept-Encoding", encoding)];
        var answer = await client.GetAsync("/account/assets/main.js", headers);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        var text = isGzipped ? Unzip(bytes) : System.Text.Encoding.UTF8.GetString(bytes);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Content.Headers.ContentEncoding.Contains("gzip"), Is.EqualTo(isGzipped));
            Assert.That(text, Does.Contain("import "));
            Assert.That(answer.Headers.Vary, Is.EqualTo(["Accept-Encoding", "Origin"]));
            Assert.That(answer.Headers.CacheControl?.NoCache, Is.True, "an address without the version");
        }

        var tag = answer.Headers.ETag!.ToString();
        await (await client.GetAsync("/account/assets/main.js", [.. headers, ("If-None-Match", tag)]))
            .ShouldBeAsync(304);
    }

    [TestCase("/account/assets/nothing.js")]
    [TestCase("/account/assets/main.js?v=0123456789abcdef", Description = "of another version")]
    [TestCase("/account/assets/index.html")]
    [TestCase("/account/assets/..%2fappsettings.json")]
    [TestCase("/account/assets/")]
    [TestCase("/account/a/b")]
    public async Task OtherPath_IsNotFound(string path) =>
        await (await SharedService.App.CreateClient().GetAsync(path)).ShouldBeProblemAsync(404, "not-found");

    [Test]
    public async Task Settings_AreWrittenIntoTheDocument()
    {
        await using var app = new CleanJwtApp(new()
        {
            ["AccountPages:Name"] = "Ada & \"Söhne\" <script>",
            ["Cors:AllowedOrigins:0"] = "https://app.example.com",
            ["Jwt:Issuer"] = "https://example.com/auth",
        });
        var document = await app.CreateClient().GetStringAsync("/account");
        var settings = Settings(document);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(document, Does.Not.Contain("<script>"));
            Assert.That(document, Does.Contain("href=\"/auth/account/assets/style.css?v="));
            Assert.That(settings.Text("base"), Is.EqualTo("/auth"));
            Assert.That(settings.Text("name"), Is.EqualTo("Ada & \"Söhne\" <script>"));
            Assert.That(
                settings.GetProperty("origins").EnumerateArray().Select(origin => origin.GetString()),
                Is.EqualTo(["https://app.example.com"]));
            Assert.That(settings.GetProperty("localOrigins").GetBoolean(), Is.False);
            Assert.That(settings.GetProperty("mail").GetBoolean(), Is.False);
        }
    }

    [Test]
    public async Task DevelopmentWithoutOrigins_TrustsThisMachine()
    {
        var settings = Settings(await SharedService.App.CreateClient().GetStringAsync("/account"));
        Assert.That(settings.GetProperty("localOrigins").GetBoolean(), Is.True);
        Assert.That(settings.GetProperty("origins").GetArrayLength(), Is.Zero);
        Assert.That(settings.Text("name"), Is.EqualTo("CleanJwt"));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task StylesheetOfTheOperator_ComesAfterThatOfThePages()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "own.css");
        await File.WriteAllTextAsync(path, ":root { --accent: rebeccapurple; }");
        await using var app = new CleanJwtApp(new() { ["AccountPages:Stylesheet"] = path });
        var client = app.CreateClient();
        var document = await client.GetStringAsync("/account");
        var sheets = Stylesheets().Matches(document).Select(match => match.Groups[1].Value).ToList();
        Assert.That(sheets, Has.Count.EqualTo(2));
        Assert.That(await client.GetStringAsync(sheets[1]), Is.EqualTo(":root { --accent: rebeccapurple; }"));
    }

    [TestCase("Production", "true", "/account")]
    [TestCase("Production", "false", "/docs")]
    [TestCase("Development", "true", "/docs")]
    [Category("Exhaustive")]
    public async Task Root_LeadsABrowserOn(string environment, string enabled, string target)
    {
        await using var app = new CleanJwtApp(
            new() { ["Jwt:Issuer"] = "https://auth.example.com", ["AccountPages:Enabled"] = enabled },
            environment: environment);
        var client = app.CreateClient();
        Assert.That((await client.GetAsync("/")).Headers.Location?.OriginalString, Is.EqualTo(target));
        await (await client.GetAsync("/account")).ShouldBeAsync(enabled == "true" ? 200 : 404);
        await (await client.GetAsync("/account/assets/main.js")).ShouldBeAsync(enabled == "true" ? 200 : 404);
    }

    private static JsonElement Settings(string document) => JsonDocument.Parse(
        System.Net.WebUtility.HtmlDecode(SettingsOfTheDocument().Match(document).Groups[1].Value)).RootElement;

    private static string Unzip(byte[] bytes)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    [GeneratedRegex("""(?<=(?:href|src)=")/account/assets/[^"]+""")]
    private static partial Regex Assets();

    [GeneratedRegex(@"(?:from |import\(|import )'(?<path>\.{1,2}/[\w./-]+\.js(?<version>\?v=[0-9a-f]{16})?)'")]
    private static partial Regex Imports();

    [GeneratedRegex("""rel="stylesheet" href="([^"]+)""")]
    private static partial Regex Stylesheets();

    [GeneratedRegex("""name="cleanjwt" content="([^"]+)""")]
    private static partial Regex SettingsOfTheDocument();
}
