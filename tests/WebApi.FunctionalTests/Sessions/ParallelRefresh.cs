using System.Net;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Sessions;

/// <summary>Many refreshes at once with one token: tabs that wake up together.</summary>
[OnDatabases]
internal sealed class ParallelRefresh(DatabaseKind kind)
{
    private const int Tabs = 20;

    [Test]
    public async Task WithinTheGrace_AllGetTokensOfOneGeneration()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var first = await app.LoginAsync();
        var answers = await RefreshInParallelAsync(app, first.RefreshToken);
        foreach (var answer in answers)
        {
            await answer.ShouldBeAsync(200);
        }

        Assert.That(app.Sql("SELECT Generation FROM Sessions"), Is.EqualTo(2));

        // Within the grace of the next rotation every one of them is a token of the generation before it, which an
        // older one would not be.
        var all = await Task.WhenAll(answers.Select(async answer => TokenPair.From(await answer.JsonAsync())));
        foreach (var tokens in all)
        {
            await (await app.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);
            await (await app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
        }

        Assert.That(app.Sql("SELECT Generation FROM Sessions"), Is.EqualTo(3));
    }

    [Test]
    public async Task WithoutGrace_OneIsAnsweredAndTheSessionIsOver()
    {
        await using var app = new CleanJwtApp(
            kind: kind, settings: new() { ["Sessions:RefreshReuseGrace"] = "00:00:00" });
        var first = await app.LoginAsync();
        var answers = await RefreshInParallelAsync(app, first.RefreshToken);
        var winner = answers.Single(answer => answer.StatusCode == HttpStatusCode.OK);
        var codes = await Task.WhenAll(
            answers.Except([winner]).Select(async answer => (await answer.JsonAsync()).Text("code")));

        // The first of the others ends the session; after that there is nothing left to reuse.
        Assert.That(codes, Is.All.EqualTo("refresh-token-reused").Or.EqualTo("invalid-refresh-token"));
        Assert.That(codes, Does.Contain("refresh-token-reused"));
        var tokens = TokenPair.From(await winner.JsonAsync());
        await (await app.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        await (await app.MeAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
    }

    private static Task<HttpResponseMessage[]> RefreshInParallelAsync(CleanJwtApp app, string refreshToken) =>
        Task.WhenAll(Enumerable.Range(0, Tabs).Select(_ => Task.Run(() => app.RefreshAsync(refreshToken))));
}
