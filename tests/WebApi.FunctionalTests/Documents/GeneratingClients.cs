using System.Text;
using System.Text.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Documents;

/// <summary>
/// Clients are generated from the OpenAPI document. <c>scripts/check-api-clients.sh</c> runs the generators.
/// </summary>
internal sealed class GeneratingClients
{
    private const string SchemaPrefix = "#/components/schemas/";

    private static readonly Dictionary<string, string[]> HeadersOfSuccess = new()
    {
        ["POST /api/auth/register 201"] = ["Location"],
        ["POST /api/auth/register/confirm 201"] = ["Location", "Set-Cookie"],
        ["POST /api/auth/login 200"] = ["Set-Cookie"],
        ["POST /api/auth/login/second-factor 200"] = ["Set-Cookie"],
        ["POST /api/auth/passkey/login 200"] = ["Set-Cookie"],
        ["POST /api/auth/refresh 200"] = ["Set-Cookie"],
        ["POST /api/auth/logout 204"] = ["Set-Cookie"],
        ["POST /api/auth/reauthenticate 200"] = ["Set-Cookie"],
        ["GET /api/users/me 200"] = ["ETag"],
        ["GET /api/users/me 304"] = ["ETag"],
        ["PATCH /api/users/me 200"] = ["ETag"],
        ["POST /api/users/me/email/confirm 200"] = ["ETag"],
    };

    private static IEnumerable<TestCaseData> Routes =>
        Contract.Routes.Select(route => new TestCaseData(route).SetArgDisplayNames(route.Request));

    private static IEnumerable<TestCaseData> PublicDocuments =>
        Contract.Routes.Where(route => route.Path.StartsWith("/.well-known/", StringComparison.Ordinal))
            .Select(route => new TestCaseData(route).SetArgDisplayNames(route.Request));

    [Test]
    public async Task Operation_KeepsTheNameThatClientsCall()
    {
        var names = (await OpenApiDocument.OperationsAsync()).Select(operation =>
            $"{operation.Key}: {(operation.Value.TryGetProperty("operationId", out var id) ? id : "no operationId")}");
        Assert.That(
            names, Is.EquivalentTo(Contract.Routes.Select(route => $"{route.Request}: {route.OperationId}")));
        Assert.That(Contract.Routes.Select(route => route.OperationId), Is.Unique);
    }

    [TestCaseSource(nameof(Routes))]
    public async Task Bodies_AreJsonOfANamedSchema(Contract.Route route)
    {
        var operation = (await OpenApiDocument.OperationsAsync())[route.Request];
        var isForm = route.Kind == "client";
        using (Assert.EnterMultipleScope())
        {
            if (operation.TryGetProperty("requestBody", out var body))
            {
                Assert.That(
                    body.GetProperty("content").Names(),
                    Is.EqualTo(new[] { isForm ? OAuthRequests.FormType : "application/json" }));
            }

            foreach (var response in operation.GetProperty("responses").EnumerateObject())
            {
                Assert.That(SchemasOf(response.Value), response.Name switch
                {
                    "204" or "304" => Is.Empty,
                    ['4' or '5', ..] => Is.EqualTo(new[] { isForm ? "OAuthError" : "Problem" }),
                    _ => Has.None.Null,
                }, response.Name);
            }
        }
    }

    [TestCase("traceId", "Problem")]
    [TestCase("error_description", "OAuthError")]
    public async Task Error_IsDescribedOnce(string member, string schema)
    {
        var document = await OpenApiDocument.ReadAsync();
        Assert.That(
            PathsOf(document, "").Where(path => path.EndsWith($"/properties/{member}", StringComparison.Ordinal)),
            Is.EqualTo(new[] { $"/components/schemas/{schema}/properties/{member}" }));
    }

    [TestCaseSource(nameof(Routes))]
    public async Task Headers_AreDescribedWhereAnswersHaveThem(Contract.Route route)
    {
        var operation = (await OpenApiDocument.OperationsAsync())[route.Request];
        using (Assert.EnterMultipleScope())
        {
            foreach (var response in operation.GetProperty("responses").EnumerateObject())
            {
                string[] expected = response.Name switch
                {
                    "401" => ["WWW-Authenticate"],
                    "403" when route.Scope is not null => ["WWW-Authenticate"],
                    "429" or "503" => ["Retry-After"],
                    _ => HeadersOfSuccess.GetValueOrDefault($"{route.Request} {response.Name}", []),
                };
                var described = response.Value.TryGetProperty("headers", out var headers)
                    ? headers.EnumerateObject().Select(header => $"{header.Name} {header.Value.Text("$ref")}")
                    : [];
                Assert.That(
                    described,
                    Is.EqualTo(expected.Select(name => $"{name} #/components/headers/{name}")),
                    response.Name);
            }
        }
    }

    [Test]
    public async Task References_LeadToComponentsAndEveryComponentIsUsed()
    {
        var document = await OpenApiDocument.ReadAsync();
        var components = document.GetProperty("components").EnumerateObject()
            .Where(kind => kind.Name != "securitySchemes")
            .SelectMany(kind => kind.Value.Names().Select(name => $"#/components/{kind.Name}/{name}"));
        Assert.That(ReferencesOf(document).Distinct(), Is.EquivalentTo(components));
    }

    [TestCaseSource(nameof(PublicDocuments))]
    public async Task PublicDocument_HasTheMembersThatAreDescribed(Contract.Route route)
    {
        var document = await OpenApiDocument.ReadAsync();
        var operation = (await OpenApiDocument.OperationsAsync())[route.Request];
        Assert.That(
            SchemasOf(operation.GetProperty("responses").GetProperty("200")), Is.EqualTo(new[] { route.Response }));

        var answer = await (await SharedService.App.CreateClient().GetAsync(route.Path)).JsonAsync();
        var (described, values) = route.Response == "JsonWebKeySet"
            ? ("JsonWebKey", answer.GetProperty("keys").EnumerateArray().ToArray())
            : (route.Response!, [answer]);
        var schema = document.GetProperty("components").GetProperty("schemas").GetProperty(described);
        Assert.That(values, Is.Not.Empty);
        foreach (var value in values)
        {
            Assert.That(value.Names(), Is.SubsetOf(schema.GetProperty("properties").Names()));
            Assert.That(
                schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()),
                Is.SubsetOf(value.Names()));
        }
    }

    // These members are never null, since an answer leaves them out.
    [TestCase("Problem", "errors", "object")]
    [TestCase("JsonWebKey", "crv", "string")]
    [TestCase("IntrospectionResponse", "exp", "integer")]
    public async Task OptionalMemberOfAnAnswer_IsNotNull(string schema, string member, string type)
    {
        var document = await OpenApiDocument.ReadAsync();
        var property = document.GetProperty("components").GetProperty("schemas").GetProperty(schema)
            .GetProperty("properties").GetProperty(member);
        Assert.That(property.GetProperty("type").GetRawText(), Is.EqualTo($"\"{type}\""));
    }

    // The page in /docs loads the document on each visit, and what the document repeats, generated clients repeat.
    [Test]
    public async Task Document_StaysSmall()
    {
        Assert.That(Encoding.UTF8.GetByteCount(await OpenApiDocument.TextAsync()), Is.LessThan(120_000));
    }

    // The names of the schemas by media type; null for a schema without a name.
    private static string?[] SchemasOf(JsonElement response) => response.TryGetProperty("content", out var content)
        ? [.. content.EnumerateObject().Select(type => type.Value.GetProperty("schema")).Select(schema =>
            schema.TryGetProperty("$ref", out var reference) ? reference.GetString()![SchemaPrefix.Length..] : null)]
        : [];

    private static IEnumerable<string> PathsOf(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject()
            .SelectMany(member => PathsOf(member.Value, $"{path}/{member.Name}").Prepend($"{path}/{member.Name}")),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => PathsOf(item, $"{path}/-")),
        _ => [],
    };

    private static IEnumerable<string> ReferencesOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member =>
            member.NameEquals("$ref") ? [member.Value.GetString()!] : ReferencesOf(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(ReferencesOf),
        _ => [],
    };
}
