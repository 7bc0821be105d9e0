using System.Net.Http.Json;
using System.Text.Json;

namespace CleanJwt;

/// <summary>What the owner of an account does with it, and what a test does to it beside the service.</summary>
internal static class AccountRequests
{
    public static Task<HttpResponseMessage> TryLoginAsync(this HttpClient client, string email, string password) =>
        client.PostAsJsonAsync("/api/auth/login", new { email, password });

    public static Task<HttpResponseMessage> ChangePasswordAsync(
        this HttpClient client, string accessToken, string newPassword,
        string currentPassword = TestAccounts.Password) =>
        client.SendAsync(
            HttpMethod.Put,
            "/api/users/me/password",
            new { currentPassword, newPassword },
            ("Authorization", $"Bearer {accessToken}"));

    public static async Task<TokenPair> TokensOfAsync(HttpResponseMessage response)
    {
        await response.ShouldBeAsync(200);
        return TokenPair.From(await response.JsonAsync());
    }

    public static string AccountId(this TokenPair tokens) => Jwt.Payload(tokens.AccessToken)["sub"]!.ToString();

    /// <summary>In seconds since 1970.</summary>
    public static long AuthTime(this TokenPair tokens) =>
        Jwt.Payload(tokens.AccessToken)["auth_time"]!.GetValue<long>();

    /// <summary>The names of the fields that a problem document complains of.</summary>
    public static IEnumerable<string> Fields(this JsonElement problem) => problem.GetProperty("errors").Names();
}
