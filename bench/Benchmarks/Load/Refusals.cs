using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;

namespace CleanJwt.Benchmarks.Load;

/// <summary>The result of one round in which more sign-ins arrive at once than the hashing queue takes.</summary>
/// <param name="Refused">The times after which the service answered 503 with <c>Retry-After</c>.</param>
/// <param name="Bare">The times after which bare Kestrel answered as many requests at once.</param>
internal sealed record Refusals(
    int Asked, int Accepted, IReadOnlyList<TimeSpan> Refused, IReadOnlyList<TimeSpan> Bare)
{
    /// <summary>Sends sign-ins over many connections at once, then as many requests to bare Kestrel.</summary>
    /// <returns>
    /// One result per round. A first round is left out: it opens the connections and compiles the client.
    /// </returns>
    public static async Task<List<Refusals>> MeasureAsync(
        Uri login, string emails, Uri bare, int connections, int rounds)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections });
        var users = await File.ReadAllLinesAsync(emails);
        var results = new List<Refusals>();
        for (var round = 0; round <= rounds; round++)
        {
            var signIns = await SendAtOnceAsync(connections, number => client.PostAsJsonAsync(
                login, new { email = users[number % users.Length], password = Seeding.Password }));
            var bareAnswers = await SendAtOnceAsync(connections, _ => client.GetAsync(bare));
            if (round > 0)
            {
                results.Add(new Refusals(
                    signIns.Count,
                    signIns.Count(answer => answer.StatusCode == HttpStatusCode.OK),
                    [.. signIns.Where(answer => answer.IsRefusal).Select(answer => answer.Elapsed)],
                    [.. bareAnswers.Select(answer => answer.Elapsed)]));
            }
        }

        return results;
    }

    private static async Task<IReadOnlyList<Answer>> SendAtOnceAsync(
        int connections, Func<int, Task<HttpResponseMessage>> send) =>
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async number =>
        {
            var watch = Stopwatch.StartNew();
            using var response = await send(number);
            return new Answer(response.StatusCode, response.Headers.RetryAfter is not null, watch.Elapsed);
        }));

    private sealed record Answer(HttpStatusCode StatusCode, bool HasRetryAfter, TimeSpan Elapsed)
    {
        public bool IsRefusal => StatusCode == HttpStatusCode.ServiceUnavailable && HasRetryAfter;
    }
}
