using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime.Versioning;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Hosting;

/// <summary>
/// A database whose reads or writes are stuck, or that fails: requests are answered in time, and the log tells which
/// failed.
/// </summary>
internal sealed class StuckDatabase
{
    // In the WAL index each lock is a byte, this one the writer's (https://sqlite.org/walformat.html).
    private const int WriteLock = 120;
    private const int AllLocks = 8; // from that one on

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    [Test]
    [Platform(Exclude = "MacOsX", Reason = ".NET locks no parts of files there")]
    [UnsupportedOSPlatform("macos")]
    public async Task StuckWrites_Answer503InTimeAndTheRestGoesOn()
    {
        using var folder = new TemporaryFolder();
        await using var process = await CleanJwtProcess.StartAsync(folder.Path);
        var client = process.Client;
        var tokens = await client.LoginAsync();
        var bearer = ("Authorization", $"Bearer {tokens.AccessToken}");

        // The lock is this process's: to the service it is another's.
        using (var walIndex = OpenWalIndex(folder))
        {
            walIndex.Lock(WriteLock, 1);
            var stuck = Enumerable.Range(0, 5).SelectMany(_ => new[]
            {
                TimedAsync(() => client.PostAsJsonAsync(
                    "/api/auth/login", new { email = TestAccounts.UniqueEmail(), password = TestAccounts.Password })),
                TimedAsync(
                    () => client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = tokens.RefreshToken })),
                TimedAsync(
                    () => client.PostAsJsonAsync("/api/auth/logout", new { refreshToken = tokens.RefreshToken })),
                TimedAsync(() => client.PostAsJsonAsync(
                    "/api/auth/register",
                    new { email = TestAccounts.UniqueEmail(), password = TestAccounts.Password })),
            }).ToArray();

            foreach (var route in new[]
            {
                "/health/live", "/.well-known/jwks.json", "/.well-known/openid-configuration",
                "/.well-known/oauth-authorization-server", "/openapi/v1.json",
                "/docs/", "/api/auth/token", "/api/users/me",
            })
            {
                await (await client.GetAsync(route, bearer)).ShouldBeAsync(200);
            }

            Assert.That(
                stuck,
                Has.None.Property(nameof(Task.IsCompleted)).True,
                "all that needs no writing is answered before the writes give up");
            foreach (var answer in stuck)
            {
                var (response, took) = await answer;
                await response.ShouldBeProblemAsync(503, "service-unavailable");
                Assert.That(response.Headers.RetryAfter?.Delta, Is.GreaterThan(TimeSpan.Zero));
                Assert.That(took, Is.LessThan(Bound), response.RequestMessage!.RequestUri!.AbsolutePath);
                CommonResponseHeaders.ShouldHaveTheHeaders(response);
            }
        }

        // Nothing was lost: the session lives, and its token is unspent.
        await (await client.GetAsync("/api/users/me", bearer)).ShouldBeAsync(200);
        await (await client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = tokens.RefreshToken }))
            .ShouldBeAsync(200);
    }

    [Test]
    [Platform(Exclude = "MacOsX", Reason = ".NET locks no parts of files there")]
    [UnsupportedOSPlatform("macos")]
    public async Task StuckReads_Answer503InTimeAndTheRestGoesOn()
    {
        using var folder = new TemporaryFolder();
        await using var process = await CleanJwtProcess.StartAsync(
            folder.Path, new() { ["Database__CommandTimeout"] = "00:00:01" });
        var client = process.Client;
        var tokens = await client.LoginAsync();
        var bearer = ("Authorization", $"Bearer {tokens.AccessToken}");
        await (await client.GetAsync("/api/users/me", bearer)).ShouldBeAsync(200);

        using (var walIndex = OpenWalIndex(folder))
        {
            walIndex.Lock(WriteLock, AllLocks);
            var stuck = Enumerable.Range(0, 20).SelectMany(_ => new[]
            {
                TimedAsync(() => client.GetAsync("/api/users/me", bearer)),
                TimedAsync(
                    () => client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = tokens.RefreshToken })),
            }).ToArray();
            await (await client.GetAsync("/health/live")).ShouldBeAsync(200);
            await (await client.GetAsync("/.well-known/jwks.json")).ShouldBeAsync(200);
            foreach (var answer in stuck)
            {
                var (response, took) = await answer;
                await response.ShouldBeProblemAsync(503, "service-unavailable");
                Assert.That(response.Headers.RetryAfter?.Delta, Is.GreaterThan(TimeSpan.Zero));
                Assert.That(
                    took, Is.LessThan(TimeSpan.FromSeconds(4)), response.RequestMessage!.RequestUri!.AbsolutePath);
            }
        }

        // The threads that are stuck inside SQLite come back by themselves.
        Assert.That(
            async () => (await client.GetAsync("/api/users/me", bearer)).IsSuccessStatusCode,
            Is.True.After(30_000, 100));
        await (await client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = tokens.RefreshToken }))
            .ShouldBeAsync(200);
    }

    [Test]
    public async Task FailedRequest_IsFoundInTheLogByItsTraceId()
    {
        using var folder = new TemporaryFolder();
        await using var process = await CleanJwtProcess.StartAsync(
            folder.Path, new()
            {
                ["Logging__Console__FormatterName"] = "simple",
                ["Logging__Console__FormatterOptions__IncludeScopes"] = "true"
            }); // as appsettings.json has it
        var tokens = await process.Client.LoginAsync();
        await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={Path.Combine(folder.Path, "data", "cleanjwt.db")};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "ALTER TABLE AspNetUsers RENAME TO Elsewhere";
            await command.ExecuteNonQueryAsync();
        }

        const string Caller = "b7ad6b7169203331";
        var response = await process.Client.GetAsync(
            "/api/users/me", ("Authorization", $"Bearer {tokens.AccessToken}"), (
                "traceparent", $"00-0af7651916cd43dd8448eb211c80319c-{Caller}-01"));
        var problem = await response.ShouldBeProblemAsync(503, "service-unavailable");
        Assert.That(() => process.Output,
            Does.Contain($"TraceId:{problem.Text("traceId")}").And.Contain($"ParentId:{Caller}")
                .And.Contain("RequestPath:/api/users/me").After(5_000, 50));
    }

    private static FileStream OpenWalIndex(TemporaryFolder folder) => new(
        Path.Combine(
            folder.Path,
            "data",
            "cleanjwt.db-shm"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private static async Task<(HttpResponseMessage Response, TimeSpan Took)> TimedAsync(
        Func<Task<HttpResponseMessage>> send)
    {
        var watch = Stopwatch.StartNew();
        var response = await send();
        return (response, watch.Elapsed);
    }
}
