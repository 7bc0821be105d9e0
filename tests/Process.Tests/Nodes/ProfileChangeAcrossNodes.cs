using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Nodes;

/// <summary>A node that does not know yet of a session's end still reads with its token, and writes nothing.</summary>
internal sealed class ProfileChangeAcrossNodes
{
    private const string Route = "/api/users/me";

    [Test]
    public async Task SessionThatAnotherNodeEndedAMomentAgo_ReadsStillAndWritesNothing()
    {
        // So seldom that the second node can't know.
        var seldom = new Dictionary<string,
        string?>
        { ["Revocation:PollInterval"] = "00:00:05", ["Revocation:MaxStaleness"] = "00:01:00" };
        using var folder = new TemporaryFolder();
        var nodes = await Task.WhenAll(
            ServiceNode.StartAsync(folder.Path, seldom), ServiceNode.StartAsync(folder.Path, seldom));
        await using var first = nodes[0];
        await using var second = nodes[1];
        var email = await first.Client.RegisterAsync();

        var unknowing = 0;
        for (var round = 0; round < 5; round++)
        {
            var tokens = await first.Client.LoginAsync(email);
            var bearer = ("Authorization", $"Bearer {tokens.AccessToken}");
            await (await second.Client.SendAsync(HttpMethod.Patch, Route, new { displayName = "before" }, bearer))
                .ShouldBeAsync(200);
            await first.Client.LogoutAsync(tokens);
            var write = await second.Client.SendAsync(HttpMethod.Patch, Route, new { displayName = "after" }, bearer);
            var read = await second.Client.GetAsync(Route, bearer);
            await BearerErrors.ShouldBeRefusedAsync(write, "token-revoked");

            // Unless the second node has asked just now, its list lets the token pass.
            if (read.IsSuccessStatusCode)
            {
                unknowing++;
                Assert.That((await read.JsonAsync()).Text("displayName"), Is.EqualTo("before"));
            }
        }

        Assert.That(unknowing, Is.Not.Zero, "the second node always knew: this test shows nothing");
    }
}
