using System.Collections.Concurrent;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>The commands for signing keys, while two nodes serve.</summary>
internal sealed class KeyCommands
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

    [Test]
    public async Task Rotate_UnderLoadAndUnknownKeys_RefusesNoGoodRequest()
    {
        using var folder = new TemporaryFolder();
        await using var one = await ServiceNode.StartAsync(folder.Path);
        await using var other = await ServiceNode.StartAsync(folder.Path);
        var email = await one.Client.RegisterAsync();
        var tokens = new ConcurrentQueue<string>([(await one.Client.LoginAsync(email)).AccessToken]);
        var before = KeyOf(tokens.Single());
        var answers = new ConcurrentDictionary<string, int>();
        using var stop = new CancellationTokenSource();

        var load = Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (var i = worker; !stop.IsCancellationRequested; i++)
            {
                var node = i % 2 == 0 ? one : other;
                var token = tokens.ElementAt(i % tokens.Count);
                answers.AddOrUpdate(await (await node.Client.AskAsync(token)).AnswerAsync(), 1, (_, count) => count + 1);
                var stranger = Jwt.With(token, 0, _ => Jwt.Encode($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{Guid.NewGuid():N}}"}"""));
                Assert.That(await (await node.Client.AskAsync(stranger)).AnswerAsync(), Is.EqualTo("401 invalid-token"));
                await Task.Delay(15);
            }
        })).ToList();
        for (var rotation = 0; rotation < 2; rotation++)
        {
            var rotated = await ServiceNode.RunAsync(folder.Path, "keys", "rotate");
            Assert.That(rotated.ExitCode, Is.Zero, rotated.Errors);
            for (var second = 0; second < 12; second++)
            {
                await Task.Delay(1000);
                tokens.Enqueue((await (second % 2 == 0 ? one : other).Client.LoginAsync(email)).AccessToken);
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        Assert.That(answers.Keys, Is.EqualTo(new[] { "200" }), string.Join(", ", answers));
        Assert.That(answers["200"], Is.GreaterThan(500));
        Assert.That(tokens.Select(KeyOf).Distinct().Count(), Is.EqualTo(3), "each rotation came into use");
        Assert.That(KeyOf(tokens.Last()), Is.Not.EqualTo(before));
    }

    [Test]
    public async Task Retire_RefusesEveryTokenUnderTheKeyOnEveryNodeWithinASecond()
    {
        using var folder = new TemporaryFolder();
        await using var one = await ServiceNode.StartAsync(folder.Path);
        await using var other = await ServiceNode.StartAsync(folder.Path);
        var session = await one.Client.LoginAsync();
        foreach (var node in new[] { one, other })
        {
            await (await node.Client.AskAsync(session.AccessToken)).ShouldBeAsync(200);
        }

        var keyId = KeyOf(session.AccessToken);
        var list = await ServiceNode.RunAsync(folder.Path, "keys", "list");
        Assert.That(list.Output, Does.Contain(keyId).And.Contain("signs"));

        var retired = await ServiceNode.RunAsync(folder.Path, "keys", "retire", keyId);
        Assert.That(retired.ExitCode, Is.Zero, retired.Errors);
        foreach (var node in new[] { one, other })
        {
            Assert.That(
                () => node.Client.AskAsync(session.AccessToken).Result.AnswerAsync().Result, Is.EqualTo("401 invalid-token").After((int)Bound.TotalMilliseconds, 20));
        }

        // The session is not over: it gets a token under the key that took over, good on both nodes.
        var refreshed = TokenPair.From(await (await other.Client.RefreshAsync(session.RefreshToken)).JsonAsync());
        Assert.That(KeyOf(refreshed.AccessToken), Is.Not.EqualTo(keyId));
        foreach (var node in new[] { one, other })
        {
            await (await node.Client.AskAsync(refreshed.AccessToken)).ShouldBeAsync(200);
        }

        var again = await ServiceNode.RunAsync(folder.Path, "keys", "retire", keyId);
        Assert.That((again.ExitCode, again.Errors), Is.EqualTo((1, $"There is no signing key '{keyId}'; 'keys list' shows them.\n")));
    }

    [Test]
    public async Task ChangedAlgorithm_RotatesAndBreaksNothing()
    {
        using var folder = new TemporaryFolder();
        TokenPair before;
        await using (var node = await ServiceNode.StartAsync(folder.Path))
        {
            before = await node.Client.LoginAsync();
        }

        await using var changed = await ServiceNode.StartAsync(folder.Path, new() { ["Jwt:SigningAlgorithm"] = "PS256" });
        await (await changed.Client.AskAsync(before.AccessToken)).ShouldBeAsync(200);
        Assert.That(
            () => Jwt.Header(TokenPair.From(changed.Client.RefreshAsync(before.RefreshToken).Result.JsonAsync().Result).AccessToken)["alg"]!.ToString(),
            Is.EqualTo("ES256"), "the new key is published before it signs");
        await Task.Delay(TimeSpan.FromSeconds(11));
        var after = await changed.Client.LoginAsync();
        Assert.That(Jwt.Header(after.AccessToken)["alg"]!.ToString(), Is.EqualTo("PS256"));
        await (await changed.Client.AskAsync(after.AccessToken)).ShouldBeAsync(200);
        await (await changed.Client.AskAsync(before.AccessToken)).ShouldBeAsync(200);
    }

    private static string KeyOf(string accessToken) => Jwt.Header(accessToken)["kid"]!.ToString();
}
