using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Input;

/// <summary>
/// Every field of every route with every kind of bad value: the contract's answer, and never a fault.
/// </summary>
[Category("Exhaustive")]
internal sealed class BadFields
{
    private static readonly string[] NotMeant =
    [
        "id", "sub", "sid", "role", "isAdmin", "emailConfirmed", "caller", "client", "accessToken", "sessionId",
        "version", "__proto__", "constructor", "$type", "$ref", "",
    ];

    private static readonly (string Name, string Json)[] WrongTypes =
    [
        ("Number", "1"), ("Fraction", "1.5e300"), ("HugeNumber", $"1{new string('0', 400)}"), ("True", "true"),
        ("False", "false"), ("Object", "{}"), ("ObjectWithMembers", "{\"a\":{\"b\":1}}"),
        ("Array", "[]"), ("ArrayOfText", "[\"a@b.example\"]"), ("LoneHighSurrogate", "\"a\\ud800\""), (
            "LoneLowSurrogate", "\"\\udc00a\""),
        ("SurrogatesInTheWrongOrder", "\"\\udc00\\ud800\""),
    ];

    // For the one field that is a list, also of texts.
    private static IEnumerable<(string Name, string Json)> WrongLists =>
    [
        .. WrongTypes.Where(bad => bad.Name != "Array"), .. BadText.All.Select(bad => (bad.Name, bad.Json)),
        .. BadText.All.Select(bad => ($"ArrayOf{bad.Name}", $"[{bad.Json}]")),
    ];

    private static IEnumerable<TestCaseData> KnownFieldsOfWrongTypes() =>
        from route in BodyRoute.All
        from field in route.Fields.Keys
        from bad in WrongValues(field)
        select new TestCaseData(route, field, bad.Json).SetArgDisplayNames(route.Name, field, bad.Name);

    private static IEnumerable<(string Name, string Json)> WrongValues(string field) => field switch
    {
        "roles" => WrongLists,
        "rotate" or "required" => WrongTypes.Where(bad => bad.Json is not ("true" or "false")),
        "credential" => WrongTypes.Where(bad => bad.Json[0] != '{'),
        _ => WrongTypes,
    };

    private static IEnumerable<TestCaseData> KnownFieldsOfBadTexts() =>
        from route in BodyRoute.All
        from field in route.Fields.Keys
        where field != "roles"
        from bad in BadText.All.Append(new BadText("Null", "null"))
        select new TestCaseData(route, field, bad.Json).SetArgDisplayNames(route.Name, field, bad.Name);

    private static IEnumerable<TestCaseData> FieldsThatAreNotMeant() =>
        from route in BodyRoute.All
        from kind in WrongTypes.Concat([(Name: "Null", Json: "null"), (Name: "Text", Json: "\"x\"")])
        select new TestCaseData(route, kind.Json).SetArgDisplayNames(route.Name, kind.Name);

    private static IEnumerable<TestCaseData> DeepValues() =>
        from route in BodyRoute.All
        from field in route.Fields.Keys.Append("x")
        from deep in new[]
        {
            (Name: "Arrays", Json: new string('[', 1000) + new string(']', 1000)),
            (Name: "Objects", Json: string.Concat(Enumerable.Repeat("{\"a\":", 1000)) + "1" + new string('}', 1000)),
        }
        select new TestCaseData(route, field, deep.Json).SetArgDisplayNames(route.Name, field, deep.Name);

    [TestCaseSource(nameof(KnownFieldsOfWrongTypes))]
    public async Task WrongType_NamesTheField(BodyRoute route, string field, string json)
    {
        var response = await route.SendAsync(route.BodyWith(field, json));
        var problem = await response.ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(problem.GetProperty("errors").Names(), Is.EquivalentTo(new[] { field }), problem.ToString());
    }

    /// <summary>Some of these are good passwords and names: what they are for, and not what they look like.</summary>
    [TestCaseSource(nameof(KnownFieldsOfBadTexts))]
    public async Task BadText_IsNeverAFault(BodyRoute route, string field, string json)
    {
        // A password that is wrong counts against its account.
        var body = route.BodyWith(field, json);
        var response = await (route.Fields.Keys.Any(name => name.EndsWith("assword", StringComparison.Ordinal))
            ? route.SendOfANewAccountAsync(body) : route.SendAsync(body));
        if (!response.IsSuccessStatusCode)
        {
            var code = (await response.JsonAsync()).Text("code");
            await response.ShouldBeProblemAsync((int)response.StatusCode, code);
            Assert.That((int)response.StatusCode, Is.LessThan(500).Or.EqualTo(501));
        }
    }

    [TestCaseSource(nameof(FieldsThatAreNotMeant))]
    public async Task FieldsThatAreNotMeant_AreIgnoredWhateverTheirType(BodyRoute route, string json)
    {
        var fields = new Dictionary<string, string>(route.Fields);
        foreach (var field in NotMeant)
        {
            fields[field] = json;
        }

        await (await route.SendOfANewAccountAsync(BodyRoute.Body(fields))).ShouldBeAsync(route.Status);
    }

    [TestCaseSource(nameof(DeepValues))]
    public async Task ValueNested1000Deep_IsMalformed(BodyRoute route, string field, string json) =>
        await (await route.SendAsync(route.BodyWith(field, json))).ShouldBeProblemAsync(400, "malformed-request");
}
