using System.Text.Json;
using System.Text.RegularExpressions;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Clients;

/// <summary>A page of another origin asks the service, and a real browser decides what it may read.</summary>
internal sealed partial class FrontendInABrowser
{
    private const string Rename =
        """
        async (address, token, condition) => {
          const answer = await fetch(`${address}api/users/me`, {
            method: 'PATCH',
            headers: { 'Authorization': `Bearer ${token}`, 'Content-Type': 'application/json', ...condition },
            body: JSON.stringify({ displayName: 'Ada' }),
          });
          return { status: answer.status, etag: answer.headers.get('ETag'), displayName: (await answer.json()).displayName };
        }
        """;

    private const string Read =
        """
        async address => {
          const answer = await fetch(`${address}api/users/me`);
          return { status: answer.status, challenge: answer.headers.get('WWW-Authenticate'), code: (await answer.json()).code };
        }
        """;

    private const string Reach =
        """
        async (address, token) => {
          try { return String((await fetch(`${address}api/users/me`, { headers: { 'Authorization': `Bearer ${token}` } })).status); }
          catch (error) { return error.name; }
        }
        """;

    [Test]
    public async Task NamedOrigin_ReadsAnswersAndErrorsAndAsksLeaveOnce()
    {
        await using var browser = await RealBrowser.StartAsync();
        await using var frontend = await OtherSite.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = CleanJwtProcess.Launch(
            folder.Path,
            new()
            {
                ["Jwt:Issuer"] = "https://auth.example.com",
                ["Cors:AllowedOrigins:0"] = frontend.Address,
                ["Logging:LogLevel:Microsoft.AspNetCore.Cors"] = "Debug",
            },
            "Production");
        await service.WaitUntilReadyAsync();
        var token = (await service.LoginAsync(await service.RegisterAsync())).AccessToken;
        var address = service.Client.BaseAddress!.ToString();

        await browser.Page.GoToAsync(frontend.Address);
        await RenameAsync(new { });
        await RenameAsync(new { });
        var etag = await RenameAsync(new { });
        Assert.That(Preflight().Count(service.Output), Is.EqualTo(1), "the other times it knew the answer");

        // A conditional header makes a browser bypass its cache, also that of preflights.
        etag = await RenameAsync(new Dictionary<string, string> { ["If-Match"] = etag });
        Assert.That(etag, Does.StartWith("\""));

        var refused = await browser.Page.EvaluateFunctionAsync<JsonElement>(Read, address);
        Assert.That(refused.GetProperty("status").GetInt32(), Is.EqualTo(401));
        Assert.That(refused.Text("challenge"), Is.EqualTo("Bearer"));
        Assert.That(refused.Text("code"), Is.EqualTo("missing-token"));

        async Task<string> RenameAsync(object condition)
        {
            var renamed = await browser.Page.EvaluateFunctionAsync<JsonElement>(Rename, address, token, condition);
            Assert.That(renamed.GetProperty("status").GetInt32(), Is.EqualTo(200));
            Assert.That(renamed.Text("displayName"), Is.EqualTo("Ada"));
            return renamed.Text("etag");
        }
    }

    [Test]
    public async Task OtherOrigin_IsKeptOutByTheBrowser()
    {
        await using var browser = await RealBrowser.StartAsync();
        await using var frontend = await OtherSite.StartAsync();
        using var folder = new TemporaryFolder();
        await using var service = await CleanJwtProcess.StartAsync(
            folder.Path, new() { ["Cors:AllowedOrigins:0"] = "https://app.example.com" });
        var token = (await service.LoginAsync(await service.RegisterAsync())).AccessToken;

        await browser.Page.GoToAsync(frontend.Address);
        Assert.That(
            await browser.Page.EvaluateFunctionAsync<string>(Reach, service.Client.BaseAddress!.ToString(), token),
            Is.EqualTo("TypeError"));
        Assert.That(browser.Complaints, Has.Some.Contains("blocked by CORS policy"));
    }

    [GeneratedRegex("The request is a preflight request")]
    private static partial Regex Preflight();
}
