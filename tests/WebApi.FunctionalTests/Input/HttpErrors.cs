using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Input;

/// <summary>What HTTP itself can get wrong.</summary>
internal sealed class HttpErrors
{
    private readonly CleanJwtApp _app = SharedService.App;

    [TestCase("/nothing")]
    [TestCase("/api")]
    [TestCase("/api/auth")]
    [TestCase("/api/auth/nothing")]
    [TestCase("/api/users")]
    [TestCase("/api/users/me/nothing")]
    [TestCase("/api/users/00000000-0000-0000-0000-000000000000")]
    [TestCase("/.well-known/nothing")]
    [TestCase("/openapi/v2.json")]
    [TestCase("/health")]
    [TestCase("/appsettings.json")]
    public async Task UnknownRoute_IsNotFound(string route) =>
        await (await _app.CreateClient().GetAsync(route)).ShouldBeProblemAsync(404, "not-found");

    [TestCase("GET", "/api/auth/register", "POST")]
    [TestCase("PUT", "/api/auth/login", "POST")]
    [TestCase("DELETE", "/api/auth/refresh", "POST")]
    [TestCase("GET", "/api/auth/logout", "POST")]
    [TestCase("POST", "/api/auth/token", "GET")]
    [TestCase("POST", "/api/users/me", "GET")]
    [TestCase("BREW", "/api/users/me", "GET")]
    [TestCase("POST", "/.well-known/jwks.json", "GET")]
    [TestCase("DELETE", "/.well-known/openid-configuration", "GET")]
    public async Task WrongMethod_NamesTheAllowedOnes(string method, string route, string allowed)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), route);
        var response = await _app.CreateClient().SendAsync(request);
        await response.ShouldBeProblemAsync(405, "method-not-allowed");
        Assert.That(response.Content.Headers.Allow, Does.Contain(allowed));
    }

    [TestCase("application/xml")]
    [TestCase("text/html")]
    [TestCase("application/json;q=0")]
    public async Task OtherAcceptedType_GetsJsonAllTheSame(string accept)
    {
        var response = await _app.CreateClient((await _app.LoginAsync()).AccessToken).GetAsync(
            "/api/users/me", ("Accept", accept));
        await response.ShouldBeAsync(200);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
        await (await _app.CreateClient().GetAsync("/api/users/me", ("Accept", accept))).ShouldBeProblemAsync(
            401, "missing-token");
    }

    [Test]
    public async Task TraceIds_TellRequestsApart()
    {
        var one = await (await _app.CreateClient().GetAsync("/nothing")).JsonAsync();
        var other = await (await _app.CreateClient().GetAsync("/nothing")).JsonAsync();
        Assert.That(one.Text("traceId"), Is.Not.EqualTo(other.Text("traceId")));
    }

    [Test]
    public async Task Problem_HasNothingElse()
    {
        var problem = await (await _app.CreateClient().GetAsync("/nothing")).JsonAsync();
        Assert.That(problem.Names(), Is.EquivalentTo(new[] { "type", "title", "status", "detail", "code", "traceId" }));
        var validation = await (await _app.CreateClient().PostRawAsync("/api/auth/login", "{}")).JsonAsync();
        Assert.That(
            validation.Names(),
            Is.EquivalentTo(new[] { "type", "title", "status", "detail", "code", "traceId", "errors" }));
    }
}
