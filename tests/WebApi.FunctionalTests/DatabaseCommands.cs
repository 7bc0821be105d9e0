using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>How many commands a request sends to the database.</summary>
internal sealed class DatabaseCommands
{
    private static IEnumerable<TestCaseData> Bounds()
    {
        yield return Row("Token", 0, 0, (client, _, _) => client.GetAsync("/api/auth/token"));
        yield return Row("Me", 1, 1, (client, _, _) => client.GetAsync("/api/users/me"));
        yield return Row("MeNotModified", 1, 1, (client, _, _) => client.GetAsync("/api/users/me", ("If-None-Match", "*")));
        yield return Row("Refresh", 1, 3, (client, tokens, _) => client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = tokens.RefreshToken }));
        yield return Row("Login", 1, 5, (client, _, email) => client.PostAsJsonAsync("/api/auth/login", new { email, password = CleanJwtApp.Password }));
        yield return Row("Keys", 0, 0, (client, _, _) => client.GetAsync("/.well-known/jwks.json"));
        yield return Row("Discovery", 0, 0, (client, _, _) => client.GetAsync("/.well-known/openid-configuration"));
        yield return Row("Live", 0, 0, (client, _, _) => client.GetAsync("/health/live"));
        yield return Row("OpenApi", 0, 0, (client, _, _) => client.GetAsync("/openapi/v1.json"));
    }

    [TestCaseSource(nameof(Bounds))]
    public async Task EachRequest_SendsNoMoreThanItNeeds(
        int least, int most, Func<HttpClient, TokenPair, string, Task<HttpResponseMessage>> send)
    {
        await using var app = new CleanJwtApp();
        var email = await app.RegisterAsync();
        var tokens = await app.LoginAsync(email);
        var client = app.CreateClient(tokens.AccessToken);

        // The first of a kind may do more; what counts is every other.
        await app.RefreshAsync((await app.LoginAsync(email)).RefreshToken);
        app.Commands.Reset();
        var response = await send(client, tokens, email);
        Assert.That((int)response.StatusCode, Is.EqualTo(200).Or.EqualTo(304), await response.Content.ReadAsStringAsync());
        Assert.That(app.Commands.Commands, Has.Count.InRange(least, most), string.Join("\n\n", app.Commands.Commands));
    }

    [Test]
    public async Task RefusedToken_SendsNone()
    {
        await using var app = new CleanJwtApp();
        var tokens = await app.LoginAsync();
        await (await app.CreateClient(tokens.AccessToken).PostAsync("/api/auth/logout", null)).ShouldBeAsync(204);
        app.Commands.Reset();
        await (await app.MeAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
        await (await app.MeAsync(tokens.RefreshToken)).ShouldBeProblemAsync(401, "invalid-token");
        await (await app.RefreshAsync(tokens.AccessToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        Assert.That(app.Commands.Commands, Is.Empty);
    }

    private static TestCaseData Row(string name, int least, int most, Func<HttpClient, TokenPair, string, Task<HttpResponseMessage>> send) =>
        new TestCaseData(least, most, send).SetArgDisplayNames(name);
}
