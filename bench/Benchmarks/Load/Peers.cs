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

    /// <summary>Signs in with many connections at once, and looks at those that are turned away; then asks a bare server as often at once.</summary>
    /// <returns>Of each round. One before them does not count: it opens the connections and compiles the client, which is not what is asked about.</returns>
    public static async Task<List<Refusals>> CountRefusalsAsync(Uri login, string emails, Uri bare, int connections, int rounds)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections });
        var users = await File.ReadAllLinesAsync(emails);
        var found = new List<Refusals>();
        for (var round = 0; round <= rounds; round++)
        {
            var signIns = await AskAtOnceAsync(connections, number => client.PostAsJsonAsync(login, new { email = users[number % users.Length], password = Seeding.Password }));
            var bareAnswers = await AskAtOnceAsync(connections, _ => client.GetAsync(bare));
            if (round > 0)
            {
                found.Add(new Refusals(
                    signIns.Count,
                    signIns.Count(answer => answer.StatusCode == HttpStatusCode.OK),
                    [.. signIns.Where(answer => answer is { StatusCode: HttpStatusCode.ServiceUnavailable, RetryAfter: true }).Select(answer => answer.Elapsed)],
                    [.. bareAnswers.Select(answer => answer.Elapsed)]));
            }
        }

        return found;
    }

    private static async Task<IReadOnlyList<(HttpStatusCode StatusCode, bool RetryAfter, TimeSpan Elapsed)>> AskAtOnceAsync(
        int connections, Func<int, Task<HttpResponseMessage>> ask) =>
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async number =>
        {
            var watch = Stopwatch.StartNew();
            using var response = await ask(number);
            return (response.StatusCode, response.Headers.RetryAfter is not null, watch.Elapsed);
        }));
}

/// <summary>What came of more sign-ins at once than the queue has places for.</summary>
/// <param name="Refused">After what time those were answered 503 with <c>Retry-After</c>.</param>
/// <param name="Bare">After what time a bare server answered as many requests at once.</param>
internal sealed record Refusals(int Asked, int Accepted, IReadOnlyList<TimeSpan> Refused, IReadOnlyList<TimeSpan> Bare);
