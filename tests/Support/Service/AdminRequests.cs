using System.Net.Http.Json;

namespace CleanJwt;

/// <summary>What administrators ask of a service over the wire, whichever process it is.</summary>
internal static class AdminRequests
{
    /// <summary>Signs in as the administrator of <see cref="TestAccounts.WithAdmin"/>.</summary>
    public static Task<TokenPair> AdminAsync(this HttpClient client) => client.LoginAsync(TestAccounts.AdminEmail);

    /// <returns>The address of a new administrator, whose password is <see cref="TestAccounts.Password"/>.</returns>
    public static async Task<string> RegisterAdminAsync(this HttpClient client)
    {
        var email = await client.RegisterAsync();
        var id = (await client.LoginAsync(email)).AccountId;
        await (await client.SetRolesAsync(await client.AdminAsync(), id, "admin")).ShouldBeAsync(200);
        return email;
    }

    /// <summary>Sends a request by its method and route, such as <c>DELETE /api/users/me</c>.</summary>
    /// <param name="by">Whose access token it carries; null for none.</param>
    public static async Task<HttpResponseMessage> DoAsync(
        this HttpClient client, TokenPair? by, string request, object? body = null)
    {
        var (method, route) = (request.Split(' ')[0], request.Split(' ')[1]);
        using var message = new HttpRequestMessage(HttpMethod.Parse(method), route);
        message.Content = body is null ? null : JsonContent.Create(body);
        if (by is not null)
        {
            message.Headers.TryAddWithoutValidation("Authorization", $"Bearer {by.AccessToken}");
        }

        return await client.SendAsync(message);
    }

    public static Task<HttpResponseMessage> LockAsync(this HttpClient client, TokenPair by, string id) =>
        client.DoAsync(by, $"POST /api/admin/users/{id}/lock");

    public static Task<HttpResponseMessage> UnlockAsync(this HttpClient client, TokenPair by, string id) =>
        client.DoAsync(by, $"POST /api/admin/users/{id}/unlock");

    public static Task<HttpResponseMessage> SetRolesAsync(
        this HttpClient client, TokenPair by, string id, params string[] roles) =>
        client.DoAsync(by, $"PUT /api/admin/users/{id}/roles", new { roles });

    public static Task<HttpResponseMessage> DeleteUserAsync(this HttpClient client, TokenPair by, string id) =>
        client.DoAsync(by, $"DELETE /api/admin/users/{id}");
}
