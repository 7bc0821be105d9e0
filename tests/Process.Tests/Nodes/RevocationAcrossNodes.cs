using System.Collections.Concurrent;
using System.Diagnostics;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Nodes;

/// <summary>Real processes over one database: what one of them revokes, the others refuse within a second.</summary>
[OnDatabases]
[NonParallelizable] // its bounds are of time
[Platform(Exclude = "Win", Reason = "processes are signalled with kill")]
internal sealed class RevocationAcrossNodes(DatabaseKind kind)
{
    private const int Revocations = 100;
    private const int AtOnce = 10;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    [TestCase(2)]
    [TestCase(3)]
    public async Task RevokedSession_IsRefusedByEveryOtherNodeWithinASecond(int nodes)
    {
        using var database = new TestDatabase(kind);
        var started = await Task.WhenAll(
            Enumerable.Range(0, nodes).Select(_ => ServiceNode.StartAsync(database, OAuthRequests.WithClients)));
        await using var first = started[0];
        await using var second = started[1];
        await using var third = started.ElementAtOrDefault(2);
        var others = started[1..];

        var sessions = await first.Client.LoginManyAsync(Revocations);
        var delays = new ConcurrentBag<TimeSpan>();
        await Parallel.ForAsync(0, Revocations, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
        {
            var session = sessions[i];
            foreach (var node in others)
            {
                await (await node.Client.AskAsync(session.AccessToken)).ShouldBeAsync(200);
            }

            await EndAsync(first.Client, session, i);
            var revoked = Stopwatch.StartNew();
            await (await first.Client.AskAsync(session.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
            await (await first.Client.IntrospectAsync(session.AccessToken)).ShouldBeInactiveAsync();
            await Task.WhenAll(
                others.Select(async node => delays.Add(await RefusedAfterAsync(node, session, revoked))));
        });

        TestContext.Out.WriteLine(
            $"{Revocations} revocations on one of {nodes} nodes, learnt by the others after {delays.Median().TotalMilliseconds:F0} ms (median), "
            + $"{delays.Max().TotalMilliseconds:F0} ms (largest)");
        Assert.That(delays, Has.Count.EqualTo(Revocations * others.Length));
        Assert.That(delays.Max(), Is.LessThanOrEqualTo(Bound));
    }

    private static async Task EndAsync(HttpClient client, TokenPair session, int way)
    {
        switch (way % 4)
        {
            case 0:
                await client.LogoutAsync(session);
                break;
            case 1:
                await client.EndSessionAsync(session);
                break;
            default:
                await (await client.RevokeAsync(way % 4 == 2 ? session.AccessToken
                    : session.RefreshToken)).ShouldBeAsync(200);
                break;
        }
    }

    private static async Task<TimeSpan> RefusedAfterAsync(ServiceNode node, TokenPair session, Stopwatch revoked)
    {
        while (true)
        {
            var sent = revoked.Elapsed;
            var answer = await (await node.Client.AskAsync(session.AccessToken)).AnswerAsync();
            if (answer == "401 token-revoked")
            {
                await (await node.Client.IntrospectAsync(session.AccessToken)).ShouldBeInactiveAsync();
                return sent;
            }

            Assert.That(answer, Is.EqualTo("200"));
            Assert.That(sent, Is.LessThan(GiveUp), "the revocation was never learnt");
            await Task.Delay(Pause);
        }
    }
}
