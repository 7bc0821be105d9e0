using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>
/// Keys rotate while two nodes serve, each with the tokens of the other, and somebody sends tokens under keys that nobody made. The script
/// <c>scripts/rotation-load.sh</c> runs it for a minute.
/// </summary>
[Platform(Exclude = "Win", Reason = "processes are signalled with kill")]
internal sealed class RotationUnderLoad
{
    private const int RequestsPerSecond = 200;
    private const int StrangersPerSecond = 50;

    [Test]
    public async Task NoGoodRequestIsRefused()
    {
        var rotations = Number("CLEANJWT_ROTATIONS", otherwise: 1);
        var duration = TimeSpan.FromSeconds(Number("CLEANJWT_ROTATION_SECONDS", otherwise: 15));
        using var folder = new TemporaryFolder();
        await using var one = await ServiceNode.StartAsync(folder.Path);
        await using var other = await ServiceNode.StartAsync(folder.Path);
        ServiceNode[] nodes = [one, other];
        var email = await one.Client.RegisterAsync();
        var tokens = new ConcurrentQueue<TokenPair>([await one.Client.LoginAsync(email)]);
        var answers = new ConcurrentDictionary<string, int>();
        var keys = new ConcurrentDictionary<string, int>();

        await Task.WhenAll(
            EveryAsync(duration, RequestsPerSecond, AskAsync),
            EveryAsync(duration, StrangersPerSecond, AskAsStrangerAsync),
            EveryAsync(duration, perSecond: 2, SignInAsync),
            RotateAsync());

        await TestContext.Out.WriteLineAsync(
            $"{duration.TotalSeconds:0} s, {keys.Count} keys in use: {string.Join(", ", answers.OrderBy(answer => answer.Key).Select(answer => $"{answer.Value} × {answer.Key}"))}");
        Assert.That(answers.Keys, Is.SubsetOf(new[] { "200", "stranger: 401 invalid-token" }), () => string.Join(", ", answers));
        Assert.That(answers["200"], Is.EqualTo(RequestsPerSecond * duration.TotalSeconds).Within(5).Percent);
        Assert.That(keys, Has.Count.EqualTo(rotations + 1), "each rotation came into use");

        // The newest tokens most, and always also on the node that did not issue them.
        async Task AskAsync(int i)
        {
            var known = tokens.ToArray();
            var token = (i % 4 < 2 ? known[^1] : known[i % known.Length]).AccessToken;
            keys.TryAdd(Jwt.Header(token)["kid"]!.ToString(), 0);
            Count(await (await nodes[i % 2].Client.AskAsync(token)).AnswerAsync());
        }

        async Task AskAsStrangerAsync(int i)
        {
            var token = Jwt.With(tokens.First().AccessToken, 0, _ => Jwt.Encode($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{Guid.NewGuid():N}}"}"""));
            Count("stranger: " + await (await nodes[i % 2].Client.AskAsync(token)).AnswerAsync());
        }

        async Task SignInAsync(int i)
        {
            var node = nodes[i % 2];
            tokens.Enqueue(i % 4 < 2 ? await node.Client.LoginAsync(email) : TokenPair.From(await (await node.Client.RefreshAsync(tokens.Last().RefreshToken)).JsonAsync()));
        }

        async Task RotateAsync()
        {
            for (var i = 0; i < rotations; i++)
            {
                var started = Stopwatch.StartNew();
                var rotated = await ServiceNode.RunAsync(folder.Path, "keys", "rotate");
                Assert.That(rotated.ExitCode, Is.Zero, rotated.Errors);
                await Task.Delay(Max(TimeSpan.Zero, duration / rotations - started.Elapsed));
            }
        }

        void Count(string answer) => answers.AddOrUpdate(answer, 1, (_, count) => count + 1);
    }

    /// <summary>Starts something at a steady rate, however long each takes.</summary>
    private static async Task EveryAsync(TimeSpan duration, int perSecond, Func<int, Task> start)
    {
        var started = new List<Task>();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            while (started.Count < clock.Elapsed.TotalSeconds * perSecond)
            {
                started.Add(start(started.Count));
            }

            await Task.Delay(5);
        }

        await Task.WhenAll(started);
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
