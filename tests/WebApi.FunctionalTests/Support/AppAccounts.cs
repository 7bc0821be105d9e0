using System.Net.Http.Json;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>
/// What a test does with an account of the service in this process, and what it does to it in the database.
/// </summary>
internal static class AppAccounts
{
    /// <returns>The address of a new account with the role of administrators.</returns>
    public static async Task<string> RegisterAdminAsync(this CleanJwtApp app)
    {
        var email = await app.RegisterAsync();
        app.Sql("UPDATE AspNetUsers SET Roles = 'admin' WHERE Email = @p0", email);
        return email;
    }

    /// <summary>Proves the password again in the session of a token.</summary>
    public static Task<HttpResponseMessage> ReauthenticateAsync(
        this CleanJwtApp app, string accessToken, string password = TestAccounts.Password) =>
        app.CreateClient(accessToken).PostAsJsonAsync("/api/auth/reauthenticate", new { password });

    /// <summary>Ends a session in the database alone: no node's list knows of it.</summary>
    public static void EndBehindTheBack(this CleanJwtApp app, TokenPair tokens) =>
        app.Sql("UPDATE Sessions SET EndedAt = '2026-01-01 00:00:00' WHERE lower(Id) = @p0", tokens.SessionId);

    /// <summary>Lets a session have begun long ago.</summary>
    /// <returns>Tokens of it that say so.</returns>
    public static async Task<TokenPair> WithOldSignInAsync(this CleanJwtApp app, TokenPair tokens)
    {
        app.Sql("UPDATE Sessions SET AuthTime = '2026-01-01 00:00:00' WHERE lower(Id) = @p0", tokens.SessionId);
        return await AccountRequests.TokensOfAsync(await app.RefreshAsync(tokens.RefreshToken));
    }
}
