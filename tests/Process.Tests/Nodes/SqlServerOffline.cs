using System.Diagnostics;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Nodes;

/// <summary>A SQL Server database that goes away under a node, and comes back.</summary>
[OnDatabases(DatabaseKind.SqlServer)]
[Platform(Exclude = "Win", Reason = "processes are signalled with kill")]
internal sealed class SqlServerOffline(DatabaseKind kind)
{
    private const int Patience = 30_000;

    [Test]
    public async Task Node_AnswersInTimeThatItCanNotAndGoesOnAfterwards()
    {
        using var database = new TestDatabase(kind) { IsSpoilt = true };
        await using var node = await ServiceNode.StartAsync(database);
        var email = await node.Client.RegisterAsync();
        var (ended, kept) = (await node.Client.LoginAsync(email), await node.Client.LoginAsync(email));
        await node.Client.LogoutAsync(ended);

        database.TakeOffline();
        var waited = Stopwatch.StartNew();
        await (await node.Client.RefreshAsync(kept.RefreshToken)).ShouldBeAsync(503);
        Assert.That(waited.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));
        await (await node.Client.GetAsync("/health/live")).ShouldBeAsync(200);
        await (await node.Client.GetAsync("/health/ready")).ShouldBeAsync(503);
        await (await node.Client.AskAsync(ended.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");

        database.BringOnline();
        Assert.That(
            async () => (int)(await node.Client.GetAsync("/health/ready")).StatusCode,
            Is.EqualTo(200).After(Patience, 100));
        await (await node.Client.RefreshAsync(kept.RefreshToken)).ShouldBeAsync(200);
        await (await node.Client.RefreshAsync(ended.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }
}
