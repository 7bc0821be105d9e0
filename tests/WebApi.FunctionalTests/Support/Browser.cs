using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>A browser on one origin: it keeps the cookie of the refresh token, and sends it with the origin.</summary>
internal sealed class Browser(CleanJwtApp app, string origin = Browser.Issuer)
{
    /// <summary>The origin of a service in Development.</summary>
    public const string Issuer = "http://localhost:5080";

    /// <summary>The cookie as the browser sends it back. Null when there is none.</summary>
    public string? Cookie { get; set; }

    /// <summary>The cookie that the last answer has set or deleted. Null when it has not touched it.</summary>
    public SetCookie? LastSet { get; private set; }

    public async Task<BrowserTokens> SignInAsync(string? email = null)
    {
        email ??= await app.RegisterAsync();
        var response = await PostAsync(
            "/api/auth/login?transport=cookie", new { email, password = TestAccounts.Password });
        await response.ShouldBeAsync(200);
        return BrowserTokens.From(await response.JsonAsync());
    }

    public Task<HttpResponseMessage> RefreshAsync(object? body = null) =>
        PostAsync("/api/auth/refresh?transport=cookie", body ?? new { });

    public async Task<HttpResponseMessage> PostAsync(string route, object? body, string? accessToken = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, route);
        request.Content = body is null ? null : JsonContent.Create(body);
        request.Headers.Add("Origin", origin);
        if (Cookie is not null)
        {
            request.Headers.Add("Cookie", Cookie);
        }

        if (accessToken is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        }

        var response = await app.CreateClient().SendAsync(request);
        LastSet = SetCookie.Of(response);
        if (LastSet is not null)
        {
            Cookie = LastSet.IsDeletion ? null : $"{LastSet.Name}={LastSet.Value}";
        }

        return response;
    }
}

/// <summary>The tokens in an answer to a browser.</summary>
internal sealed record BrowserTokens(string AccessToken, string SessionId, string Scope, bool HasRefreshToken)
{
    public static BrowserTokens From(JsonElement tokens) => new(
        tokens.Text("accessToken"),
        tokens.Text("sessionId"),
        tokens.Text("scope"),
        tokens.TryGetProperty("refreshToken", out _));
}

/// <summary>The header Set-Cookie of an answer.</summary>
/// <param name="Attributes">In lower case, without the value of <c>max-age</c> and <c>expires</c>.</param>
internal sealed record SetCookie(string Name, string Value, IReadOnlyList<string> Attributes, TimeSpan? MaxAge)
{
    public bool IsDeletion => Value.Length == 0;

    public static SetCookie? Of(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Set-Cookie", out var headers))
        {
            return null;
        }

        var parts = headers.Single().Split("; ");
        var pair = parts[0].Split('=', 2);
        var maxAge = Array.Find(parts, part => part.StartsWith("max-age=", StringComparison.Ordinal));
        return new SetCookie(
            pair[0],
            pair[1],
            [.. parts[1..].Select(part => part.Split('=')[0] is "max-age" or "expires" ? part.Split('=')[0] : part)],
            maxAge is null ? null : Seconds(maxAge["max-age=".Length..]));
    }

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(int.Parse(text, CultureInfo.InvariantCulture));
}
