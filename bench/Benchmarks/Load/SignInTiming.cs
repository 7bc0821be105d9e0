using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace CleanJwt.Benchmarks.Load;

/// <summary>
/// Sends requests that must not tell whether an address has an account, in turn with a known and an unknown one. Says
/// whether a client can tell the two apart by the answer or by its latency.
/// </summary>
internal static class SignInTiming
{
    private const int Same = 0;
    private const int Different = 1;
    private const int WarmUpPairs = 20;
    private const double Tolerance = 0.10;

    private static readonly Part[] Parts =
    [
        new("refused sign-in", "/api/auth/login", email => new { email, password = "not the right password" }),
        new("forgotten password", "/api/auth/password/forgot", email => new { email }),
        new("sign-up", "/api/auth/register", email => new { email, password = "correct horse battery staple" }),
    ];

    /// <param name="dll">The program of the published service.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string dll, int pairs)
    {
        var folder = Directory.CreateTempSubdirectory("cleanjwt-timing-").FullName;
        try
        {
            // Each address is used once, so that the service throttles none of them.
            await Seeding.RunAsync(folder, WarmUpPairs + pairs);
            SqliteConnection.ClearAllPools();
            var settings = ServiceDatabase.SettingsFor(folder);
            settings["RateLimiting:Enabled"] = "false"; // all requests come from one address
            settings["Accounts:RequireConfirmedEmail"] = "true"; // otherwise a sign-up tells by 409 email-taken
            settings["Mail:Transport"] = "Folder";
            var cores = $"0-{Environment.ProcessorCount - 1}";
            await using var server = await Server.StartAsync(Path.GetFullPath(dll), cores, settings, "/health/ready");
            using var client = new HttpClient { BaseAddress = server.Address };
            var outcome = Same;
            foreach (var part in Parts)
            {
                Console.WriteLine($"\n{part.Name}\n");
                await TakeAsync(client, part, 0, WarmUpPairs);
                outcome = Math.Max(outcome, Report(await TakeAsync(client, part, WarmUpPairs, pairs)));
            }

            return outcome;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<List<Pair>> TakeAsync(HttpClient client, Part part, int from, int count)
    {
        var pairs = new List<Pair>(count);
        for (var number = from; number < from + count; number++)
        {
            var (known, unknown) = (Seeding.EmailOf(number), $"unknown{number}@example.com");

            // The second request may find warm caches, so the two alternate in the order as well.
            if (number % 2 == 0)
            {
                var first = await SendAsync(client, part, unknown);
                pairs.Add(new Pair(first, await SendAsync(client, part, known)));
            }
            else
            {
                var first = await SendAsync(client, part, known);
                pairs.Add(new Pair(await SendAsync(client, part, unknown), first));
            }
        }

        return pairs;
    }

    private static async Task<Attempt> SendAsync(HttpClient client, Part part, string email)
    {
        using var content = JsonContent.Create(part.BodyOf(email));
        await content.LoadIntoBufferAsync();
        var start = Stopwatch.GetTimestamp();
        using var response = await client.PostAsync(new Uri(part.Route, UriKind.Relative), content);
        var body = await response.Content.ReadAsStringAsync();
        var elapsed = Stopwatch.GetElapsedTime(start);

        var problem = JsonNode.Parse(body)!.AsObject();
        problem.Remove("traceId");
        if (problem["flowToken"] is { } token)
        {
            problem["flowToken"] = $"{token.GetValue<string>().Length} characters"; // random, and of one length
        }

        var headers = response.Headers.Concat(response.Content.Headers).Where(header => header.Key != "Date")
            .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}").Order(StringComparer.Ordinal);
        var answer = string.Join('\n', [$"{(int)response.StatusCode}", .. headers, problem.ToJsonString()]);
        return new Attempt(elapsed, answer);
    }

    private static int Report(List<Pair> pairs)
    {
        var answers = pairs
            .SelectMany(pair => new[] { pair.Unknown.Answer, pair.Known.Answer })
            .Distinct()
            .ToList();
        if (answers is not [var answer])
        {
            Console.WriteLine($"The answers differ:\n\n{string.Join("\n\n", answers)}");
            return Different;
        }

        Console.WriteLine($"{pairs.Count} pairs, in turn. All answers were the same but for the date, the traceId and the flow token:");
        Console.WriteLine($"\n{answer}\n");
        var unknown = Show("unknown address", pairs.Select(pair => pair.Unknown));
        var known = Show("known address", pairs.Select(pair => pair.Known));
        var ratio = unknown / known;
        var within = Math.Abs(ratio - 1) <= Tolerance;
        Console.WriteLine($"ratio of the medians  {ratio:0.000}: {(within ? "within 10 %" : "NOT within 10 %")}");
        return within ? Same : Different;
    }

    /// <returns>The median in milliseconds.</returns>
    private static double Show(string what, IEnumerable<Attempt> attempts)
    {
        var sorted = attempts.Select(one => one.Elapsed.TotalMilliseconds).Order().ToList();
        var (lower, median, upper) = (sorted[sorted.Count / 4], sorted[sorted.Count / 2], sorted[sorted.Count * 3 / 4]);
        Console.WriteLine($"{what,-20}  median {median:0.00} ms, quartiles {lower:0.00} and {upper:0.00} ms");
        return median;
    }

    private sealed record Pair(Attempt Unknown, Attempt Known);

    private sealed record Part(string Name, string Route, Func<string, object> BodyOf);

    private sealed record Attempt(TimeSpan Elapsed, string Answer);
}
