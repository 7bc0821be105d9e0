using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.Versioning;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Nodes;

/// <summary>
/// Two running nodes whose database can't be had for a while: they refuse rather than guess, and recover by themselves.
/// </summary>
[Platform(Exclude = "Win,MacOsX", Reason = "needs the POSIX locks of a part of a file")]
[UnsupportedOSPlatform("macos")]
internal sealed class DatabaseLostUnderNodes
{
    private static readonly TimeSpan MaxStaleness = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(30);

    // The machine may be busy with other tests; what has been revoked is given no such time.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    [Test]
    public async Task LostDatabase_IsAnswered503AndNothingRevokedLongAgoIsAccepted()
    {
        using var folder = new TemporaryFolder();

        // The second learns so seldom that it does not know of the last revocation when the database goes.
        var nodes = await Task.WhenAll(
            ServiceNode.StartAsync(folder.Path, Settings("00:00:00.5")), ServiceNode.StartAsync(
                folder.Path, Settings("00:00:02")));
        await using var a = nodes[0];
        await using var b = nodes[1];
        var email = await a.Client.RegisterAsync();
        var live = await a.Client.LoginAsync(email);
        var doomed = await a.Client.LoginAsync(email);
        foreach (var node in nodes)
        {
            await (await node.Client.AskAsync(live.AccessToken)).ShouldBeAsync(200);
            await (await node.Client.AskAsync(doomed.AccessToken)).ShouldBeAsync(200);
        }

        await a.Client.LogoutAsync(doomed);
        var revoked = Stopwatch.StartNew();
        var watches = new Watch[]
        {
            new(a, live, revoked), new(b, live, revoked), new(a, doomed, revoked), new(b, doomed, revoked),
        };
        using var ended = new CancellationTokenSource();
        var watching = Task.WhenAll(watches.Select(watch => watch.RunAsync(ended.Token)));
        TimeSpan lost, released;
        using (await WalIndexLock.TakeAsync(folder.Path))
        {
            lost = revoked.Elapsed;
            var waiting = new[]
            {
                TimedAsync(() => a.Client.TryLoginAsync(email)), TimedAsync(
                    () => a.Client.RefreshAsync(live.RefreshToken)),
                TimedAsync(() => a.Client.AskAsync(live.AccessToken, "/api/users/me")), TimedAsync(
                    () => a.Client.AskAsync(live.AccessToken, "/api/users/me/sessions")),
            };
            var ofServices = new[]
            {
                TimedAsync(() => a.Client.IntrospectAsync(live.RefreshToken)), TimedAsync(
                    () => b.Client.IntrospectAsync(live.RefreshToken)),
                TimedAsync(() => a.Client.RevokeAsync(live.AccessToken)), TimedAsync(
                    () => b.Client.RevokeAsync(live.RefreshToken)),
            };
            await (await a.Client.IntrospectAsync(live.AccessToken)).ShouldBeActiveAsync(); // from memory
            await (await a.Client.IntrospectAsync(doomed.AccessToken)).ShouldBeInactiveAsync();
            await (await a.Client.IntrospectAsync("garbage")).ShouldBeInactiveAsync();
            await Task.Delay(MaxStaleness + Slack);
            foreach (var (node, token) in new[] { (a, live), (b, live), (b, doomed) })
            {
                var refused = await node.Client.AskAsync(token.AccessToken);
                if (token == live || await refused.AnswerAsync() != "401 token-revoked")
                {
                    await refused.ShouldBeProblemAsync(503, "revocation-unavailable");
                    Assert.That(refused.Headers.RetryAfter?.Delta, Is.GreaterThan(TimeSpan.Zero));
                }

                await (await node.Client.AskAsync(token.AccessToken + "A")).ShouldBeProblemAsync(401, "invalid-token");
                await (await node.Client.AskAsync(token.RefreshToken)).ShouldBeProblemAsync(401, "invalid-token");
                await (await node.Client.IntrospectAsync(live.AccessToken)).ShouldBeOAuthErrorAsync(
                    503, "temporarily_unavailable");
                await (await node.Client.IntrospectAsync("garbage")).ShouldBeInactiveAsync();
                await (await node.Client.RevokeAsync("garbage")).ShouldBeAsync(200);
            }

            foreach (var route in new[]
            {
                "/health/live", "/.well-known/jwks.json", "/.well-known/openid-configuration",
                "/.well-known/oauth-authorization-server", "/openapi/v1.json",
            })
            {
                await (await a.Client.GetAsync(route)).ShouldBeAsync(200);
            }

            var (health, healthTook) = await TimedAsync(() => a.Client.GetAsync("/health/ready"));
            await health.ShouldBeAsync(503);
            var checks = (await health.JsonAsync()).GetProperty("checks");
            Assert.That(checks.GetProperty("revocation").Text("status"), Is.EqualTo("unhealthy"));
            Assert.That(checks.GetProperty("revocation").Text("description"), Does.Contain("evocations"));
            Assert.That(checks.GetProperty("database").Text("status"), Is.EqualTo("unhealthy"));
            Assert.That(healthTook, Is.LessThan(Bound));

            foreach (var (response, took) in await Task.WhenAll(waiting))
            {
                await response.ShouldBeProblemAsync(503, "service-unavailable");
                Assert.That(response.Headers.RetryAfter?.Delta, Is.GreaterThan(TimeSpan.Zero));
                Assert.That(took, Is.LessThan(Bound), response.RequestMessage!.RequestUri!.AbsolutePath);
            }

            foreach (var (response, took) in await Task.WhenAll(ofServices))
            {
                await response.ShouldBeOAuthErrorAsync(503, "temporarily_unavailable");
                Assert.That(took, Is.LessThan(Bound), response.RequestMessage!.RequestUri!.AbsolutePath);
            }

            released = revoked.Elapsed;
            foreach (var watch in watches.Where(watch => watch.Session == live))
            {
                var late = watch.Seen.Where(seen => seen.Sent > lost + MaxStaleness + Slack
                    && seen.Sent < released).Select(seen => seen.Answer);
                Assert.That(late, Is.Not.Empty.And.All.EqualTo("503 revocation-unavailable"));
            }
        }

        var (sawAgain, health2) = (TimeSpan.Zero, 0);
        while (sawAgain == TimeSpan.Zero || health2 != 200)
        {
            await Task.Delay(Pause);
            Assert.That(revoked.Elapsed - released, Is.LessThan(Bound), "the nodes do not recover");
            if (watches.Where(watch => watch.Session == live).All(watch => watch.Seen.Last().Answer == "200")
                && sawAgain == TimeSpan.Zero)
            {
                sawAgain = revoked.Elapsed - released;
            }

            health2 = (int)(await a.Client.GetAsync("/health/ready")).StatusCode;
        }

        await Task.Delay(10 * Pause);
        await ended.CancelAsync();
        await watching;
        foreach (var node in nodes)
        {
            await (await node.Client.AskAsync(doomed.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
            await (await node.Client.IntrospectAsync(live.AccessToken)).ShouldBeActiveAsync();
            await (await node.Client.IntrospectAsync(live.RefreshToken)).ShouldBeActiveAsync();
            await (await node.Client.IntrospectAsync(doomed.AccessToken)).ShouldBeInactiveAsync();
        }

        await (await a.Client.AskAsync(live.AccessToken, "/api/users/me")).ShouldBeAsync(200);
        await (await b.Client.RefreshAsync(live.RefreshToken)).ShouldBeAsync(200);

        var lastAccepted = watches[3].Seen.Where(
            seen => seen.Answer == "200").Select(seen => seen.Sent).DefaultIfEmpty().Max();
        TestContext.Out.WriteLine(
            $"database away for {(released - lost).TotalSeconds:F1} s; the node that had not learnt the revocation accepted it for {lastAccepted.TotalSeconds:F2} s "
            + $"(allowed {MaxStaleness.TotalSeconds} s); 200 again {sawAgain.TotalSeconds:F2} s after the database");
        foreach (var watch in watches)
        {
            TestContext.Out.WriteLine(watch);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(lastAccepted, Is.LessThanOrEqualTo(MaxStaleness));
            Assert.That(
                watches[2].Seen.Select(seen => seen.Answer),
                Is.All.EqualTo("401 token-revoked"),
                "the node that revoked it");
            Assert.That(
                watches.SelectMany(watch => watch.Seen).Select(seen => seen.Answer),
                Is.All.AnyOf("200", "401 token-revoked", "503 revocation-unavailable"));
        }
    }

    private static Dictionary<string, string?> Settings(string pollInterval) => new(OAuthRequests.WithClients)
    {
        ["Revocation:PollInterval"] = pollInterval,
        ["Revocation:MaxStaleness"] = MaxStaleness.ToString(),
    };

    private static async Task<(HttpResponseMessage Response, TimeSpan Took)> TimedAsync(
        Func<Task<HttpResponseMessage>> send)
    {
        var watch = Stopwatch.StartNew();
        var response = await send();
        return (response, watch.Elapsed);
    }

    /// <summary>
    /// Asks one node with one access token again and again, and remembers what it was answered and when it had asked.
    /// </summary>
    private sealed class Watch(ServiceNode node, TokenPair session, Stopwatch clock)
    {
        public TokenPair Session => session;

        public ConcurrentQueue<(TimeSpan Sent, string Answer)> Seen { get; } = new();

        public async Task RunAsync(CancellationToken ended)
        {
            while (!ended.IsCancellationRequested)
            {
                var sent = clock.Elapsed;
                Seen.Enqueue((sent, await (await node.Client.AskAsync(session.AccessToken)).AnswerAsync()));
                await Task.Delay(Pause, CancellationToken.None);
            }
        }

        public override string ToString()
        {
            var runs = new List<string>();
            foreach (var (sent, answer) in Seen)
            {
                if (runs.Count == 0 || !runs[^1].EndsWith(answer, StringComparison.Ordinal))
                {
                    runs.Add($"from {sent.TotalSeconds:F2} s {answer}");
                }
            }

            return $"{node.Client.BaseAddress}: {string.Join(", ", runs)}";
        }
    }
}
