using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CleanJwt;

/// <summary>What a page asks of the service when its user adds a passkey or signs in by one.</summary>
internal static class PasskeyRequests
{
    /// <summary>The origin of the pages of a service in Development.</summary>
    public const string Origin = "http://localhost:5080";

    private const string Route = "/api/users/me/passkeys";

    /// <summary>Asks for the options of a registration.</summary>
    public static async Task<PasskeyChallenge> BeginPasskeyAsync(this HttpClient client, TokenPair by) =>
        await PasskeyChallenge.FromAsync(await client.DoAsync(by, $"POST {Route}/options"));

    public static Task<HttpResponseMessage> TryAddPasskeyAsync(
        this HttpClient client, TokenPair by, string state, JsonObject credential, string? name = null) =>
        client.DoAsync(by, $"POST {Route}", new { state, credential, name });

    /// <summary>Asks for options, makes a passkey and adds it.</summary>
    public static async Task<HttpResponseMessage> TryAddPasskeyAsync(
        this HttpClient client, TokenPair by, SoftwareAuthenticator authenticator, Forgery? forgery = null)
    {
        var (state, options) = await client.BeginPasskeyAsync(by);
        return await client.TryAddPasskeyAsync(by, state, authenticator.Register(options, forgery));
    }

    /// <summary>Adds a passkey to the account of a session.</summary>
    /// <returns>The id of the passkey in the API.</returns>
    public static async Task<string> AddPasskeyAsync(
        this HttpClient client, TokenPair by, SoftwareAuthenticator authenticator)
    {
        var response = await client.TryAddPasskeyAsync(by, authenticator);
        await response.ShouldBeAsync(201);
        return (await response.JsonAsync()).Text("id");
    }

    /// <summary>Reads the list of passkeys.</summary>
    public static async Task<JsonElement> PasskeysAsync(this HttpClient client, TokenPair by)
    {
        var response = await client.DoAsync(by, $"GET {Route}");
        await response.ShouldBeAsync(200);
        return await response.JsonAsync();
    }

    public static Task<HttpResponseMessage> RemovePasskeyAsync(this HttpClient client, TokenPair by, string id) =>
        client.DoAsync(by, $"DELETE {Route}/{id}");

    /// <summary>Asks for the options of a sign-in or, with a token, of a second factor or a step-up.</summary>
    public static async Task<PasskeyChallenge> PasskeyOptionsAsync(
        this HttpClient client, string? mfaToken = null, TokenPair? by = null) =>
        await PasskeyChallenge.FromAsync(await client.DoAsync(by, "POST /api/auth/passkey/options", new { mfaToken }));

    public static Task<HttpResponseMessage> TryPasskeyLoginAsync(
        this HttpClient client, string state, JsonObject credential, string? scope = null) =>
        client.PostAsJsonAsync("/api/auth/passkey/login", new { state, credential, scope });

    /// <summary>Asks for options, has the newest passkey answer them, and signs in.</summary>
    public static async Task<HttpResponseMessage> TryPasskeyLoginAsync(
        this HttpClient client, SoftwareAuthenticator authenticator, Forgery? forgery = null, string? scope = null)
    {
        var (state, options) = await client.PasskeyOptionsAsync();
        return await client.TryPasskeyLoginAsync(state, authenticator.Assert(options, forgery), scope);
    }

    public static async Task<TokenPair> PasskeyLoginAsync(
        this HttpClient client, SoftwareAuthenticator authenticator) =>
        await AccountRequests.TokensOfAsync(await client.TryPasskeyLoginAsync(authenticator));

    /// <summary>Sends a passkey as the second factor of a sign-in.</summary>
    public static Task<HttpResponseMessage> TryPasskeyAsSecondFactorAsync(
        this HttpClient client, string mfaToken, string state, JsonObject credential) =>
        client.PostAsJsonAsync("/api/auth/login/second-factor", new { mfaToken, passkey = new { state, credential } });

    /// <summary>Sends a passkey alone to step a session up.</summary>
    public static Task<HttpResponseMessage> TryStepUpAsync(
        this HttpClient client, TokenPair by, string state, JsonObject credential) =>
        client.DoAsync(by, "POST /api/auth/reauthenticate", new { passkey = new { state, credential } });

    /// <returns>The id that an authenticator knows a passkey by.</returns>
    public static string CredentialId(this JsonObject credential) => credential["id"]!.GetValue<string>();
}

/// <summary>What the service answers to a request for options.</summary>
internal sealed record PasskeyChallenge(string State, JsonElement Options)
{
    public static async Task<PasskeyChallenge> FromAsync(HttpResponseMessage response)
    {
        await response.ShouldBeAsync(200);
        var json = await response.JsonAsync();
        return new PasskeyChallenge(json.Text("state"), json.GetProperty("options"));
    }
}
