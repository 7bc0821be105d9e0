using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Input.Mutants;

/// <summary>The good tokens and accounts that mutants are made of.</summary>
/// <param name="One">
/// What most mutants are made of. No mutant may end its session, nor <paramref name="Other"/>'s.
/// </param>
/// <param name="Ended">
/// Whose session is over: bodies hold its refresh token, which is read like any other and does nothing.
/// </param>
/// <param name="TargetId">Of the account whose roles are set.</param>
/// <param name="Key">What the service signs with.</param>
internal sealed record Material(
    TokenPair One, TokenPair Other, TokenPair Admin, TokenPair Ended, string TargetId, ServiceKey Key)
{
    public static async Task<Material> MakeAsync(CleanJwtApp app)
    {
        var client = app.CreateClient();
        var target = await client.LoginAsync();
        var ended = await client.LoginAsync();
        await client.LogoutAsync(ended);
        return new Material(
            await client.LoginAsync(
                ), await client.LoginAsync(), await client.AdminAsync(), ended, target.AccountId, app.ServiceKey());
    }

    /// <summary>Whether a text is one of the tokens themselves.</summary>
    public bool Holds(string token) => All.Any(tokens => token == tokens.AccessToken || token == tokens.RefreshToken);

    /// <returns>What a mutant has done to the sessions and accounts, or null when all are as they were.</returns>
    public async Task<string?> DamageAsync(HttpClient client)
    {
        foreach (var tokens in new[] { One, Other, Admin })
        {
            var answer = await client.AskAsync(tokens.AccessToken, "/api/users/me");
            if (!answer.IsSuccessStatusCode)
            {
                return $"a session that nobody ended answers {await answer.AnswerAsync()}";
            }

            var account = await answer.JsonAsync();
            if (account.Text("id") != tokens.AccountId
                || account.GetProperty("roles").GetArrayLength() != (tokens == Admin ? 1 : 0))
            {
                return $"an account has become {account}";
            }
        }

        return null;
    }

    /// <summary>As <see cref="DamageAsync"/>, for the end: it spends the refresh tokens.</summary>
    public async Task<string?> DamageToRefreshTokensAsync(HttpClient client)
    {
        foreach (var tokens in new[] { One, Other, Admin })
        {
            var answer = await client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = tokens.RefreshToken });
            if (!answer.IsSuccessStatusCode)
            {
                return $"a refresh token that nobody spent is answered {await answer.AnswerAsync()}";
            }
        }

        return null;
    }

    private TokenPair[] All => [One, Other, Admin, Ended];
}
