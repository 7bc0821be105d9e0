using System.Diagnostics;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Nodes;

/// <summary>A password that one node has changed ends the other sessions of the account on every node.</summary>
internal sealed class PasswordChangeAcrossNodes
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

    [Test]
    [NonParallelizable] // its bound is of time
    public async Task OtherNode_RefusesTheOtherSessionsWithinASecond()
    {
        using var folder = new TemporaryFolder();
        var nodes = await Task.WhenAll(ServiceNode.StartAsync(folder.Path), ServiceNode.StartAsync(folder.Path));
        await using var first = nodes[0];
        await using var second = nodes[1];
        var password = TestAccounts.Password;
        var email = await first.Client.RegisterAsync();
        for (var round = 1; round <= 3; round++)
        {
            var next = $"a new horse and a new staple {round}";
            var current = await AccountRequests.TokensOfAsync(await first.Client.TryLoginAsync(email, password));
            var other = await AccountRequests.TokensOfAsync(await second.Client.TryLoginAsync(email, password));
            await (await second.Client.AskAsync(other.AccessToken)).ShouldBeAsync(200);
            await (await first.Client.ChangePasswordAsync(current.AccessToken, next, password)).ShouldBeAsync(204);
            var changed = Stopwatch.StartNew();
            TimeSpan sent;
            string answer;
            do
            {
                sent = changed.Elapsed;
                answer = await (await second.Client.AskAsync(other.AccessToken)).AnswerAsync();
            }
            while (answer == "200" && sent < 5 * Bound);

            Assert.That(answer, Is.EqualTo("401 token-revoked"));
            Assert.That(sent, Is.LessThanOrEqualTo(Bound));
            await (await second.Client.AskAsync(current.AccessToken)).ShouldBeAsync(200);
            await (await second.Client.TryLoginAsync(email, password)).ShouldBeProblemAsync(401, "invalid-credentials");
            password = next;
        }
    }
}
