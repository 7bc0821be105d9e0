using System.Net.Http.Json;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Hosting;

/// <summary>The limit for one address under <c>/api/auth</c> that holds without any setting.</summary>
internal sealed class DefaultRateLimit
{
    [Test]
    public async Task RequestBeyondTheLimitOfAMinute_IsRefusedWhicheverRouteItAsks()
    {
        using var folder = new TemporaryFolder();
        await using var service = await CleanJwtProcess.StartAsync(
            folder.Path, new() { ["RateLimiting:Enabled"] = null }); // as it is by default
        var client = service.Client;
        Func<Task<HttpResponseMessage>>[] routes =
        [
            () => client.PostAsJsonAsync("/api/auth/register", new { }),
            () => client.PostAsJsonAsync("/api/auth/login", new { }),
            () => client.PostAsJsonAsync("/api/auth/reauthenticate", new { }),
        ];
        Func<Task<HttpResponseMessage>>[] refreshes =
        [
            () => client.PostAsJsonAsync("/api/auth/refresh", new { }),
            () => client.PostAsJsonAsync("/api/auth/logout", new { }),
            () => client.GetAsync("/api/auth/token"),
        ];
        await ShouldAnswerAsync(60, routes);
        await ShouldAnswerAsync(600, refreshes);
    }

    private static async Task ShouldAnswerAsync(int permits, Func<Task<HttpResponseMessage>>[] routes)
    {
        for (var i = 0; i < permits; i++)
        {
            Assert.That(
                (int)(await routes[i % routes.Length]()).StatusCode,
                Is.EqualTo(400).Or.EqualTo(401),
                $"request {i + 1}");
        }

        foreach (var route in routes)
        {
            var refused = await route();
            await refused.ShouldBeProblemAsync(429, "rate-limited");
            Assert.That(refused.Headers.GetValues("Retry-After"), Is.EqualTo(new[] { "61" }));
            CommonResponseHeaders.ShouldHaveTheHeaders(refused);
        }
    }
}
