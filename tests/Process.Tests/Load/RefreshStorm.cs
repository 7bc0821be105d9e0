using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using CleanJwt.ProcessTests.Support;
using Microsoft.Data.Sqlite;

namespace CleanJwt.ProcessTests.Load;

/// <summary>
/// Many sessions that refresh all the time, and lose replies, while the process is killed and started again.
/// </summary>
[NonParallelizable] // it takes all there is of processors
internal sealed class RefreshStorm
{
    private const int Sessions = 200;
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(2);

    // Longer than the restart takes on the busiest machine: a client that comes back within the grace is what is
    // promised.
    private static readonly Dictionary<string, string?> Settings =
        new() { ["Sessions:RefreshReuseGrace"] = "00:05:00" };

    [Test]
    public async Task KilledInTheMiddle_CostsNoClientItsSessionAndLeavesOneLiveGeneration()
    {
        using var folder = new TemporaryFolder();
        await using var node = await ServiceNode.StartAsync(folder.Path, Settings);
        var clients = (await node.Client.LoginManyAsync(Sessions))
            .Select((tokens, i) => new Client(node.Client, tokens, i)).ToArray();

        using var over = new CancellationTokenSource();
        var storm = Task.WhenAll(clients.Select(client => client.RunAsync(over.Token)));
        await Task.Delay(Before);
        var answeredBefore = clients.Sum(client => client.Refreshes);
        await node.KillAsync();

        // What was stored and not told: the client holds a token that is spent.
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        var untold = clients.Count(client => GenerationOf(folder, client) == client.Generation + 1);
        Assert.That(clients.Select(client => GenerationOf(folder, client) - client.Generation), Is.All.AnyOf(0, 1));

        var down = Stopwatch.StartNew();
        await node.RestartAsync();
        down.Stop();
        await Task.Delay(After);
        await over.CancelAsync();
        await storm;

        var lost = clients.Count(client => client.Refusal is not null);
        TestContext.Out.WriteLine(
            $"{Sessions} sessions: {answeredBefore} refreshes before the kill, {clients.Sum(client => client.Refreshes) - answeredBefore} after the restart, "
            + $"which took {down.Elapsed.TotalSeconds:F1} s; {clients.Sum(client => client.LostReplies)} tries without a reply, "
            + $"{untold} spent tokens at the kill whose successor nobody had been told; {lost} sessions lost");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(clients.Select(client => client.Refusal), Is.All.Null);
            Assert.That(clients.Select(client => client.Refreshes), Is.All.GreaterThan(1));
            Assert.That(clients.Sum(client => client.LostReplies), Is.GreaterThan(0));

            // Each answer moved the session on by one and no more.
            Assert.That(clients.Select(client => GenerationOf(folder, client) - client.Generation), Is.All.Zero);
        }

        await ShouldHaveOneLiveGenerationAsync(folder, clients);
    }

    private static async Task ShouldHaveOneLiveGenerationAsync(TemporaryFolder folder, Client[] clients)
    {
        var rotating = new Tally();
        foreach (var client in clients)
        {
            // Of the last two tokens that it was given, one still rotates: the newest.
            foreach (var (name, token) in new[] { ("the one before", client.Previous), ("the newest", client.Newest) })
            {
                var generation = GenerationOf(folder, client);
                var answer = await (await client.SendAsync(token)).AnswerAsync();
                rotating.Add($"{name}: {answer}, generation +{GenerationOf(folder, client) - generation}");
            }

            // All older ones are reuse, and end the session.
            var oldest = await (await client.SendAsync(client.First)).AnswerAsync();
            rotating.Add($"the first: {oldest}");
            rotating.Add($"the newest after that: {await (await client.SendAsync(client.Newest)).AnswerAsync()}");
        }

        TestContext.Out.WriteLine(rotating);
        Assert.That(
            rotating.Answers,
            Is.EquivalentTo(new[]
            {
                "the one before: 200, generation +0", "the newest: 200, generation +1",
                "the first: 401 refresh-token-reused",
                "the newest after that: 401 invalid-refresh-token",
            }),
            rotating.ToString());
    }

    private static long GenerationOf(TemporaryFolder folder, Client client)
    {
        using var connection = new SqliteConnection(
            $"Data Source={ServiceNode.DatabasePathIn(folder.Path)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT Generation FROM Sessions WHERE lower(Id) = @id";
        command.Parameters.AddWithValue("@id", client.SessionId);
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>
    /// Presents the newest token it was given, and the same one again when it was given no answer. Now and then it
    /// loses one.
    /// </summary>
    /// <param name="answers">Where it begins to count, so that not all lose theirs at once.</param>
    private sealed class Client(HttpClient http, TokenPair tokens, int answers)
    {
        private const int LosesEveryAnswerOf = 3;

        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

        private int _answers = answers;

        public string SessionId => tokens.SessionId;

        public string First => tokens.RefreshToken;

        public string Previous { get; private set; } = tokens.RefreshToken;

        public string Newest { get; private set; } = tokens.RefreshToken;

        public int Refreshes { get; private set; }

        /// <summary>The attempts without an answer, also those that found no process listening.</summary>
        public int LostReplies { get; private set; }

        /// <summary>Of the newest token, as this client must believe: each answer is the next.</summary>
        public int Generation => 1 + Refreshes;

        /// <summary>The answer that cost this client its session.</summary>
        public string? Refusal { get; private set; }

        public Task<HttpResponseMessage> SendAsync(string token) =>
            http.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = token });

        public async Task RunAsync(CancellationToken over)
        {
            // It ends with an answer, so that nothing is left open.
            for (var answered = true; (!over.IsCancellationRequested || !answered) && Refusal is null;)
            {
                try
                {
                    using var response = await SendAsync(Newest);
                    answered = response.StatusCode != HttpStatusCode.ServiceUnavailable;
                    if (answered && ++_answers % LosesEveryAnswerOf == 0)
                    {
                        answered = false;
                    }
                    else if (response.StatusCode == HttpStatusCode.OK)
                    {
                        (Previous, Newest) = (Newest, (await response.JsonAsync()).Text("refreshToken"));
                        Refreshes++;
                    }
                    else if (answered)
                    {
                        Refusal = await response.AnswerAsync();
                    }
                }
                catch (Exception exception) when (exception is HttpRequestException or IOException)
                {
                    answered = false;
                }

                if (!answered)
                {
                    LostReplies++;
                    await Task.Delay(Pause, CancellationToken.None);
                }
            }
        }
    }
}
