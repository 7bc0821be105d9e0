using System.Net.Http.Json;

namespace CleanJwt.Benchmarks.Load;

/// <summary>Registers and signs in accounts over HTTP, outside the measured runs.</summary>
internal static class Accounts
{
    /// <summary>Registers the accounts that <see cref="Seeding.EmailOf"/> names, from 0 on.</summary>
    public static async Task RegisterAsync(Server server, int count)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        await Parallel.ForAsync(0, count, async (number, cancellationToken) =>
        {
            using var response = await client.PostAsJsonAsync(
                new Uri("/api/auth/register", UriKind.Relative),
                new { email = Seeding.EmailOf(number), password = Seeding.Password, displayName = $"User {number}" },
                cancellationToken);
            response.EnsureSuccessStatusCode();
        });
    }

    /// <summary>Signs in the accounts of the given numbers.</summary>
    /// <returns>One pair of tokens per account, in the same order.</returns>
    public static async Task<TokenPair[]> SignInAsync(Server server, string path, IReadOnlyList<int> numbers)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        var tokens = new TokenPair[numbers.Count];
        await Parallel.ForAsync(0, numbers.Count, async (i, cancellationToken) =>
        {
            using var response = await client.PostAsJsonAsync(
                new Uri(path, UriKind.Relative),
                new { email = Seeding.EmailOf(numbers[i]), password = Seeding.Password },
                cancellationToken);
            response.EnsureSuccessStatusCode();
            tokens[i] = (await response.Content.ReadFromJsonAsync<TokenPair>(cancellationToken))!;
        });
        return tokens;
    }
}

/// <summary>The tokens of one sign-in.</summary>
/// <param name="RefreshToken">Null where the server issues none.</param>
internal sealed record TokenPair(string AccessToken, string? RefreshToken);
