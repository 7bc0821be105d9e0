using System.Diagnostics;
using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Hosting;

/// <summary>A database that another program holds, or that is broken.</summary>
internal sealed class DatabaseOutage
{
    [Test]
    [Category("Load")]
    public async Task WriterThatHoldsTheDatabase_StopsWritesInTimeAndNoReads()
    {
        await using var app = new CleanJwtApp(new() { ["Database:CommandTimeout"] = "00:00:01" });
        var email = await app.RegisterAsync();
        var tokens = await app.LoginAsync(email);
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={app.DatabasePath};Pooling=False");
        await connection.OpenAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            foreach (var send in new Func<Task<HttpResponseMessage>>[]
            {
                () => app.RefreshAsync(tokens.RefreshToken),
                () =>
                    app.CreateClient().PostAsJsonAsync(
                        "/api/auth/login", new { email, password = TestAccounts.Password }),
                () =>
                    app.CreateClient().PostAsJsonAsync(
                        "/api/auth/register",
                        new { email = TestAccounts.UniqueEmail(), password = TestAccounts.Password }),
                () =>
                    app.CreateClient().PostAsJsonAsync("/api/auth/logout", new { refreshToken = tokens.RefreshToken }),
            })
            {
                var (response, took) = await TimedAsync(send);
                await response.ShouldBeProblemAsync(503, "service-unavailable");
                Assert.That(took, Is.LessThan(TimeSpan.FromSeconds(4)));
            }

            await (await app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
        }

        await (await app.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task BrokenDatabase_Answers503AndNothingOfTheInside()
    {
        await using var app = new CleanJwtApp();
        var tokens = await app.LoginAsync();
        app.Sql("ALTER TABLE AspNetUsers RENAME TO Elsewhere");
        var response = await app.MeAsync(tokens.AccessToken);
        var problem = await response.ShouldBeProblemAsync(503, "service-unavailable");
        Assert.That(
            problem.ToString(), Does.Not.Contain("AspNetUsers").And.Not.Contain("SQLite").And.Not.Contain("no such"));
        Assert.That(response.Headers.RetryAfter?.Delta, Is.GreaterThan(TimeSpan.Zero));
    }

    [Test]
    public async Task BrokenTable_StopsOnlyWhatReadsIt()
    {
        await using var app = new CleanJwtApp();
        var tokens = await app.LoginAsync();
        app.Sql("ALTER TABLE Sessions RENAME TO Elsewhere");
        await (await app.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(503, "service-unavailable");
        await (await app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task BrokenDatabase_TellsOtherServicesOnlyWhatIsInMemory()
    {
        await using var app = new CleanJwtApp(OAuthRequests.WithClients);
        var (tokens, client) = (await app.LoginAsync(), app.CreateClient());
        app.Sql("ALTER TABLE Sessions RENAME TO Elsewhere");
        await (await client.IntrospectAsync(tokens.AccessToken)).ShouldBeActiveAsync();
        await (await client.IntrospectAsync("garbage")).ShouldBeInactiveAsync();
        await (await client.RevokeAsync("garbage")).ShouldBeAsync(200);
        foreach (var response in new[]
        {
            await client.IntrospectAsync(tokens.RefreshToken), await client.RevokeAsync(tokens.AccessToken),
            await client.RevokeAsync(tokens.RefreshToken),
        })
        {
            await response.ShouldBeOAuthErrorAsync(503, "temporarily_unavailable");
            Assert.That(
                await response.Content.ReadAsStringAsync(),
                Does.Not.Contain("Sessions").And.Not.Contain("SQLite").And.Not.Contain("no such"));
        }

        app.Sql("ALTER TABLE Elsewhere RENAME TO Sessions");
        await (await client.IntrospectAsync(tokens.AccessToken)).ShouldBeActiveAsync();
        await (await client.IntrospectAsync(tokens.RefreshToken)).ShouldBeActiveAsync();
    }

    private static async Task<(HttpResponseMessage Response, TimeSpan Took)> TimedAsync(
        Func<Task<HttpResponseMessage>> send)
    {
        var watch = Stopwatch.StartNew();
        var response = await send();
        return (response, watch.Elapsed);
    }
}
