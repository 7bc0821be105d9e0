using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Sessions;

/// <summary>
/// Random histories of a session through the whole service, each step answered as a small model of the contract says.
/// </summary>
[Category("Exhaustive")]
internal sealed class SessionHistories
{
    private const int Histories = 60;
    private const int Steps = 30;
    private const int FixedSeed = 20_260_101;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Idle = TimeSpan.FromDays(14);
    private static readonly TimeSpan Absolute = TimeSpan.FromDays(90);
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan[] Jumps =
    [
        Millisecond, TimeSpan.FromSeconds(
            1), Grace - Millisecond, Grace, Grace + Millisecond, TimeSpan.FromMinutes(9), TimeSpan.FromDays(13),
        TimeSpan.FromDays(13.9), Idle - Millisecond, Idle,
    ];

    private static readonly TimeSpan[] LongJumps = [TimeSpan.FromDays(12), TimeSpan.FromDays(13), Idle - Millisecond];

    [Test]
    public async Task EveryStep_IsAnsweredAsTheModelSays()
    {
        await using var app = new CleanJwtApp();
        var email = await app.RegisterAsync();
        var answers = new Tally();
        for (var history = 0; history < Histories; history++)
        {
            var seed = FixedSeed + history;
            var told = new List<string>();
            try
            {
                await FollowAsync(app, email, new Random(seed), told, answers);
            }
            catch
            {
                TestContext.Out.WriteLine($"seed {seed}: {string.Join("; ", told)}");
                throw;
            }
        }

        TestContext.Out.WriteLine($"{Histories} histories of {Steps} steps: {answers}");
        Assert.That(
            answers.Answers,
            Is.SupersetOf(new[] { "next 200", "again 200", "old 401 refresh-token-reused",
                "next 401 invalid-refresh-token", "old 401 invalid-refresh-token" }),
            "the histories reach what they are to test");
    }

    private static async Task FollowAsync(
        CleanJwtApp app, string email, Random random, List<string> told, Tally answers)
    {
        var newest = await app.LoginAsync(email);
        var model = new Model(newest, app.Time.GetUtcNow());

        // Some clients refresh once in a fortnight, and so come to the end of the absolute lifetime.
        var rare = random.Next(4) == 0;
        for (var step = 0; step < Steps; step++)
        {
            switch (rare && random.Next(20) > 0 ? step % 2 * 99 : random.Next(100))
            {
                case < 45:
                    await RefreshAsync("next", newest.RefreshToken);
                    break;
                case < 52 when model.Spent.Count > 0:
                    await RefreshAsync("again", model.Spent[^1]);
                    break;
                case < 54 when model.Spent.Count > 1:
                    await RefreshAsync("old", model.Spent[random.Next(model.Spent.Count - 1)]);
                    break;
                case < 55:
                    told.Add("logout");
                    await app.CreateClient().LogoutAsync(newest);
                    model.IsOver = true;
                    break;
                default:
                    var jump = rare ? LongJump(model.LeftAt(app.Time.GetUtcNow()), random) : ShortJump(random);
                    told.Add($"jump {jump}");
                    app.Time.Advance(jump);
                    break;
            }

            await AccessTokenShouldBeAsTheModelSaysAsync();
        }

        async Task RefreshAsync(string name, string token)
        {
            var now = app.Time.GetUtcNow();
            var expected = model.Present(token, now);
            var response = await app.RefreshAsync(token);
            var answer = await response.AnswerAsync();
            told.Add($"{name} {answer}");
            answers.Add($"{name} {answer}");
            Assert.That(answer, Is.EqualTo(expected), string.Join("; ", told));
            if (answer == "200")
            {
                newest = TokenPair.From(await response.JsonAsync());
                model.Issued(newest, now);
            }
        }

        async Task AccessTokenShouldBeAsTheModelSaysAsync()
        {
            if (app.Time.GetUtcNow() - model.NewestIssuedAt > TimeSpan.FromMinutes(9))
            {
                return; // when exactly it expires is another test's question
            }

            var answer = await (await app.CreateClient().AskAsync(newest.AccessToken)).AnswerAsync();
            Assert.That(answer, Is.EqualTo(model.IsOver ? "401 token-revoked" : "200"), string.Join("; ", told));
        }
    }

    /// <summary>Most are short, so that histories get long.</summary>
    private static TimeSpan ShortJump(Random random) =>
        Jumps[Enumerable.Range(0, 4).Min(_ => random.Next(Jumps.Length))];

    /// <summary>At the end of the absolute lifetime, to its last moment or to the one after.</summary>
    private static TimeSpan LongJump(TimeSpan left, Random random) => left > Millisecond && left < Idle
        ? left - (random.Next(2) * Millisecond)
        : LongJumps[random.Next(LongJumps.Length)];

    /// <summary>
    /// The contract's paragraph on refresh tokens, told by tokens and when they were spent; generations it knows
    /// nothing of.
    /// </summary>
    private sealed class Model
    {
        // Several are of one generation after a repeat: spending one of them spends all.
        private readonly HashSet<string> _current = [];
        private readonly HashSet<string> _before = [];
        private readonly DateTimeOffset _start;
        private DateTimeOffset _spentAt;
        private DateTimeOffset _lastSeen;

        public Model(TokenPair first, DateTimeOffset start)
        {
            (_start, _lastSeen) = (start, start);
            Issued(first, start);
        }

        /// <summary>By logout or reuse.</summary>
        public bool IsOver { get; set; }

        /// <summary>One token of every spent generation, the oldest first.</summary>
        public List<string> Spent { get; } = [];

        public DateTimeOffset NewestIssuedAt { get; private set; }

        /// <summary>What is left of the absolute lifetime.</summary>
        public TimeSpan LeftAt(DateTimeOffset now) => _start + Absolute - now;

        public string Present(string token, DateTimeOffset now)
        {
            if (IsOver || now >= _lastSeen + Idle || now >= _start + Absolute)
            {
                return "401 invalid-refresh-token";
            }

            if (_current.Contains(token))
            {
                _before.Clear();
                _before.UnionWith(_current);
                _current.Clear();
                Spent.Add(token);
                (_spentAt, _lastSeen) = (now, now);
                return IsLastSecond(now) ? "401 invalid-refresh-token" : "200";
            }

            if (_before.Contains(token) && now - _spentAt < Grace)
            {
                return IsLastSecond(now) ? "401 invalid-refresh-token" : "200";
            }

            IsOver = true;
            return "401 refresh-token-reused";
        }

        // An access token counts whole seconds.
        private bool IsLastSecond(DateTimeOffset now) =>
            (_start + Absolute).ToUnixTimeSeconds() <= now.ToUnixTimeSeconds();

        public void Issued(TokenPair tokens, DateTimeOffset now)
        {
            _current.Add(tokens.RefreshToken);
            NewestIssuedAt = now;
        }
    }
}
