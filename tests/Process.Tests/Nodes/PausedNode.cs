using System.Diagnostics;
using System.Runtime.Versioning;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Nodes;

/// <summary>
/// A process that stood still for a while knows nothing of what happened meanwhile, and must not act as if it did.
/// </summary>
[Platform(Exclude = "Win", Reason = "processes are paused with kill")]
internal sealed class PausedNode
{
    private const int Sessions = 40;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    [Test]
    public async Task SessionsRevokedDuringThePause_AreNeverAccepted()
    {
        using var folder = new TemporaryFolder();
        var nodes = await Task.WhenAll(ServiceNode.StartAsync(folder.Path), ServiceNode.StartAsync(folder.Path));
        await using var a = nodes[0];
        await using var b = nodes[1];
        var doomed = await a.Client.LoginManyAsync(Sessions);
        var live = await a.Client.LoginAsync();

        // All of them are known to the paused node, and have a connection to it.
        await Task.WhenAll(doomed.Append(live)
            .Select(async session => await (await b.Client.AskAsync(session.AccessToken)).ShouldBeAsync(200)));

        await b.PauseAsync();
        var paused = Stopwatch.StartNew();
        await Task.WhenAll(doomed.Select(a.Client.LogoutAsync));
        Assert.That(paused.Elapsed, Is.LessThan(Length));

        var (during, after, alive) = (new Tally(), new Tally(), new Tally());
        var pending = doomed.Select(session => AskAsync(b, session, during)).ToList();
        await Task.Delay(Length - paused.Elapsed);
        pending.AddRange(doomed.Select(session => AskAsync(b, session, during)));

        await b.ResumeAsync();
        var resumed = Stopwatch.StartNew();
        TimeSpan? acceptedAgain = null;
        while (acceptedAgain is null || resumed.Elapsed < TimeSpan.FromSeconds(2))
        {
            Assert.That(resumed.Elapsed, Is.LessThan(Bound), "live sessions are not accepted again");
            await Task.WhenAll(
                doomed.Take(5).Select(session => AskAsync(b, session, after)).Append(AskAsync(b, live, alive)));
            acceptedAgain ??= alive["200"] > 0 ? resumed.Elapsed : null;
        }

        await Task.WhenAll(pending);
        TestContext.Out.WriteLine($"sent during the pause of {Length.TotalSeconds} s, with what was revoked: {during}");
        TestContext.Out.WriteLine($"after it, with what was revoked: {after}");
        TestContext.Out.WriteLine(
            $"after it, with a live session: {alive}; accepted again {acceptedAgain.Value.TotalMilliseconds:F0} ms after the pause");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(during.Total, Is.EqualTo(2 * Sessions));
            Assert.That(
                during.Answers.Concat(after.Answers), Is.All.AnyOf("401 token-revoked", "503 revocation-unavailable"));
            Assert.That(alive.Answers, Is.All.AnyOf("200", "503 revocation-unavailable"));
        }
    }

    [Test]
    [Platform(Exclude = "MacOsX", Reason = "needs the POSIX locks of a part of a file")]
    [UnsupportedOSPlatform("macos")]
    public async Task NodeThatCantAskAfterThePause_AcceptsNobodyFromTheFirstRequestOn()
    {
        // Longer than the node may be without news, though it ran for almost none of it.
        var pause = TimeSpan.FromSeconds(4);
        var settings = new Dictionary<string, string?> { ["Revocation:MaxStaleness"] = "00:00:03" };
        using var folder = new TemporaryFolder();
        var nodes = await Task.WhenAll(
            ServiceNode.StartAsync(folder.Path, settings), ServiceNode.StartAsync(folder.Path, settings));
        await using var a = nodes[0];
        await using var b = nodes[1];
        var (doomed, live) = (await a.Client.LoginAsync(), await a.Client.LoginAsync());
        await (await b.Client.AskAsync(doomed.AccessToken)).ShouldBeAsync(200);
        await (await b.Client.AskAsync(live.AccessToken)).ShouldBeAsync(200);

        await b.PauseAsync();
        await a.Client.LogoutAsync(doomed);
        await Task.Delay(pause);
        var tally = new Tally();
        using (await WalIndexLock.TakeAsync(folder.Path))
        {
            await b.ResumeAsync();
            for (var i = 0; i < 10; i++)
            {
                await AskAsync(b, doomed, tally);
                await AskAsync(b, live, tally);
            }
        }

        Assert.That(tally.Answers, Is.EqualTo(new[] { "503 revocation-unavailable" }), tally.ToString());
        Assert.That(
            async () => await (await b.Client.AskAsync(live.AccessToken)).AnswerAsync(),
            Is.EqualTo("200").After((int)Bound.TotalMilliseconds, 50));
        await (await b.Client.AskAsync(doomed.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
    }

    private static async Task AskAsync(ServiceNode node, TokenPair session, Tally tally) =>
        tally.Add(await (await node.Client.AskAsync(session.AccessToken)).AnswerAsync());
}
