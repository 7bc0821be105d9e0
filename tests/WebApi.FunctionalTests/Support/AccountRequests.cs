using System.Net.Http.Json;
using System.Text.Json;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>What the owner of an account does with it, and what a test does to it beside the service.</summary>
internal static class AccountRequests
{
    /// <returns>The address of a new account with the role of administrators.</returns>
    public static async Task<string> RegisterAdminAsync(this CleanJwtApp app)
    {
        var email = await app.RegisterAsync();
        app.Sql("UPDATE AspNetUsers SET Roles = 'admin' WHERE Email = @p0", email);
        return email;
    }

    public static Task<HttpResponseMessage> TryLoginAsync(this HttpClient client, string email, string password) =>
        client.PostAsJsonAsync("/api/auth/login", new { email, password });

    /// <summary>Proves the password again in the session of a token.</summary>
    public static Task<HttpResponseMessage> ReauthenticateAsync(
        this CleanJwtApp app, string accessToken, string password = CleanJwtApp.Password) =>
        app.CreateClient(accessToken).PostAsJsonAsync("/api/auth/reauthenticate", new { password });

    public static Task<HttpResponseMessage> ChangePasswordAsync(
        this HttpClient client, string accessToken, string newPassword, string currentPassword = CleanJwtApp.Password) =>
        client.SendAsync(HttpMethod.Put, "/api/users/me/password", new { currentPassword, newPassword }, ("Authorization", $"Bearer {accessToken}"));

    /// <summary>Ends a session in the database alone: no node's list knows of it.</summary>
    public static void EndBehindTheBack(this CleanJwtApp app, TokenPair tokens) =>
        app.Sql("UPDATE Sessions SET EndedAt = '2026-01-01 00:00:00' WHERE lower(Id) = @p0", tokens.SessionId);

    /// <summary>Lets a session have begun long ago.</summary>
    /// <returns>Tokens of it that say so.</returns>
    public static async Task<TokenPair> WithOldSignInAsync(this CleanJwtApp app, TokenPair tokens)
    {
        app.Sql("UPDATE Sessions SET AuthTime = '2026-01-01 00:00:00' WHERE lower(Id) = @p0", tokens.SessionId);
        return await TokensOfAsync(await app.RefreshAsync(tokens.RefreshToken));
    }

    public static async Task<TokenPair> TokensOfAsync(HttpResponseMessage response)
    {
        await response.ShouldBeAsync(200);
        return TokenPair.From(await response.JsonAsync());
    }

    public static string AccountId(this TokenPair tokens) => Jwt.Payload(tokens.AccessToken)["sub"]!.ToString();

    /// <summary>In seconds since 1970.</summary>
    public static long AuthTime(this TokenPair tokens) => Jwt.Payload(tokens.AccessToken)["auth_time"]!.GetValue<long>();

    /// <summary>The names of the fields that a problem document complains of.</summary>
    public static IEnumerable<string> Fields(this JsonElement problem) => problem.GetProperty("errors").Names();
}
