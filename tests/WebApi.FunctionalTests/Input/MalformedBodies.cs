using System.Text;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Input;

/// <summary>Bodies that are not one JSON object in UTF-8, or are sent as something else.</summary>
internal sealed class MalformedBodies
{
    private readonly CleanJwtApp _app = SharedService.App;

    private static IEnumerable<TestCaseData> Malformed()
    {
        (string Name, byte[] Body)[] bodies =
        [
            ("Text", Utf8("hello")),
            ("OpenObject", Utf8("{\"email\":\"a@b\"")),
            ("OpenString", Utf8("{\"email\":\"a@b}")),
            ("SingleQuotes", Utf8("{'email':'a@b'}")),
            ("TrailingComma", Utf8("{\"email\":\"a@b\",}")),
            ("Comment", Utf8("{/*x*/\"email\":\"a@b\"}")),
            ("TwoObjects", Utf8("{}{}")),
            ("MoreAfterTheObject", Utf8("{} x")),
            ("WhiteSpace", Utf8("   \r\n")),
            ("Null", Utf8("null")),
            ("Array", Utf8("[]")),
            ("ArrayOfObjects", Utf8("[{\"email\":\"a@b\"}]")),
            ("String", Utf8("\"email\"")),
            ("Number", Utf8("1")),
            ("True", Utf8("true")),
            ("NulByte", [.. Utf8("{\"email\":\""), 0, .. Utf8("a@b\"}")]),
            ("RawLineBreakInAString", Utf8("{\"email\":\"a\n@b\"}")),
            ("BadEscape", Utf8("{\"email\":\"\\x\"}")),
            ("DeepArray", Utf8($"{{\"x\":{new string('[', 10_000)}{new string(']', 10_000)}}}")),
            ("DeepObject", Utf8(string.Concat(Enumerable.Repeat("{\"x\":", 5_000)) + "1" + new string('}', 5_000))),
            ("InvalidUtf8InAKnownField", Field("email", 0xff)),
            ("InvalidUtf8InAnotherKnownField", Field("refreshToken", 0xff)),
            ("InvalidUtf8InAnUnknownField", Field("x", 0xc3, 0x28)),
            ("OverlongUtf8", Field("x", 0xc0, 0xaf)),
            ("SurrogateInUtf8", Field("x", 0xed, 0xa0, 0x80)),
            ("Utf8BeyondUnicode", Field("x", 0xf4, 0x90, 0x80, 0x80)),
            ("InvalidUtf8InAName", [.. Utf8("{\"x"), 0xff, .. Utf8("\":1}")]),
            ("InvalidUtf8AfterTheObject", [.. Utf8("{}"), 0xff]),
            ("TruncatedUtf8", [.. Utf8("{\"x\":\""), 0xe2, 0x82, .. Utf8("\"}")]),
            ("Utf16", Encoding.Unicode.GetBytes("{\"email\":\"a@b\"}")),
            ("Utf16WithByteOrderMark", [0xff, 0xfe, .. Encoding.Unicode.GetBytes("{\"email\":\"a@b\"}")]),
            ("Latin1", Encoding.Latin1.GetBytes("{\"email\":\"zoé@b\"}")),
            ("DuplicateMember", Utf8("{\"email\":\"a@b\",\"email\":\"c@d\"}")),
            ("DuplicateUnknownMember", Utf8("{\"x\":1,\"x\":2}")),
            ("DuplicateMemberByEscape", Utf8("{\"email\":\"a@b\",\"\\u0065mail\":\"c@d\"}")),
            ("DuplicateMemberDeepInside", Utf8("{\"x\":{\"y\":1,\"y\":2}}")),
            ("LoneSurrogateInAName", Utf8("{\"\\ud800\":1}")),
        ];
        return
            from body in bodies
            from route in BodyRoute.All
            where (route.Name, body.Name) is not ("logout" or "confirmation" or "options", "Null") // nothing to read, as an empty body
            select new TestCaseData(route, body.Body).SetArgDisplayNames(route.Name, body.Name);
    }

    [TestCaseSource(nameof(Malformed))]
    public async Task Body_IsMalformed(BodyRoute route, byte[] body) =>
        await (await route.SendAsync(body)).ShouldBeProblemAsync(400, "malformed-request");

    [TestCase(40, "invalid-credentials")]
    [TestCase(63, "invalid-credentials")]
    [TestCase(64, "malformed-request")]
    public async Task UnknownMember_IsIgnoredUpToTheDepthOfTheParser(int levels, string code)
    {
        var nested = string.Concat(Enumerable.Repeat("[", levels)) + string.Concat(Enumerable.Repeat("]", levels));
        var body = $$"""{"email":"{{TestAccounts.UniqueEmail()}}","password":"{{TestAccounts.Password}}","x":{{nested}}}""";
        var response = await _app.CreateClient().PostRawAsync("/api/auth/login", body);
        await response.ShouldBeProblemAsync(code == "malformed-request" ? 400 : 401, code);
    }

    [TestCase("utf8")]
    [TestCase("UTF8")]
    [TestCase("\"utf-8\"")]
    public async Task Utf8ByAnyName_IsRead(string charset)
    {
        using var content = new StringContent("""{"email":"a@b","password":"x"}""");
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", $"application/json; charset={charset}");
        var response = await _app.CreateClient().PostAsync(new Uri("/api/auth/login", UriKind.Relative), content);
        await response.ShouldBeProblemAsync(401, "invalid-credentials");
    }

    [TestCase("/api/auth/register")]
    [TestCase("/api/auth/login")]
    [TestCase("/api/auth/refresh")]
    public async Task EmptyBody_IsMalformed(string route) =>
        await (await _app.CreateClient().PostRawAsync(route, "")).ShouldBeProblemAsync(400, "malformed-request");

    [Test]
    public async Task EmptyChunkedBody_IsMalformed() =>
        await (await _app.CreateClient().PostChunkedAsync("/api/auth/login", [])).ShouldBeProblemAsync(
            400, "malformed-request");

    [Test]
    public async Task EmptyChunkedBodyOfASignOut_SaysNothing() =>
        await (await _app.CreateClient().PostChunkedAsync("/api/auth/logout", [])).ShouldBeProblemAsync(
            401, "missing-token");

    [Test]
    public async Task DuplicateMemberInAnotherCase_IsNotTakenForTheOther()
    {
        var email = TestAccounts.UniqueEmail();
        var response = await _app.CreateClient().PostRawAsync(
            "/api/auth/register", $$"""{"email":"{{email}}","password":"{{TestAccounts.Password}}","EMAIL":"other-{{email}}"}""");
        Assert.That(
            (int)response.StatusCode, Is.EqualTo(400).Or.EqualTo(201), await response.Content.ReadAsStringAsync());
        Assert.That(_app.Sql("SELECT COUNT(*) FROM AspNetUsers WHERE Email = @p0", $"other-{email}"), Is.EqualTo(0));
    }

    private static IEnumerable<TestCaseData> OtherTypes()
    {
        string?[] types =
        [
            "text/plain", "text/json", "application/xml", "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x", "application/jsonp",
            "application/json; charset=utf-16", "application/json; charset=iso-8859-1",
            "application/json; charset=unknown", "application/json; charset=\"\"",
            "*/*", null,
        ];
        return
            from type in types
            from route in BodyRoute.All
            select new TestCaseData(route, type).SetArgDisplayNames(route.Name, type ?? "None");
    }

    [TestCaseSource(nameof(OtherTypes))]
    public async Task OtherMediaType_IsUnsupported(BodyRoute route, string? type) =>
        await (await route.SendAsync(Utf8("{\"email\":\"a@b\"}"), type)).ShouldBeProblemAsync(
            415, "unsupported-media-type");

    [TestCase("application/json")]
    [TestCase("application/json; charset=utf-8")]
    [TestCase("application/json; charset=UTF-8")]
    [TestCase("application/json; charset=\"utf-8\"")]
    [TestCase("Application/JSON")]
    [TestCase("application/merge-patch+json")]
    public async Task JsonInUtf8_IsRead(string type)
    {
        var body = $$"""{"email":"{{TestAccounts.UniqueEmail()}}","password":"{{TestAccounts.Password}}"}""";
        await (await _app.CreateClient().PostRawAsync("/api/auth/register", body, type)).ShouldBeAsync(201);
    }

    [Test]
    public async Task ByteOrderMark_IsSkipped()
    {
        var body = $$"""{"email":"{{TestAccounts.UniqueEmail()}}","password":"{{TestAccounts.Password}}"}""";
        await (await _app.CreateClient().PostRawAsync("/api/auth/register", "\ufeff" + body)).ShouldBeAsync(201);
    }

    [Test]
    public async Task EscapedAndRawCharacters_AreTheSame()
    {
        var name = Guid.NewGuid().ToString("N");
        await (await _app.CreateClient().PostRawAsync(
            "/api/auth/register", $$"""{"\u0065mail":"\u0061{{name}}\u0040example.com","password":"caf\u00e9 caf\u00e9 caf\u00e9"}""")).ShouldBeAsync(201);
        await (await _app.CreateClient().PostRawAsync(
            "/api/auth/login", $$"""{"email":"a{{name}}@example.com","password":"café café café"}""")).ShouldBeAsync(200);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Field(string name, params byte[] value) =>
        [.. Utf8($"{{\"{name}\":\"a"), .. value, .. Utf8("b\"}")];
}
