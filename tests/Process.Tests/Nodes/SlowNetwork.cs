using System.Diagnostics;
using System.Globalization;
using CleanJwt.ProcessTests.Support;
using Microsoft.Data.SqlClient;

namespace CleanJwt.ProcessTests.Nodes;

/// <summary>
/// A database server that comes back after an outage over a network that takes 0.4 s for each message, while clients go
/// on asking.
/// </summary>
[OnDatabases(DatabaseKind.SqlServer)]
[Category("Load")]
internal sealed class SlowNetwork(DatabaseKind kind)
{
    private const int DefaultPort = 1433;

    [Test]
    public async Task Node_RecoversWithinTenSecondsUnderLoad()
    {
        using var database = new TestDatabase(kind) { IsSpoilt = true };
        var connection = new SqlConnectionStringBuilder(database.ConnectionString);
        var server = connection.DataSource.Replace("tcp:", "", StringComparison.Ordinal).Split(',');
        using var proxy = new DelayingProxy(server[0], server.Length > 1 ? int.Parse(server[1], CultureInfo.InvariantCulture) : DefaultPort);
        connection.DataSource = $"127.0.0.1,{proxy.Port}";
        await using var node = await ServiceNode.StartAsync(
            database, new() { ["ConnectionStrings:Default"] = connection.ConnectionString });
        var tokens = await node.Client.LoginAsync();
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 16).Select(_ => AskUntilAsync(node, tokens, stop.Token)).ToArray();

        proxy.Stop();
        Assert.That(
            () => node.Client.AskAsync(tokens.AccessToken).Result.AnswerAsync().Result,
            Is.EqualTo("503 revocation-unavailable").After(15_000, 100));
        proxy.Delay = TimeSpan.FromSeconds(0.4);
        proxy.Start();
        var waited = Stopwatch.StartNew();
        Assert.That(
            () => node.Client.AskAsync(tokens.AccessToken).Result.AnswerAsync().Result,
            Is.EqualTo("200").After(30_000, 100));
        Assert.That(waited.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));

        await stop.CancelAsync();
        await Task.WhenAll(load);
    }

    private static async Task AskUntilAsync(ServiceNode node, TokenPair tokens, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var answer = await node.Client.RefreshAsync(tokens.RefreshToken);
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
