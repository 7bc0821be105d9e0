using System.Collections.Concurrent;
using System.Diagnostics;
using CleanJwt.ProcessTests.Support;
using Microsoft.Data.Sqlite;

namespace CleanJwt.ProcessTests.Load;

/// <summary>
/// During a flood of sign-ins, and while refreshes wait for another program's write, all other requests are answered.
/// </summary>
[NonParallelizable] // its bounds are of time, and it takes all there is of processors
[Platform(Exclude = "Win", Reason = "processes are signalled with kill")]
internal sealed class SignInFlood
{
    private const int SignInsAtOnce = 64;
    private const int Sessions = 40;
    private const int RefreshesEach = 5;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    [Test]
    public async Task ReadsPollsKeysAndHealth_GoOn()
    {
        using var folder = new TemporaryFolder();
        await using var node = await ServiceNode.StartAsync(folder.Path);
        var client = node.Client;
        var email = await client.RegisterAsync();
        var reader = await client.LoginAsync(email);
        var sessions = await client.LoginManyAsync(Sessions);

        var (signIns, refreshes, reads) = (new Tally(), new Tally(), new Tally());
        var times = new ConcurrentBag<TimeSpan>();
        var clock = Stopwatch.StartNew();
        await using (var connection = new SqliteConnection(
            $"Data Source={ServiceNode.DatabasePathIn(folder.Path)};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var held = await connection.BeginTransactionAsync(); // BEGIN IMMEDIATE
            clock.Restart();
            var flood = Enumerable.Range(0, SignInsAtOnce).Select(_ => RepeatAsync(async () =>
                signIns.Add(await TimedAsync(() => client.TryLoginAsync(email), times)))).ToList();
            var waiting = sessions.SelectMany(
                session => Enumerable.Repeat(session, RefreshesEach)).Select(async session =>
                refreshes.Add(await TimedAsync(() => client.RefreshAsync(session.RefreshToken), times))).ToList();
            var others = new[] { "/api/auth/token", "/api/users/me", "/.well-known/jwks.json", "/health/live" }.Select(
                route => RepeatAsync(async () =>
                reads.Add(
                    $"{route} {await (await client.AskAsync(reader.AccessToken, route)).AnswerAsync()}"))).ToList();

            await Task.WhenAll(others);
            await Task.WhenAll(waiting);
            await Task.WhenAll(flood);
        }

        TestContext.Out.WriteLine($"sign-ins while another process writes: {signIns}");
        TestContext.Out.WriteLine(
            $"refreshes: {refreshes}; no answer of either took longer than {times.Max().TotalSeconds:F1} s");
        TestContext.Out.WriteLine($"meanwhile: {reads}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                refreshes["503 service-unavailable"], Is.EqualTo(Sessions * RefreshesEach), refreshes.ToString());
            Assert.That(signIns.Answers, Is.All.EqualTo("503 service-unavailable"));
            Assert.That(times.Max(), Is.LessThan(Bound));
            Assert.That(
                reads.Answers,
                Is.EquivalentTo(new[] { "/api/auth/token 200", "/api/users/me 200", "/.well-known/jwks.json 200",
                    "/health/live 200" }));
        }

        // What was given up is not done later: after this sign-in, which waits its turn, nothing is left of it but what
        // was being tried just then.
        await (await client.TryLoginAsync(email)).ShouldBeAsync(200);
        Assert.That(RotatedSessionsIn(folder), Is.LessThanOrEqualTo(1));

        var again = new Tally();
        foreach (var session in sessions)
        {
            again.Add(await (await client.RefreshAsync(session.RefreshToken)).AnswerAsync());
        }

        Assert.That(again["200"], Is.EqualTo(Sessions), again.ToString());
        Assert.That(RotatedSessionsIn(folder), Is.EqualTo(Sessions));

        async Task RepeatAsync(Func<Task> send)
        {
            for (; clock.Elapsed < Length; await Task.Delay(Pause))
            {
                await send();
            }
        }
    }

    private static long RotatedSessionsIn(TemporaryFolder folder)
    {
        using var connection = new SqliteConnection(
            $"Data Source={ServiceNode.DatabasePathIn(folder.Path)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM Sessions WHERE Generation > 1";
        return (long)command.ExecuteScalar()!;
    }

    private static async Task<string> TimedAsync(Func<Task<HttpResponseMessage>> send, ConcurrentBag<TimeSpan> times)
    {
        var watch = Stopwatch.StartNew();
        var response = await send();
        times.Add(watch.Elapsed);
        if (!response.IsSuccessStatusCode)
        {
            Assert.That(response.Headers.RetryAfter?.Delta, Is.GreaterThan(TimeSpan.Zero));
        }

        return await response.AnswerAsync();
    }
}
