using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>Every field of every route with every kind of bad value: the contract's answer, and never a fault.</summary>
internal sealed class BadFields
{
    private static readonly Dictionary<string, Dictionary<string, string>> Routes = new()
    {
        ["/api/auth/register"] = new() { ["email"] = "\"EMAIL\"", ["password"] = $"\"{CleanJwtApp.Password}\"", ["displayName"] = "\"Ada\"" },
        ["/api/auth/login"] = new() { ["email"] = "\"EMAIL\"", ["password"] = $"\"{CleanJwtApp.Password}\"", ["scope"] = "\"account:read\"" },
        ["/api/auth/refresh"] = new() { ["refreshToken"] = "\"x\"", ["scope"] = "\"account:read\"" },
        ["/api/auth/logout"] = new() { ["refreshToken"] = "\"x\"" },
    };

    private static readonly string[] NotMeant = ["id", "sub", "sid", "roles", "role", "emailConfirmed", "client", "accessToken", "sessionId", "__proto__", "$type", "$ref"];

    private static readonly (string Name, string Json)[] WrongTypes =
    [
        ("Number", "1"), ("Fraction", "1.5e300"), ("HugeNumber", $"1{new string('0', 400)}"), ("True", "true"), ("False", "false"), ("Object", "{}"), ("ObjectWithMembers", "{\"a\":{\"b\":1}}"),
        ("Array", "[]"), ("ArrayOfText", "[\"a@b.example\"]"), ("LoneHighSurrogate", "\"a\\ud800\""), ("LoneLowSurrogate", "\"\\udc00a\""),
        ("SurrogatesInTheWrongOrder", "\"\\udc00\\ud800\""),
    ];

    private static readonly (string Name, string Json)[] BadText =
    [
        ("Null", "null"), ("Empty", "\"\""), ("WhiteSpace", "\"  \\t\\r\\n\""), ("Nul", "\"\\u0000\""), ("NulInside", "\"a\\u0000b@example.com\""), ("Noncharacter", "\"\\ufffe\\uffff\""),
        ("ReplacementCharacter", "\"\\ufffd\""), ("RightToLeft", "\"\\u202e\""), ("Long", $"\"{new string('x', 60_000)}\""), ("LongWithAt", $"\"{new string('x', 30_000)}@{new string('y', 30_000)}\""),
        ("ManyCombining", $"\"a{string.Concat(Enumerable.Repeat("\u0301", 20_000))}\""), ("Sql", "\"'; DROP TABLE AspNetUsers; --\""), ("Html", "\"<script>alert(1)</script>\""), ("Format", "\"{0}%s%n\""), ("Template", "\"{{7*7}}${7*7}\""),
        ("Path", "\"../../etc/passwd\""), ("Url", "\"http://169.254.169.254/\""), ("Header", "\"a\\r\\nSet-Cookie: x=y\""), ("Emoji", "\"👩‍👩‍👧‍👦\""), ("Unassigned", "\"\\u0378\""), ("PrivateUse", "\"\\ue000\""), ("LastCodePoint", "\"\\udbff\\udfff\""),
    ];

    private readonly CleanJwtApp _app = SharedService.App;

    private static IEnumerable<TestCaseData> KnownFieldsOfWrongTypes() =>
        from route in Routes
        from field in route.Value.Keys
        from bad in WrongTypes
        select new TestCaseData(route.Key, field, bad.Json).SetArgDisplayNames(route.Key.Split('/')[^1], field, bad.Name);

    private static IEnumerable<TestCaseData> AllFieldsOfAnyKind() =>
        from route in Routes
        from field in route.Value.Keys.Concat(NotMeant)
        from bad in route.Value.ContainsKey(field) ? BadText : [.. WrongTypes.Take(7), .. BadText.Take(2)]
        select new TestCaseData(route.Key, field, bad.Json).SetArgDisplayNames(route.Key.Split('/')[^1], field, bad.Name);

    [TestCaseSource(nameof(KnownFieldsOfWrongTypes))]
    public async Task WrongType_NamesTheField(string route, string field, string json)
    {
        var response = await PostAsync(route, field, json);
        var problem = await response.ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(problem.GetProperty("errors").Names(), Is.EquivalentTo(new[] { field }), problem.ToString());
    }

    [TestCaseSource(nameof(AllFieldsOfAnyKind))]
    public async Task BadValue_IsNeverAFault(string route, string field, string json)
    {
        var response = await PostAsync(route, field, json);
        if (!response.IsSuccessStatusCode)
        {
            var code = (await response.JsonAsync()).Text("code");
            await response.ShouldBeProblemAsync((int)response.StatusCode, code);
            Assert.That((int)response.StatusCode, Is.LessThan(500));
        }
    }

    [TestCaseSource(nameof(NotMeant))]
    public async Task FieldThatIsNotMeant_IsIgnoredWhateverItsType(string field)
    {
        foreach (var (_, json) in WrongTypes)
        {
            await (await PostAsync("/api/auth/refresh", field, json)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        }
    }

    private async Task<HttpResponseMessage> PostAsync(string route, string field, string json)
    {
        var fields = new Dictionary<string, string>(Routes[route]) { [field] = json };
        var body = $"{{{string.Join(',', fields.Select(pair => $"\"{pair.Key}\":{pair.Value}"))}}}";
        return await _app.CreateClient().PostRawAsync(route, body.Replace("EMAIL", CleanJwtApp.UniqueEmail(), StringComparison.Ordinal));
    }
}
