using System.Text.Json;
using System.Text.RegularExpressions;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Documents;

/// <summary>The OpenAPI document, and the page to read and try it.</summary>
internal sealed partial class ApiDescription
{
    private readonly CleanJwtApp _app = SharedService.App;

    private static IEnumerable<TestCaseData> Routes => Contract.Routes.Select(Row);

    private static IEnumerable<TestCaseData> ApiRoutes => Contract.Api.Select(Row);

    [TestCaseSource(nameof(Routes))]
    public async Task Document_HasEveryRouteWithItsStatuses(Contract.Route route)
    {
        var operation = (await OpenApiDocument.OperationsAsync())[route.Request];
        Assert.That(operation.GetProperty("responses").Names(), Is.EquivalentTo(route.Statuses.Split(' ')));
        Assert.That(operation.Text("summary"), Is.Not.Empty);
        foreach (var response in operation.GetProperty("responses").EnumerateObject()
            .Where(response => response.Name[0] is '4' or '5'))
        {
            var type = route.Path.StartsWith(
                "/oauth/", StringComparison.Ordinal) ? "application/json" : "application/problem+json";
            Assert.That(response.Value.GetProperty("content").Names(), Is.EqualTo(new[] { type }), response.Name);
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
        Assert.That(
            document.GetProperty("paths").Names(),
            Is.EquivalentTo(Contract.Routes.Select(route => route.Path).Distinct()));
        Assert.That(
            (await OpenApiDocument.OperationsAsync()).Keys,
            Is.EquivalentTo(Contract.Routes.Select(route => route.Request)));
    }

    [Test]
    public async Task Document_SaysWhichRoutesNeedAToken()
    {
        // Without the member, a linter can't tell an open route from one whose author forgot it.
        var said = (await OpenApiDocument.OperationsAsync()).Select(operation =>
            $"{operation.Key} {(operation.Value.TryGetProperty("security", out var security) ? security : "nothing")}");
        var needed = ApiAction.Of(_app).Where(action => action.Asks != "nothing")
            .Select(action => $$"""{{action.Name}} [{"bearer":[]}]""");
        string[] withOrWithout = ["POST /api/auth/logout", "POST /api/auth/passkey/options"];
        string[] others =
        [
            .. withOrWithout.Select(request => $$"""{{request}} [{},{"bearer":[]}]"""),
            """POST /oauth/introspect [{"basic":[]}]""",
            """POST /oauth/revoke [{"basic":[]}]""",
            .. Contract.Routes.Where(route => route.Kind == "nothing" && !withOrWithout.Contains(route.Request))
                .Select(route => $"{route.Request} []"),
        ];
        Assert.That(said, Is.EquivalentTo(needed.Concat(others)));
    }

    [Test]
    public async Task Document_DescribesBothWaysToProveWhoOneIs()
    {
        var document = await OpenApiDocument.ReadAsync();
        var schemes = document.GetProperty("components").GetProperty("securitySchemes");
        Assert.That(
            schemes.EnumerateObject().Select(
                scheme => $"{scheme.Name}: {scheme.Value.Text("type")} {scheme.Value.Text("scheme")}"),
            Is.EquivalentTo(new[] { "bearer: http bearer", "basic: http basic" }));
    }

    [TestCase("/oauth/introspect", "IntrospectionResponse")]
    [TestCase("/oauth/revoke", null)]
    public async Task Document_DescribesTheFormsOfOtherServices(string route, string? response)
    {
        var operation = (await OpenApiDocument.OperationsAsync())[$"POST {route}"];
        var form = operation.GetProperty("requestBody").GetProperty("content").EnumerateObject().Single();
        var answered = operation.GetProperty("responses").GetProperty("200");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(operation.GetProperty("requestBody").GetProperty("required").GetBoolean());
            Assert.That(form.Name, Is.EqualTo(OAuthRequests.FormType));
            Assert.That(
                form.Value.GetProperty("schema").GetProperty("properties").Names(), Is.EqualTo(new[] { "token" }));
            Assert.That(answered.TryGetProperty("content", out _) ? SchemaOf(answered) : null, Is.EqualTo(response));
            Assert.That(
                new[] { "401", "413", "415", "500", "503" }.Select(
                    status => operation.GetProperty("responses").GetProperty(status).Text("description")),
                Is.EqualTo(new[] { "`invalid_client`", "`invalid_request`", "`invalid_request`", "`server_error`",
                    "`temporarily_unavailable`" }));
            foreach (var error in operation.GetProperty("responses").EnumerateObject()
                .Where(answer => answer.Name[0] != '2'))
            {
                Assert.That(
                    error.Value.GetRawText(),
                    Does.Contain("#/components/schemas/OAuthError").Or.Contain("error_description"),
                    error.Name);
            }
        }
    }

    [Test]
    public async Task Document_SaysWhyATokenIsNotEnough()
    {
        var operations = await OpenApiDocument.OperationsAsync();
        using (Assert.EnterMultipleScope())
        {
            foreach (var action in ApiAction.Of(_app).Where(action => action.Asks != "nothing"))
            {
                var (kind, scope) = action.Asks.Split(' ') is [var first, var second] ? (first, second) : (
                    action.Asks, null);
                var responses = operations[action.Name].GetProperty("responses");
                var said = responses.GetProperty("401").Text("description");
                foreach (var code in new[] { "missing-token", "invalid-token", "token-expired", "token-revoked" })
                {
                    Assert.That(said, Does.Contain($"`{code}`"), action.Name);
                }

                // Reading asks for the account only where it is what is read.
                var looksForTheAccount = kind is "live" or "recent"
                    || action.Name is "GET /api/users/me" or "GET /api/users/me/activity"
                        or "GET /api/users/me/second-factors";
                Assert.That(
                    said.Contains("`user-not-found`", StringComparison.Ordinal),
                    Is.EqualTo(looksForTheAccount),
                    action.Name);
                Assert.That(
                    said.Contains("`reauthentication-required`", StringComparison.Ordinal),
                    Is.EqualTo(kind == "recent"),
                    action.Name);
                Assert.That(
                    said.Contains("`invalid-credentials`", StringComparison.Ordinal),
                    Is.EqualTo(action.Route.EndsWith("/reauthenticate", StringComparison.Ordinal)),
                    action.Name);
                Assert.That(
                    responses.TryGetProperty("403", out var forbidden)
                        && forbidden.Text("description").Contains("`insufficient-scope`", StringComparison.Ordinal),
                    Is.EqualTo(scope is not null),
                    action.Name);
                Assert.That(
                    responses.GetProperty("503").Text("description"),
                    Does.Contain("`revocation-unavailable`").And.Contain("`service-unavailable`"),
                    action.Name);
            }
        }
    }

    [Test]
    public async Task Document_SaysWhichRoutesAreLimited()
    {
        var said = (await OpenApiDocument.OperationsAsync()).Where(operation =>
            operation.Value.GetProperty("responses").TryGetProperty("429", out var refused)
                && refused.Text("description").Contains("`rate-limited`", StringComparison.Ordinal));
        Assert.That(
            said.Select(operation => operation.Key), Is.EquivalentTo(Contract.Limited.Select(route => route.Request)));
    }

    [TestCaseSource(nameof(ApiRoutes))]
    public async Task Document_NamesTheBodiesOfEveryRoute(Contract.Route route)
    {
        var operation = (await OpenApiDocument.OperationsAsync())[route.Request];
        var answered = operation.GetProperty("responses").EnumerateObject().First(
            answer => answer.Name[0] == '2').Value;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                operation.TryGetProperty("requestBody", out var body) ? SchemaOf(body) : null,
                Is.EqualTo(route.Body?.Schema));
            Assert.That(route.Body is null || IsRequired(body) == route.Body.IsRequired);
            Assert.That(
                answered.TryGetProperty("content", out _) ? SchemaOf(answered) : null, Is.EqualTo(route.Response));
        }
    }

    [TestCaseSource(nameof(ApiRoutes))]
    public async Task Document_NamesTheParametersOfEveryRoute(Contract.Route route)
    {
        var operation = (await OpenApiDocument.OperationsAsync())[route.Request];
        var parameters = operation.TryGetProperty("parameters", out var said) ? said.EnumerateArray() : default;
        Assert.That(
            string.Join(", ", parameters.Select(parameter =>
                $"{parameter.Text("in")} {parameter.Text("name")}{(parameter.TryGetProperty("required", out var required) && required.GetBoolean() ? "!" : "")}")),
            Is.EqualTo(route.Parameters));
        foreach (var header in parameters.Where(parameter => parameter.Text("in") == "header"))
        {
            Assert.That(header.Text("description"), Does.Contain("ETag"));
        }
    }

    [TestCase("RegisterCommand", "email password displayName? frontend?")]
    [TestCase("ConfirmRegistrationCommand", "flowToken? code? token? password? displayName? scope?")]
    [TestCase("ResendConfirmationCommand", "flowToken frontend?")]
    [TestCase("ForgotPasswordCommand", "email frontend?")]
    [TestCase("ResetPasswordCommand", "newPassword flowToken? code? token?")]
    [TestCase("RequestEmailConfirmationCommand", "frontend?")]
    [TestCase("ConfirmEmailCommand", "flowToken? code? token?")]
    [TestCase("FlowTicket", "flowToken expiresIn")]
    [TestCase("ConfirmationRequired", "status flowToken expiresIn")]
    [TestCase("ConfirmedRegistrationResponse", "account tokens")]
    [TestCase("LoginCommand", "email password scope?")]
    [TestCase("RefreshCommand", "refreshToken? scope? rotate?")]
    [TestCase("LogoutCommand", "refreshToken?")]
    [TestCase("ReauthenticateCommand", "password? code? recoveryCode? passkey?")]
    [TestCase("LoginWithSecondFactorCommand", "mfaToken code? recoveryCode? passkey?")]
    [TestCase("PresentedPasskey", "state credential")]
    [TestCase("BeginPasskeyProofCommand", "mfaToken?")]
    [TestCase("LoginWithPasskeyCommand", "state credential scope?")]
    [TestCase("RequireSecondFactorCommand", "required")]
    [TestCase("SetUpTotpCommand", "setupToken code")]
    [TestCase("RegisterPasskeyCommand", "state credential name?")]
    [TestCase("RenamePasskeyCommand", "name")]
    [TestCase("SecondFactorDemand", "status mfaToken expiresIn methods")]
    [TestCase("PasskeyOptions", "state options expiresIn")]
    [TestCase("SecondFactorsResponse", "required totp recoveryCodes passkeys")]
    [TestCase("TotpResponse", "createdAt lastUsedAt")]
    [TestCase("RecoveryCodesResponse", "left createdAt")]
    [TestCase("TotpSetupResponse", "setupToken secret uri qrCode expiresIn")]
    [TestCase("NewRecoveryCodes", "recoveryCodes")]
    [TestCase("PasskeyListResponse", "items signal")]
    [TestCase("PasskeyResponse", "id name createdAt lastUsedAt synced backedUp transports")]
    [TestCase("PasskeySignal", "rpId userId allAcceptedCredentialIds")]
    [TestCase("UpdateProfileCommand", "displayName?")]
    [TestCase("ChangePasswordCommand", "currentPassword newPassword")]
    [TestCase("SetRolesCommand", "roles")]
    [TestCase("Tokens", "tokenType accessToken expiresIn expiresAt refreshExpiresIn scope sessionId refreshToken? "
        + "recoveryCodesLeft?")]
    [TestCase("AccountResponse", "id email emailConfirmed displayName roles createdAt updatedAt")]
    [TestCase("ManagedAccountResponse", "id email emailConfirmed displayName roles createdAt updatedAt locked")]
    [TestCase("ManagedAccountPage", "items next")]
    [TestCase("SessionList", "items")]
    [TestCase("SessionResponse", "id current createdAt lastSeenAt expiresAt userAgent ipAddress scope")]
    [TestCase("ActivityPage", "items next")]
    [TestCase("ActivityResponse", "id at action outcome sessionId ipAddress userAgent")]
    [TestCase("TokenResponse", "sub sid scope roles authTime acr amr expiresAt")]
    [TestCase("IntrospectionResponse",
        "active scope? client_id? token_type? exp? iat? nbf? jti? iss? aud? sub? sid? auth_time? acr? amr? roles?")]
    [TestCase("OAuthError", "error error_description")]
    [TestCase("Problem", "type title status detail code traceId errors? methods?")]
    public async Task Document_DescribesEveryBody(string schema, string fields)
    {
        var document = await OpenApiDocument.ReadAsync();
        var description = document.GetProperty("components").GetProperty("schemas").GetProperty(schema);
        var required = description.TryGetProperty(
            "required", out var names) ? names.EnumerateArray().Select(name => name.GetString()).ToArray() : [];
        var properties = description.GetProperty("properties").Names().Select(
            name => required.Contains(name) ? name : $"{name}?");
        Assert.That(properties, Is.EquivalentTo(fields.Split(' ')));
    }

    [TestCase("Problem", "status")]
    [TestCase("Tokens", "expiresIn")]
    [TestCase("Tokens", "refreshExpiresIn")]
    public async Task Document_DescribesNumbersAsNumbers(string schema, string field)
    {
        var document = await OpenApiDocument.ReadAsync();
        var property = document.GetProperty(
            "components").GetProperty("schemas").GetProperty(schema).GetProperty("properties").GetProperty(field);
        Assert.That(property.GetProperty("type").GetRawText(), Is.EqualTo("\"integer\""));
    }

    [Test]
    public async Task Page_LoadsNothingFromElsewhere()
    {
        var client = _app.CreateClient();
        await (await client.GetAsync("/docs"))
            .ShouldBeAsync(302); // to the slash, so that the page's own addresses are relative to it
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
        foreach (var rule in new[] { "default-src 'none'", "connect-src 'self'", "base-uri 'none'",
            "form-action 'none'", "frame-ancestors 'none'" })
        {
            Assert.That(policy, Does.Contain(rule));
        }

        Assert.That(AnyHost().IsMatch(policy), Is.False, policy);
        var scripts = policy.Split(';').Single(part => part.Trim().StartsWith("script-src", StringComparison.Ordinal));
        Assert.That(scripts.Trim(), Does.Match("^script-src 'nonce-[0-9A-F]{32}'$"));

        var nonce = Regex.Match(scripts, "'nonce-([^']+)'").Groups[1].Value;
        var page = await one.Content.ReadAsStringAsync();
        foreach (Match script in Regex.Matches(page, "<script[^>]*>"))
        {
            Assert.That(script.Value, Does.Contain($"nonce=\"{nonce}\""));
        }

        Assert.That(
            other.Headers.GetValues("Content-Security-Policy").Single(),
            Does.Not.Contain(nonce),
            "a nonce is good for one page");
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

    private static TestCaseData Row(Contract.Route route) => new TestCaseData(route).SetArgDisplayNames(route.Request);

    private static bool IsRequired(JsonElement body) =>
        body.TryGetProperty("required", out var required) && required.GetBoolean();

    private static string SchemaOf(JsonElement body)
    {
        var schema = body.GetProperty("content").GetProperty("application/json").GetProperty("schema");
        if (schema.TryGetProperty("oneOf", out var alternatives)) // an optional body is null or an object
        {
            schema = alternatives.EnumerateArray().Single(alternative => alternative.TryGetProperty("$ref", out _));
        }

        return schema.Text("$ref").Split('/')[^1];
    }

    [GeneratedRegex("(?:https?:)?//[a-zA-Z0-9][^\\s\"'<>)]*")]
    private static partial Regex AnyHost();

    [GeneratedRegex("<script[^>]*\\ssrc=\"([^\"]+)\"")]
    private static partial Regex Source();
}
