using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace CleanJwt;

/// <summary>What other services ask about tokens, as clients of this one.</summary>
internal static class OAuthRequests
{
    public const string FormType = "application/x-www-form-urlencoded";

    public const string ClientId = "reports";
    public const string ClientSecret = "a-secret-of-the-reports-71c9";

    /// <summary>Characters that a form has to encode, and such as could be taken for others.</summary>
    public const string OtherClientId = "büro + 100%:é";
    public const string OtherClientSecret = "s e+c%2Br:ét&=/?ü🔑\ufffd";

    /// <summary>Settings that name two clients.</summary>
    public static Dictionary<string, string?> WithClients => new()
    {
        ["Clients:0:Id"] = ClientId,
        ["Clients:0:Secret"] = ClientSecret,
        ["Clients:1:Id"] = OtherClientId,
        ["Clients:1:Secret"] = OtherClientSecret,
    };

    public static string Basic(string id = ClientId, string secret = ClientSecret) =>
        BasicOf($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}");

    /// <summary>The pair as it is: nothing of it is form-urlencoded.</summary>
    public static string BasicOf(string pair) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))}";

    /// <summary>A client whose requests are those of a service.</summary>
    public static HttpClient As(this HttpClient client, string authorization)
    {
        client.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(authorization);
        return client;
    }

    public static Task<HttpResponseMessage> IntrospectAsync(
        this HttpClient client, string token, string? hint = null) =>
        client.AskAboutAsync("/oauth/introspect", token, hint);

    public static Task<HttpResponseMessage> RevokeAsync(this HttpClient client, string token, string? hint = null) =>
        client.AskAboutAsync("/oauth/revoke", token, hint);

    /// <summary>Expects that nothing is said of a token but that it is not good.</summary>
    public static async Task ShouldBeInactiveAsync(this HttpResponseMessage response)
    {
        await response.ShouldBeAsync(200);
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("{\"active\":false}"));
    }

    /// <returns>All that was said of a token, which must be good.</returns>
    public static async Task<JsonElement> ShouldBeActiveAsync(this HttpResponseMessage response)
    {
        await response.ShouldBeAsync(200);
        var said = await response.JsonAsync();
        Assert.That(said.GetProperty("active").GetBoolean(), Is.True, said.ToString());
        return said;
    }

    /// <summary>Expects an error as RFC 6749 has it (section 5.2), and no problem document.</summary>
    public static async Task ShouldBeOAuthErrorAsync(this HttpResponseMessage response, int status, string error)
    {
        await response.ShouldBeAsync(status);
        var body = await response.JsonAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
            Assert.That(body.Names(), Is.EqualTo(new[] { "error", "error_description" }));
            Assert.That(body.Text("error"), Is.EqualTo(error));
            Assert.That(
                body.Text("error_description"),
                Does.Match("^[ !#-\\[\\]-~]+$").And.Not.Contain("JSON").And.Not.Contain("application/json"));
            Assert.That(response.Headers.Contains("WWW-Authenticate"), Is.EqualTo(status == 401));
            Assert.That(response.Headers.RetryAfter?.Delta > TimeSpan.Zero, Is.EqualTo(status == 503));
        }

        CommonResponseHeaders.ShouldHaveTheHeaders(response);
    }

    private static Task<HttpResponseMessage> AskAboutAsync(
        this HttpClient client, string route, string token, string? hint)
    {
        var form = new Dictionary<string, string> { ["token"] = token };
        if (hint is not null)
        {
            form["token_type_hint"] = hint;
        }

        return client.PostAsync(route, new FormUrlEncodedContent(form), Basic());
    }
}
