using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CleanJwt.WebApi.FunctionalTests.Sessions;

/// <summary>A session is over when it was not used for long enough, or has lasted long enough.</summary>
internal sealed class SessionLifetimes
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Test]
    public async Task IdleLifetime_EndsAtTheSecond()
    {
        await using var app = new CleanJwtApp();
        var (used, unused) = (await app.LoginAsync(), await app.LoginAsync());
        app.Time.Advance(TimeSpan.FromDays(14) - Second);
        await (await app.RefreshAsync(used.RefreshToken)).ShouldBeAsync(200);
        app.Time.Advance(Second);
        await (await app.RefreshAsync(unused.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    [Test]
    public async Task Refresh_StartsTheIdleTimeAnew()
    {
        await using var app = new CleanJwtApp();
        var tokens = await app.LoginAsync();
        for (var i = 0; i < 3; i++)
        {
            app.Time.Advance(TimeSpan.FromDays(13));
            tokens = TokenPair.From(await (await app.RefreshAsync(tokens.RefreshToken)).JsonAsync());
        }

        app.Time.Advance(TimeSpan.FromDays(14));
        await (await app.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    /// <summary>An access token counts whole seconds, so one of less than a second would be over on arrival.</summary>
    [Test]
    public async Task RefreshInTheLastSecond_IsRefused()
    {
        var settings = new Dictionary<string, string?> { ["Sessions:AbsoluteLifetime"] = "01:00:00" };
        var start = new DateTimeOffset(2031, 2, 3, 4, 5, 6, 500, TimeSpan.Zero);
        await using var app = new CleanJwtApp(settings, new FakeTimeProvider(start));
        var tokens = await app.LoginAsync();
        app.Time.SetUtcNow(start.AddHours(1).AddSeconds(-1.5));
        var last = await app.RefreshAsync(tokens.RefreshToken);
        await last.ShouldBeAsync(200);
        var next = await last.JsonAsync();
        Assert.That(next.GetProperty("expiresIn").GetInt64(), Is.EqualTo(1));
        app.Time.SetUtcNow(start.AddHours(1).AddSeconds(-0.4));
        var refused = await app.RefreshAsync(next.Text("refreshToken"));
        await refused.ShouldBeProblemAsync(401, "invalid-refresh-token");
        refused = await app.RefreshAsync(next.Text("refreshToken"));
        await refused.ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    [Test]
    public async Task AbsoluteLifetime_EndsAtTheSecondHoweverOftenRefreshed()
    {
        await using var app = new CleanJwtApp();
        var tokens = await app.LoginAsync();
        for (var day = 10; day < 90; day += 10)
        {
            app.Time.Advance(TimeSpan.FromDays(10));
            tokens = TokenPair.From(await (await app.RefreshAsync(tokens.RefreshToken)).JsonAsync());
        }

        app.Time.Advance(TimeSpan.FromDays(10) - Second);
        var last = await app.RefreshAsync(tokens.RefreshToken);
        await last.ShouldBeAsync(200);
        Assert.That((await last.JsonAsync()).GetProperty("refreshExpiresIn").GetInt64(), Is.EqualTo(1));
        Assert.That(
            (await last.JsonAsync()).GetProperty("expiresIn").GetInt64(),
            Is.LessThanOrEqualTo(1),
            "no access token outlives its session");

        app.Time.Advance(Second);
        var over = TokenPair.From(await last.JsonAsync());
        await (await app.RefreshAsync(over.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    [Test]
    public async Task Settings_AreTheLifetimes()
    {
        await using var app = new CleanJwtApp(
            new() { ["Sessions:IdleLifetime"] = "00:02:00", ["Sessions:AbsoluteLifetime"] = "00:03:00" });
        var unused = await app.LoginAsync();
        var tokens = await app.LoginAsync();
        app.Time.Advance(TimeSpan.FromMinutes(2) - Second);
        tokens = TokenPair.From(await (await app.RefreshAsync(tokens.RefreshToken)).JsonAsync());
        app.Time.Advance(Second);
        await (await app.RefreshAsync(unused.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        app.Time.Advance(TimeSpan.FromMinutes(1));
        await (await app.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    [Test]
    public async Task SpentTokenOfASessionThatIsOver_IsNoReuse()
    {
        await using var app = new CleanJwtApp();
        var first = await app.LoginAsync();
        await (await app.RefreshAsync(first.RefreshToken)).ShouldBeAsync(200);
        app.Time.Advance(TimeSpan.FromDays(14));
        await (await app.RefreshAsync(first.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }
}
