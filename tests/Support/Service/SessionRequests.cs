using System.Net;
using System.Net.Http.Json;

namespace CleanJwt;

/// <summary>What clients ask of a service over the wire, whichever process it is.</summary>
internal static class SessionRequests
{
    // An account has at most 100 live sessions.
    private const int SessionsPerAccount = 50;
    private const int LoginsAtOnce = 4;
    private const int MostAgain = 20;

    /// <returns>The address of the new account, whose password is <see cref="TestAccounts.Password"/>.</returns>
    public static async Task<string> RegisterAsync(this HttpClient client)
    {
        var email = "";
        var response = await PatientlyAsync(() =>
        {
            email = TestAccounts.UniqueEmail();
            return client.PostAsJsonAsync("/api/auth/register", new { email, password = TestAccounts.Password });
        });
        await response.ShouldBeAsync(201);
        return email;
    }

    public static Task<HttpResponseMessage> TryLoginAsync(this HttpClient client, string email) =>
        client.PostAsJsonAsync("/api/auth/login", new { email, password = TestAccounts.Password });

    /// <summary>Signs in, to a new account when no address is given.</summary>
    public static async Task<TokenPair> LoginAsync(this HttpClient client, string? email = null)
    {
        email ??= await client.RegisterAsync();
        var response = await PatientlyAsync(() => client.TryLoginAsync(email));
        await response.ShouldBeAsync(200);
        return TokenPair.From(await response.JsonAsync());
    }

    /// <summary>Signs in that many times, to as few accounts as allow it.</summary>
    public static async Task<TokenPair[]> LoginManyAsync(this HttpClient client, int count)
    {
        var emails = new List<string>();
        for (var i = 0; i < count; i += SessionsPerAccount)
        {
            emails.Add(await client.RegisterAsync());
        }

        return await client.LoginManyAsync(count, i => emails[i / SessionsPerAccount]);
    }

    /// <summary>
    /// Signs in that many times, a few at once: more would wait for each other for longer than the service has them
    /// wait.
    /// </summary>
    public static async Task<TokenPair[]> LoginManyAsync(this HttpClient client, int count, Func<int, string> emailOf)
    {
        var sessions = new TokenPair[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = LoginsAtOnce }, async (i, _) =>
            sessions[i] = await client.LoginAsync(emailOf(i)));
        return sessions;
    }

    public static Task<HttpResponseMessage> RefreshAsync(this HttpClient client, string refreshToken) =>
        client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken });

    /// <summary>Ends the session of a refresh token.</summary>
    public static async Task LogoutAsync(this HttpClient client, TokenPair tokens) =>
        await (await client.PostAsJsonAsync("/api/auth/logout", new { refreshToken = tokens.RefreshToken }))
            .ShouldBeAsync(204);

    /// <summary>Ends a session as its owner does from the list of them.</summary>
    public static async Task EndSessionAsync(this HttpClient client, TokenPair tokens)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/users/me/sessions/{tokens.SessionId}");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {tokens.AccessToken}");
        await (await client.SendAsync(request)).ShouldBeAsync(204);
    }

    /// <summary>Asks with a bearer token, by default what costs no database command.</summary>
    public static Task<HttpResponseMessage> AskAsync(
        this HttpClient client, string accessToken, string route = "/api/auth/token") =>
        client.GetAsync(route, ("Authorization", $"Bearer {accessToken}"));

    /// <returns>200, or the status and the code of the problem, such as <c>401 token-revoked</c>.</returns>
    public static async Task<string> AnswerAsync(this HttpResponseMessage response) => response.IsSuccessStatusCode
        ? $"{(int)response.StatusCode}"
        : $"{(int)response.StatusCode} {(await response.JsonAsync()).Text("code")}";

    /// <summary>
    /// What is told to come again does so, as a client would: on a slow machine a process's first write, which builds
    /// EF Core's model, can take longer than writes are given, and of many sign-ins at once some wait too long for
    /// those before them.
    /// </summary>
    public static async Task<HttpResponseMessage> PatientlyAsync(Func<Task<HttpResponseMessage>> send)
    {
        for (var again = 0; ; again++)
        {
            var response = await send();
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable || again == MostAgain)
            {
                return response;
            }

            await Task.Delay(response.Headers.RetryAfter!.Delta!.Value);
        }
    }
}
