using System.Security.Cryptography;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Commands;

/// <summary>The commands for signing keys, while two nodes serve.</summary>
internal sealed class KeyCommands
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

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
                () => node.Client.AskAsync(session.AccessToken).Result.AnswerAsync().Result,
                Is.EqualTo("401 invalid-token").After((int)Bound.TotalMilliseconds, 20));
        }

        // The session is not over: it gets a token under the key that took over, good on both nodes.
        var refreshed = TokenPair.From(await (await other.Client.RefreshAsync(session.RefreshToken)).JsonAsync());
        Assert.That(KeyOf(refreshed.AccessToken), Is.Not.EqualTo(keyId));
        foreach (var node in new[] { one, other })
        {
            await (await node.Client.AskAsync(refreshed.AccessToken)).ShouldBeAsync(200);
        }

        var again = await ServiceNode.RunAsync(folder.Path, "keys", "retire", keyId);
        Assert.That(
            (again.ExitCode, again.Errors),
            Is.EqualTo((1, $"There is no signing key '{keyId}'; 'keys list' shows them.\n")));
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

        await using var changed = await ServiceNode.StartAsync(
            folder.Path, new() { ["Jwt:SigningAlgorithm"] = "PS256" });
        await (await changed.Client.AskAsync(before.AccessToken)).ShouldBeAsync(200);
        Assert.That(
            () => Jwt.Header(TokenPair.From(changed.Client.RefreshAsync(before.RefreshToken).Result.JsonAsync().Result)
            .AccessToken)["alg"]!.ToString(),
            Is.EqualTo("ES256"), "the new key is published before it signs");
        TokenPair? after = null;
        Assert.That(
            () => Jwt.Header((after = changed.Client.LoginAsync().Result).AccessToken)["alg"]!.ToString(),
            Is.EqualTo("PS256").After(60_000, 1_000), "a busy machine makes an RSA key slowly");
        await (await changed.Client.AskAsync(after!.AccessToken)).ShouldBeAsync(200);
        await (await changed.Client.AskAsync(before.AccessToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task OperatorsOwnKeys_AreNotForTheCommands()
    {
        using var folder = new TemporaryFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "signing.pem"), key.ExportPkcs8PrivateKeyPem());
        const string Setting = "--Jwt:KeyFiles:0=signing.pem";
        foreach (var command in new[] { new[] { "keys", "list", Setting }, ["keys", "rotate", Setting],
            ["keys", "retire", "some-key", Setting] })
        {
            var refused = await ServiceNode.RunAsync(folder.Path, command);
            Assert.That(
                (refused.ExitCode, refused.Errors),
                Is.EqualTo((1, "The signing keys are the files of Jwt:KeyFiles: change that setting, and restart every node.\n")));
        }

        var ended = await ServiceNode.RunAsync(folder.Path, "sessions", "end-all", Setting);
        Assert.That(ended.ExitCode, Is.Zero, ended.Errors);
        Assert.That(ended.Output, Does.Contain("Ended 0 sessions. Replace the files of Jwt:KeyFiles too."));
    }

    private static string KeyOf(string accessToken) => Jwt.Header(accessToken)["kid"]!.ToString();
}
