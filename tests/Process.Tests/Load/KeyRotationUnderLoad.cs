using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using CleanJwt.ProcessTests.Support;

namespace CleanJwt.ProcessTests.Load;

/// <summary>
/// Keys rotate while two nodes serve, each with the tokens of the other, and a client sends tokens under keys that do
/// not exist. The script <c>scripts/rotation-load.sh</c> runs it for a minute.
/// </summary>
[Platform(Exclude = "Win", Reason = "processes are signalled with kill")]
internal sealed class KeyRotationUnderLoad
{
    private const int RequestsPerSecond = 200;
    private const int StrangersPerSecond = 50;
    private const int SignInsPerSecond = 2;

    // A new key comes into use 10 s after its rotation, and later where the machine is slow.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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
        var tokens = new ConcurrentQueue<TokenPair>();
        var unspent = new ConcurrentStack<TokenPair>();
        var answers = new ConcurrentDictionary<string, int>();
        var keys = new ConcurrentDictionary<string, int>();

        // The first write of a node builds EF Core's model, for which nothing is left on a slow machine once the load
        // is there.
        Keep(await one.Client.LoginAsync(email));
        Keep(await other.Client.LoginAsync(email));

        var rotating = RotateAsync();
        var started = await Task.WhenAll(
            UntilRotatedAsync(RequestsPerSecond, AskAsync),
            UntilRotatedAsync(StrangersPerSecond, AskAsStrangerAsync),
            UntilRotatedAsync(SignInsPerSecond, SignInAsync));
        var took = await rotating;

        await TestContext.Out.WriteLineAsync(
            $"{took.TotalSeconds:0} s, {keys.Count} keys in use: {string.Join(", ", answers.OrderBy(answer => answer.Key).Select(answer => $"{answer.Value} × {answer.Key}"))}");
        Assert.That(
            answers.Keys,
            Is.EquivalentTo(new[] { "200", "stranger: 401 invalid-token" }),
            () => string.Join(", ", answers));
        Assert.That(
            answers["200"], Is.EqualTo(started[0]).And.GreaterThan(RequestsPerSecond * duration.TotalSeconds * 0.95));

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
            var client = nodes[i % 2].Client;
            var answer = i % 4 >= 2 && unspent.TryPop(
                out var session) ? client.RefreshAsync(session.RefreshToken) : client.TryLoginAsync(email);
            Keep(await AccountRequests.TokensOfAsync(await answer));
        }

        void Keep(TokenPair session)
        {
            tokens.Enqueue(session);
            unspent.Push(session);
        }

        async Task<TimeSpan> RotateAsync()
        {
            var clock = Stopwatch.StartNew();
            for (var i = 1; i <= rotations; i++)
            {
                var rotated = await ServiceNode.RunAsync(folder.Path, "keys", "rotate");
                Assert.That(rotated.ExitCode, Is.Zero, rotated.Errors);
                for (var waited = Stopwatch.StartNew(); keys.Count <= i
                    || clock.Elapsed < duration * i / rotations; await Task.Delay(50))
                {
                    Assert.That(keys.Count > i || waited.Elapsed < Patience, "a rotation never came into use");
                }
            }

            return clock.Elapsed;
        }

        // Starts something at a steady rate, however long each takes, and returns how often.
        async Task<int> UntilRotatedAsync(int perSecond, Func<int, Task> start)
        {
            var begun = new List<Task>();
            for (var clock = Stopwatch.StartNew(); !rotating.IsCompleted; await Task.Delay(5))
            {
                while (begun.Count < clock.Elapsed.TotalSeconds * perSecond)
                {
                    begun.Add(start(begun.Count));
                }
            }

            await Task.WhenAll(begun);
            return begun.Count;
        }

        void Count(string answer) => answers.AddOrUpdate(answer, 1, (_, count) => count + 1);
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(
            text, CultureInfo.InvariantCulture) : otherwise;
}
