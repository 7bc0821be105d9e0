using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace CleanJwt.WebApi.FunctionalTests.Input.Mutants;

/// <summary>Sends mutants to a service of its own, and keeps what it finds wrong with the answers.</summary>
internal sealed class Fuzzer : IAsyncDisposable
{
    // Something is wrong with everything then, and the rest tells nothing new.
    private const int EnoughFindings = 100;

    // Few enough for the queue of passwords to hash never to be full, which may be answered 503.
    private const int Workers = 4;
    private const int CasesBetweenLooks = 1_000;
    private static readonly TimeSpan BetweenProgress = TimeSpan.FromSeconds(5);

    private readonly ErrorLog _errors = new();
    private readonly CleanJwtApp _app;
    private readonly ConcurrentQueue<Finding> _findings = new();
    private readonly ConcurrentDictionary<string, Tally> _answers = new();
    private int _done;

    /// <param name="configure">Weakens the service, to see that it is noticed.</param>
    public Fuzzer(Action<IServiceCollection>? configure = null) => _app = new CleanJwtApp(
        new([.. TestAccounts.WithAdmin, .. OAuthRequests.WithClients]),
        configure: services =>
        {
            services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider>(_errors);
            configure?.Invoke(services);
        });

    public IReadOnlyCollection<Finding> Findings => _findings;

    /// <summary>How many cases of which kind were answered how.</summary>
    public string Figures =>
        string.Join('\n', _answers.OrderBy(kind => kind.Key, StringComparer.Ordinal)
            .Select(kind => $"{kind.Key}: {kind.Value.Total} cases, {kind.Value}"));

    /// <param name="progress">Told every few seconds how far it is.</param>
    public async Task RunAsync(int seed, int firstCase, int cases, Action<string> progress)
    {
        var client = _app.CreateClient();
        var material = await Material.MakeAsync(_app);
        var clock = Stopwatch.StartNew();
        using var over = new CancellationTokenSource();
        var reporting = ReportAsync(cases, clock, progress, over.Token);
        var workers = new ParallelOptions { MaxDegreeOfParallelism = Workers };
        await Parallel.ForAsync(firstCase, firstCase + cases, workers, async (number, _) =>
        {
            if (_findings.Count >= EnoughFindings)
            {
                return;
            }

            var tokens = material;
            if (await TryAsync(client, seed, number, new MutantMaker(tokens, seed).Make(number)) is Oracle.Accepted)
            {
                // Its session may be over or its token spent, which would hide what else is accepted.
                material = material with { One = await client.LoginAsync() };
            }

            if (Interlocked.Increment(ref _done) % CasesBetweenLooks == 0)
            {
                _app.Commands.Reset(); // the counter grows with each command, and no test reads it here
                if (await tokens.DamageAsync(client) is { } damage)
                {
                    Report(new Finding(seed, number, "damage, by this case or one of the thousand before it", damage));
                    material = await Material.MakeAsync(_app);
                }
            }
        });
        if ((await material.DamageAsync(client) ?? await material.DamageToRefreshTokensAsync(client)) is { } atTheEnd)
        {
            Report(new Finding(seed, firstCase + cases - 1, "damage, by this case or one of the thousand before it",
                atTheEnd));
        }

        await over.CancelAsync();
        await reporting;
        progress(Progress(cases, clock.Elapsed));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <returns>What is wrong with the answer, or null.</returns>
    private async Task<string?> TryAsync(HttpClient client, int seed, int number, MutantRequest request)
    {
        string? wrong;
        string answer;
        try
        {
            using var message = request.ToMessage();
            using var response = await client.SendAsync(message);
            var body = await response.Content.ReadAsStringAsync();
            wrong = Oracle.Judge(request, response, body);
            answer = $"{(int)response.StatusCode} {body}";
            Count(request.Kind, body == Oracle.Inactive ? "200 inactive"
                : ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            (wrong, answer) = ("no answer", exception.ToString());
            Count(request.Kind, "none");
        }

        // Of another worker's case, perhaps, which runs at the same time.
        for (var line = _errors.Take(); line is not null; line = _errors.Take())
        {
            (wrong, answer) = (wrong ?? "an error in the log", $"{answer}\nlogged: {line}");
        }

        if (wrong is not null)
        {
            Report(new Finding(seed, number, $"{request.Kind}: {wrong}", $"{request}\nanswered: {answer}"));
        }

        return wrong;
    }

    private void Report(Finding finding) => _findings.Enqueue(finding);

    private void Count(string kind, string answer) => _answers.GetOrAdd(kind, _ => new Tally()).Add(answer);

    private async Task ReportAsync(
        int cases, Stopwatch clock, Action<string> progress, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(BetweenProgress);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                progress(Progress(cases, clock.Elapsed));
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private string Progress(int cases, TimeSpan elapsed)
    {
        var (done, perSecond) = (Volatile.Read(ref _done), _done / elapsed.TotalSeconds);
        var left = done == 0 ? "?" : $"{(cases - done) / perSecond:0} s";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{done:N0} of {cases:N0} cases, {perSecond:N0} a second, {_findings.Count} findings, {left} left");
    }
}

/// <summary>What a case has brought to light.</summary>
/// <param name="What">In one line, without what differs from case to case.</param>
internal sealed record Finding(int Seed, int Case, string What, string Details)
{
    public override string ToString() =>
        $"seed {Seed}, case {Case} (CLEANJWT_FUZZ_SEED={Seed} CLEANJWT_FUZZ_CASE={Case}), {What}\n{Details}";
}
