using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace CleanJwt.Benchmarks.Load;

/// <summary>
/// Refused sign-ins in turn, with an address that nobody has and with a wrong password: whether they can be told apart by what they answer, or by a
/// stopwatch.
/// </summary>
internal static class SignInTiming
{
    private const int Same = 0;
    private const int Different = 1;
    private const int WarmUpPairs = 20;
    private const double Tolerance = 0.10;

    /// <param name="dll">Of the published service.</param>
    public static async Task<int> RunAsync(string dll, int pairs)
    {
        var folder = Directory.CreateTempSubdirectory("cleanjwt-timing-").FullName;
        try
        {
            // Each address is tried once, so that none is throttled.
            await Seeding.RunAsync(folder, WarmUpPairs + pairs);
            SqliteConnection.ClearAllPools();
            var settings = ServiceDatabase.SettingsFor(folder);
            settings["RateLimiting:Enabled"] = "false"; // all come from one client address
            await using var server = await Server.StartAsync(Path.GetFullPath(dll), cores: $"0-{Environment.ProcessorCount - 1}", settings, "/health/ready");
            using var client = new HttpClient { BaseAddress = server.Address };
            await TakeAsync(client, 0, WarmUpPairs);
            return Report(await TakeAsync(client, WarmUpPairs, pairs));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<List<Pair>> TakeAsync(HttpClient client, int from, int count)
    {
        var pairs = new List<Pair>(count);
        for (var number = from; number < from + count; number++)
        {
            var (known, unknown) = (Seeding.EmailOf(number), $"nobody{number.ToString(CultureInfo.InvariantCulture)}@example.com");

            // Whichever comes second may find something warm: they take turns in that, too.
            if (number % 2 == 0)
            {
                var first = await TryAsync(client, unknown);
                pairs.Add(new Pair(first, await TryAsync(client, known)));
            }
            else
            {
                var first = await TryAsync(client, known);
                pairs.Add(new Pair(await TryAsync(client, unknown), first));
            }
        }

        return pairs;
    }

    private static async Task<Try> TryAsync(HttpClient client, string email)
    {
        using var content = JsonContent.Create(new { email, password = "not the right password" });
        await content.LoadIntoBufferAsync();
        var start = Stopwatch.GetTimestamp();
        using var response = await client.PostAsync(new Uri("/api/auth/login", UriKind.Relative), content);
        var body = await response.Content.ReadAsStringAsync();
        var elapsed = Stopwatch.GetElapsedTime(start);

        var problem = JsonNode.Parse(body)!.AsObject();
        problem.Remove("traceId");
        var headers = response.Headers.Concat(response.Content.Headers).Where(header => header.Key != "Date")
            .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}").Order(StringComparer.Ordinal);
        return new Try(elapsed, string.Join('\n', [$"{(int)response.StatusCode}", .. headers, problem.ToJsonString()]));
    }

    private static int Report(List<Pair> pairs)
    {
        var answers = pairs.SelectMany(pair => new[] { pair.UnknownEmail.Answer, pair.WrongPassword.Answer }).Distinct().ToList();
        if (answers is not [var answer])
        {
            Console.WriteLine($"The answers differ:\n\n{string.Join("\n\n", answers)}");
            return Different;
        }

        Console.WriteLine($"{pairs.Count} pairs, in turn. All were answered so, but for the date and the traceId:\n\n{answer}\n");
        var unknown = Show("unknown email", pairs.Select(pair => pair.UnknownEmail));
        var wrong = Show("wrong password", pairs.Select(pair => pair.WrongPassword));
        var ratio = unknown / wrong;
        var within = Math.Abs(ratio - 1) <= Tolerance;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"ratio of the medians  {ratio:0.000}: {(within ? "within 10 %" : "NOT within 10 %")}"));
        return within ? Same : Different;
    }

    /// <returns>The median, in milliseconds.</returns>
    private static double Show(string what, IEnumerable<Try> tries)
    {
        var sorted = tries.Select(one => one.Elapsed.TotalMilliseconds).Order().ToList();
        var (quarter, median, threeQuarters) = (sorted[sorted.Count / 4], sorted[sorted.Count / 2], sorted[sorted.Count * 3 / 4]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{what,-20}  median {median:0.00} ms, half of them {quarter:0.00} to {threeQuarters:0.00} ms"));
        return median;
    }

    private sealed record Pair(Try UnknownEmail, Try WrongPassword);

    private sealed record Try(TimeSpan Elapsed, string Answer);
}
