using CleanJwt.ProcessTests.Support;

using static CleanJwt.PasswordAttemptRequests;

namespace CleanJwt.ProcessTests.Nodes;

/// <summary>
/// Wrong passwords count wherever they are tried: on any node of one database, and before and after it was started
/// anew.
/// </summary>
[OnDatabases]
[Platform(Exclude = "Win", Reason = "processes are signalled with kill")]
internal sealed class TooManyAttemptsAcrossNodes(DatabaseKind kind)
{
    [Test]
    public async Task WrongPasswordsOnTwoNodes_AreCountedTogether()
    {
        using var database = new TestDatabase(kind);
        await using var one = await ServiceNode.StartAsync(database);
        await using var other = await ServiceNode.StartAsync(database);
        var known = await one.Client.RegisterAsync();
        foreach (var email in new[] { known, TestAccounts.UniqueEmail() })
        {
            foreach (var node in new[] { one, other, one, other, one })
            {
                await (await node.Client.TryLoginAsync(email, Wrong)).ShouldBeProblemAsync(401, "invalid-credentials");
            }

            await (await one.Client.TryLoginAsync(email)).ShouldBeProblemAsync(429, "too-many-attempts");
            await (await other.Client.TryLoginAsync(email)).ShouldBeProblemAsync(429, "too-many-attempts");
        }

        await one.KillAsync();
        await one.RestartAsync();
        await (await one.Client.TryLoginAsync(known)).ShouldBeProblemAsync(429, "too-many-attempts");
    }

    [Test]
    public async Task ManyAtOnceOnTwoNodes_AreFiveTimesToldToBeWrongAndAlwaysToBeRight()
    {
        using var database = new TestDatabase(kind);
        await using var one = await ServiceNode.StartAsync(database);
        await using var other = await ServiceNode.StartAsync(database);
        var (attacked, busy) = (await one.Client.RegisterAsync(), await one.Client.RegisterAsync());
        var proving = await one.Client.LoginAsync(busy);

        var wrong = await AtOnceAsync(50, i => NodeOf(i).TryLoginAsync(attacked, Wrong));
        Assert.That(wrong["401 invalid-credentials"], Is.EqualTo(5), wrong.ToString());
        Assert.That(wrong["429 too-many-attempts"], Is.EqualTo(45), wrong.ToString());

        var right = await AtOnceAsync(20, i => NodeOf(i).TryLoginAsync(busy));
        Assert.That(right["200"], Is.EqualTo(20), right.ToString());
        var proofs = await AtOnceAsync(10, i => NodeOf(i).ReauthenticateAsync(proving, TestAccounts.Password));
        Assert.That(proofs["200"], Is.EqualTo(10), proofs.ToString());

        HttpClient NodeOf(int i) => (i % 2 == 0 ? one : other).Client;
    }

    [Test]
    public async Task RightPasswordOnOneNode_ClearsTheCountOnTheOther()
    {
        using var database = new TestDatabase(kind);
        await using var one = await ServiceNode.StartAsync(database);
        await using var other = await ServiceNode.StartAsync(database);
        var email = await one.Client.RegisterAsync();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 4; i++)
            {
                await (await one.Client.TryLoginAsync(email, Wrong)).ShouldBeAsync(401);
            }

            await other.Client.LoginAsync(email);
        }
    }
}
