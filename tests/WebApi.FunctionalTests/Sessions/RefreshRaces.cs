using System.Net;
using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Sessions;

/// <summary>
/// A session's refreshes beside each other, beside its end, and beside the start of others: whichever comes first, the
/// rules hold after it.
/// </summary>
[OnDatabases]
[Category("Load")]
internal sealed class RefreshRaces(DatabaseKind kind)
{
    private const int Tabs = 100;
    private const int Rounds = 50;

    [Test]
    public async Task HundredRefreshesWithOneToken_AllGetTokensOfOneGeneration()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var first = await app.LoginAsync();
        var (answers, pairs) = await RefreshInParallelAsync(app, first.RefreshToken);
        TestContext.Out.WriteLine($"{Tabs} refreshes with one token: {answers}");
        Assert.That(answers["200"], Is.EqualTo(Tabs), answers.ToString());
        Assert.That(GenerationOf(app, first), Is.EqualTo(2));

        // One of them rotates; the others are then of the generation before, which the grace answers. One of any other
        // generation would be refused.
        Assert.That(pairs.Select(pair => pair.RefreshToken), Is.Unique);
        var (again, _) = await AllAsync(pairs.Select(pair => app.RefreshAsync(pair.RefreshToken)));
        Assert.That(again["200"], Is.EqualTo(Tabs), again.ToString());
        Assert.That(GenerationOf(app, first), Is.EqualTo(3));
        foreach (var pair in pairs)
        {
            await (await app.CreateClient().AskAsync(pair.AccessToken)).ShouldBeAsync(200);
        }
    }

    [Test]
    public async Task HundredRefreshesWithOneTokenWithoutGrace_OneIsAnsweredAndTheSessionIsOver()
    {
        await using var app = new CleanJwtApp(
            kind: kind, settings: new() { ["Sessions:RefreshReuseGrace"] = "00:00:00" });
        var first = await app.LoginAsync();
        var (answers, pairs) = await RefreshInParallelAsync(app, first.RefreshToken);
        TestContext.Out.WriteLine($"{Tabs} refreshes with one token and no grace: {answers}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answers["200"], Is.EqualTo(1));
            Assert.That(answers["401 refresh-token-reused"], Is.GreaterThan(0));
            Assert.That(
                answers["401 refresh-token-reused"] + answers["401 invalid-refresh-token"],
                Is.EqualTo(Tabs - 1),
                answers.ToString());
        }

        await ShouldBeOverAsync(app, [first, .. pairs]);
    }

    [Test]
    public async Task RefreshBesideLogout_LeavesNoTokenThatWorks()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var email = await app.RegisterAsync();
        var refreshes = new Tally();
        for (var round = 0; round < Rounds; round++)
        {
            var first = await app.LoginAsync(email);
            using var start = new Barrier(2);
            var refresh = Together(start, () => app.RefreshAsync(first.RefreshToken));
            var logout = Together(
                start, () => app.CreateClient()
                    .PostAsJsonAsync("/api/auth/logout", new { refreshToken = first.RefreshToken }));
            await (await logout).ShouldBeAsync(204);
            var answer = await refresh;
            refreshes.Add(await answer.AnswerAsync());
            await ShouldBeOverAsync(
                app,
                answer.StatusCode == HttpStatusCode.OK ? [first, TokenPair.From(await answer.JsonAsync())] : [first]);
        }

        TestContext.Out.WriteLine($"{Rounds} refreshes beside a logout: {refreshes}");
        Assert.That(
            refreshes["200"] + refreshes["401 invalid-refresh-token"], Is.EqualTo(Rounds), refreshes.ToString());
    }

    [Test]
    public async Task SignInBesideTheEndOfAllSessions_IsEitherWhollyAliveOrWhollyOver()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var email = await app.RegisterAsync();
        var outcomes = new Tally();
        for (var round = 0; round < Rounds; round++)
        {
            var first = await app.LoginAsync(email);
            app.Time.Advance(TimeSpan.FromSeconds(1));
            using var start = new Barrier(2);
            var login = Together(start, () => app.CreateClient().TryLoginAsync(email));

            // A sign-in spends most of its time on the password, so the end of all sessions comes at another part of it
            // in every round.
            var end = Together(start, async () =>
            {
                await Task.Delay(round);
                return await app.CreateClient(first.AccessToken).DeleteAsync("/api/users/me/sessions");
            });
            await (await end).ShouldBeAsync(204);
            await (await login).ShouldBeAsync(200);
            await ShouldBeOverAsync(app, [first]);

            var second = TokenPair.From(await (await login).JsonAsync());
            var isLive = app.Sql(
                "SELECT COUNT(*) FROM Sessions WHERE lower(Id) = @p0 AND EndedAt IS NULL", second.SessionId) is 1L;
            var isRevoked = app.Sql(
                "SELECT COUNT(*) FROM Revocations WHERE lower(SessionId) = @p0", second.SessionId) is not 0L;
            Assert.That(isRevoked, Is.EqualTo(!isLive));
            outcomes.Add(isLive ? "alive" : "over");
            if (isLive)
            {
                await (await app.MeAsync(second.AccessToken)).ShouldBeAsync(200);
                await (await app.RefreshAsync(second.RefreshToken)).ShouldBeAsync(200);
            }
            else
            {
                await ShouldBeOverAsync(app, [second]);
            }
        }

        TestContext.Out.WriteLine($"{Rounds} sign-ins beside the end of all sessions: {outcomes}");
    }

    private static object? GenerationOf(CleanJwtApp app, TokenPair session) =>
        app.Sql("SELECT Generation FROM Sessions WHERE lower(Id) = @p0", session.SessionId);

    private static Task<(Tally Answers, TokenPair[] Pairs)> RefreshInParallelAsync(
        CleanJwtApp app, string refreshToken) =>
        AllAsync(Enumerable.Range(0, Tabs).Select(_ => Task.Run(() => app.RefreshAsync(refreshToken))).ToList());

    private static async Task<(Tally Answers, TokenPair[] Pairs)> AllAsync(
        IEnumerable<Task<HttpResponseMessage>> requests)
    {
        var answers = new Tally();
        var pairs = new List<TokenPair>();
        foreach (var response in await Task.WhenAll(requests))
        {
            answers.Add(await response.AnswerAsync());
            if (response.StatusCode == HttpStatusCode.OK)
            {
                pairs.Add(TokenPair.From(await response.JsonAsync()));
            }
        }

        return (answers, [.. pairs]);
    }

    private static Task<HttpResponseMessage> Together(Barrier start, Func<Task<HttpResponseMessage>> send) =>
        Task.Run(async () =>
    {
        start.SignalAndWait();
        return await send();
    });

    private static async Task ShouldBeOverAsync(CleanJwtApp app, IEnumerable<TokenPair> all)
    {
        foreach (var tokens in all)
        {
            await (await app.RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
            await (await app.MeAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        }
    }
}
