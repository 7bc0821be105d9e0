using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace CleanJwt.Benchmarks.Load;

/// <summary>What is asked of servers over HTTP outside the measured runs.</summary>
internal static class Peers
{
    /// <summary>Signs users in.</summary>
    /// <returns>A file with their access tokens.</returns>
    public static async Task<string> SignInAsync(Server server, string path, int count)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        var tokens = new string[count];
        await Parallel.ForAsync(0, count, async (number, cancellationToken) =>
        {
            var response = await client.PostAsJsonAsync(
                new Uri(path, UriKind.Relative), new { email = Seeding.EmailOf(number), password = Seeding.Password }, cancellationToken);
            response.EnsureSuccessStatusCode();
            tokens[number] = (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("accessToken").GetString()!;
        });
        var file = Path.Combine(Directory.CreateTempSubdirectory("cleanjwt-bench-").FullName, "tokens");
        await File.WriteAllLinesAsync(file, tokens);
        return file;
    }

    /// <summary>Signs in with many connections at once, and looks at those that are turned away.</summary>
    public static async Task<Refusals> CountRefusalsAsync(Uri login, string emails, int connections)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections });
        var users = await File.ReadAllLinesAsync(emails);

        // Connections first: what they cost to open is not what is asked about.
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => client.GetAsync(new Uri(login, "/health/live"))));
        var answers = await Task.WhenAll(Enumerable.Range(0, connections).Select(async number =>
        {
            var watch = Stopwatch.StartNew();
            using var response = await client.PostAsJsonAsync(login, new { email = users[number % users.Length], password = Seeding.Password });
            return (response.StatusCode, RetryAfter: response.Headers.RetryAfter is not null, watch.Elapsed);
        }));
        var refused = answers.Where(answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable).ToList();
        return new Refusals(
            answers.Length,
            answers.Count(answer => answer.StatusCode == HttpStatusCode.OK),
            refused.Count(answer => answer.RetryAfter),
            refused.Count == 0 ? 0 : Statistics.Median(refused.Select(answer => answer.Elapsed.TotalMilliseconds)),
            refused.Count == 0 ? 0 : refused.Max(answer => answer.Elapsed.TotalMilliseconds));
    }
}

/// <summary>What came of more sign-ins at once than the queue has places for.</summary>
/// <param name="Refused">Answered 503 with <c>Retry-After</c>.</param>
internal sealed record Refusals(int Asked, int Accepted, int Refused, double MedianMilliseconds, double MaxMilliseconds);
