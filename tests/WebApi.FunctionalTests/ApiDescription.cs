using System.Text.RegularExpressions;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>The OpenAPI document, and the page to read and try it.</summary>
internal sealed partial class ApiDescription
{
    private readonly CleanJwtApp _app = SharedService.App;

    [TestCase("post", "/api/auth/register", "201 400 409 413 415 500 503")]
    [TestCase("post", "/api/auth/login", "200 400 401 403 413 415 500 503")]
    [TestCase("post", "/api/auth/refresh", "200 400 401 413 415 500 503")]
    [TestCase("post", "/api/auth/logout", "204 400 401 413 415 500 503")]
    [TestCase("post", "/api/auth/reauthenticate", "200 400 401 413 415 500 503")]
    [TestCase("get", "/api/auth/token", "200 401 500 503")]
    [TestCase("get", "/api/users/me", "200 304 401 403 500 503")]
    [TestCase("patch", "/api/users/me", "200 400 401 403 412 413 415 500 503")]
    [TestCase("delete", "/api/users/me", "204 401 403 409 500 503")]
    [TestCase("put", "/api/users/me/password", "204 400 401 403 413 415 500 503")]
    [TestCase("get", "/api/users/me/activity", "200 400 401 403 500 503")]
    [TestCase("get", "/api/admin/users", "200 400 401 403 500 503")]
    [TestCase("get", "/api/admin/users/{id}", "200 401 403 404 500 503")]
    [TestCase("delete", "/api/admin/users/{id}", "204 401 403 404 409 500 503")]
    [TestCase("post", "/api/admin/users/{id}/lock", "204 401 403 404 409 500 503")]
    [TestCase("post", "/api/admin/users/{id}/unlock", "204 401 403 404 500 503")]
    [TestCase("delete", "/api/admin/users/{id}/sessions", "204 401 403 404 500 503")]
    [TestCase("put", "/api/admin/users/{id}/roles", "200 400 401 403 404 409 413 415 500 503")]
    [TestCase("get", "/api/admin/users/{id}/activity", "200 400 401 403 404 500 503")]
    [TestCase("get", "/api/users/me/sessions", "200 401 403 500 503")]
    [TestCase("delete", "/api/users/me/sessions", "204 400 401 403 500 503")]
    [TestCase("delete", "/api/users/me/sessions/{id}", "204 401 403 404 500 503")]
    [TestCase("get", "/.well-known/jwks.json", "200 500")]
    [TestCase("get", "/.well-known/openid-configuration", "200 500")]
    [TestCase("get", "/.well-known/oauth-authorization-server", "200 500")]
    public async Task Document_HasEveryRouteWithItsStatuses(string method, string route, string statuses)
    {
        var document = await (await _app.CreateClient().GetAsync("/openapi/v1.json")).JsonAsync();
        var operation = document.GetProperty("paths").GetProperty(route).GetProperty(method);
        Assert.That(operation.GetProperty("responses").Names(), Is.EquivalentTo(statuses.Split(' ')));
        Assert.That(operation.Text("summary"), Is.Not.Empty);
        foreach (var response in operation.GetProperty("responses").EnumerateObject().Where(response => response.Name[0] is '4' or '5'))
        {
            Assert.That(response.Value.GetProperty("content").Names(), Is.EqualTo(new[] { "application/problem+json" }), response.Name);
        }
    }

    [Test]
    public async Task Document_IsOpenApi31AndNamesNothingElse()
    {
        var response = await _app.CreateClient().GetAsync("/openapi/v1.json");
        await response.ShouldBeAsync(200);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
        var document = await response.JsonAsync();
        Assert.That(document.Text("openapi"), Does.Match("^3\\.1\\.[0-9]+$"));
        Assert.That(document.GetProperty("paths").Names(), Is.EquivalentTo(new[]
        {
            "/api/auth/register", "/api/auth/login", "/api/auth/refresh", "/api/auth/logout", "/api/auth/reauthenticate", "/api/auth/token",
            "/api/users/me", "/api/users/me/password", "/api/users/me/activity",
            "/api/users/me/sessions", "/api/users/me/sessions/{id}",
            "/api/admin/users", "/api/admin/users/{id}", "/api/admin/users/{id}/lock", "/api/admin/users/{id}/unlock",
            "/api/admin/users/{id}/sessions", "/api/admin/users/{id}/roles", "/api/admin/users/{id}/activity",
            "/.well-known/jwks.json", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server",
        }));
    }

    [Test]
    public async Task Document_SaysWhichRoutesNeedAToken()
    {
        var paths = (await (await _app.CreateClient().GetAsync("/openapi/v1.json")).JsonAsync()).GetProperty("paths");
        var secured = paths.EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (path.Name, operation.Value)))
            .Where(operation => operation.Value.TryGetProperty("security", out _))
            .Select(operation => $"{operation.Name} {operation.Value.GetProperty("security").GetRawText().Replace(" ", "").ReplaceLineEndings("")}")
            .Distinct();
        const string Needed = """[{"bearer":[]}]""";
        Assert.That(secured, Is.EquivalentTo(new[]
        {
            $"/api/auth/reauthenticate {Needed}", $"/api/auth/token {Needed}",
            $"/api/users/me {Needed}", $"/api/users/me/password {Needed}", $"/api/users/me/activity {Needed}",
            $"/api/users/me/sessions {Needed}", $"/api/users/me/sessions/{{id}} {Needed}",
            $"/api/admin/users {Needed}", $"/api/admin/users/{{id}} {Needed}", $"/api/admin/users/{{id}}/lock {Needed}",
            $"/api/admin/users/{{id}}/unlock {Needed}", $"/api/admin/users/{{id}}/sessions {Needed}", $"/api/admin/users/{{id}}/roles {Needed}",
            $"/api/admin/users/{{id}}/activity {Needed}",
            """/api/auth/logout [{},{"bearer":[]}]""",
        }));
    }

    [TestCase("RegisterCommand", "email password displayName?")]
    [TestCase("LoginCommand", "email password scope?")]
    [TestCase("RefreshCommand", "refreshToken scope?")]
    [TestCase("LogoutCommand", "refreshToken?")]
    [TestCase("ReauthenticateCommand", "password")]
    [TestCase("UpdateProfileCommand", "displayName?")]
    [TestCase("ChangePasswordCommand", "currentPassword newPassword")]
    [TestCase("SetRolesCommand", "roles")]
    [TestCase("ActivityPage", "items next")]
    [TestCase("ActivityResponse", "id at action outcome sessionId ipAddress userAgent")]
    [TestCase("ManagedAccountPage", "items next")]
    [TestCase("ManagedAccountResponse", "id email emailConfirmed displayName roles createdAt updatedAt locked")]
    [TestCase("Tokens", "tokenType accessToken expiresIn expiresAt refreshToken refreshExpiresIn scope sessionId")]
    [TestCase("AccountResponse", "id email emailConfirmed displayName roles createdAt updatedAt")]
    [TestCase("TokenResponse", "sub sid scope roles authTime expiresAt")]
    [TestCase("Problem", "type title status detail code traceId errors?")]
    public async Task Document_DescribesEveryBody(string schema, string fields)
    {
        var document = await (await _app.CreateClient().GetAsync("/openapi/v1.json")).JsonAsync();
        var description = document.GetProperty("components").GetProperty("schemas").GetProperty(schema);
        var required = description.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()).ToArray() : [];
        var properties = description.GetProperty("properties").Names().Select(name => required.Contains(name) ? name : $"{name}?");
        Assert.That(properties, Is.EquivalentTo(fields.Split(' ')));
    }

    [TestCase("/api/users/me", "get", "If-None-Match")]
    [TestCase("/api/users/me", "patch", "If-Match")]
    [TestCase("/api/users/me/activity", "get", "limit after")]
    [TestCase("/api/admin/users", "get", "email limit after")]
    [TestCase("/api/admin/users/{id}/activity", "get", "id limit after")]
    [TestCase("/api/admin/users/{id}/roles", "put", "id")]
    public async Task Document_DescribesEveryParameter(string route, string method, string parameters)
    {
        var document = await (await _app.CreateClient().GetAsync("/openapi/v1.json")).JsonAsync();
        var operation = document.GetProperty("paths").GetProperty(route).GetProperty(method);
        Assert.That(
            operation.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.Text("name")), Is.EquivalentTo(parameters.Split(' ')));
    }

    [TestCase("Problem", "status")]
    [TestCase("Tokens", "expiresIn")]
    [TestCase("Tokens", "refreshExpiresIn")]
    public async Task Document_DescribesNumbersAsNumbers(string schema, string field)
    {
        var document = await (await _app.CreateClient().GetAsync("/openapi/v1.json")).JsonAsync();
        var property = document.GetProperty("components").GetProperty("schemas").GetProperty(schema).GetProperty("properties").GetProperty(field);
        Assert.That(property.GetProperty("type").GetRawText(), Is.EqualTo("\"integer\""));
    }

    [Test]
    public async Task Page_LoadsNothingFromElsewhere()
    {
        var client = _app.CreateClient();
        await (await client.GetAsync("/docs")).ShouldBeAsync(302); // to the slash, so that the page's own addresses are relative to it
        var response = await client.GetAsync("/docs/");
        await response.ShouldBeAsync(200);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("text/html"));
        var page = await response.Content.ReadAsStringAsync();
        Assert.That(AnyHost().Matches(page).Select(match => match.Value), Is.Empty, page);

        var sources = Source().Matches(page).Select(match => match.Groups[1].Value).ToList();
        Assert.That(sources, Is.Not.Empty);
        foreach (var source in sources)
        {
            var script = await client.GetAsync(new Uri(new Uri("http://localhost/docs/"), source));
            await script.ShouldBeAsync(200);
            Assert.That(script.Content.Headers.ContentType?.MediaType, Does.Contain("javascript"), source);
        }
    }

    [Test]
    public async Task Page_MayLoadNothingFromElsewhere()
    {
        var client = _app.CreateClient();
        var (one, other) = (await client.GetAsync("/docs/"), await client.GetAsync("/docs/"));
        var policy = one.Headers.GetValues("Content-Security-Policy").Single();
        Assert.That(policy, Does.Contain("default-src 'none'").And.Contain("connect-src 'self'"));
        Assert.That(AnyHost().IsMatch(policy), Is.False, policy);
        var scripts = policy.Split(';').Single(part => part.Trim().StartsWith("script-src", StringComparison.Ordinal));
        Assert.That(scripts, Does.Not.Contain("unsafe"));

        var nonce = Regex.Match(scripts, "'nonce-([^']+)'").Groups[1].Value;
        var page = await one.Content.ReadAsStringAsync();
        foreach (Match script in Regex.Matches(page, "<script(?![^>]*\\ssrc=)[^>]*>"))
        {
            Assert.That(script.Value, Does.Contain($"nonce=\"{nonce}\""));
        }

        Assert.That(other.Headers.GetValues("Content-Security-Policy").Single(), Does.Not.Contain(nonce), "a nonce is good for one page");
    }

    [Test]
    public async Task Root_RedirectsToThePage()
    {
        var response = await _app.CreateClient().GetAsync("/");
        await response.ShouldBeAsync(302);
        Assert.That(response.Headers.Location?.OriginalString, Is.EqualTo("/docs"));
    }

    [Test]
    public async Task UnknownDocument_IsNotFound() =>
        await (await _app.CreateClient().GetAsync("/openapi/v2.json")).ShouldBeProblemAsync(404, "not-found");

    [GeneratedRegex("(?:https?:)?//[a-zA-Z0-9][^\\s\"'<>)]*")]
    private static partial Regex AnyHost();

    [GeneratedRegex("<script[^>]*\\ssrc=\"([^\"]+)\"")]
    private static partial Regex Source();
}
