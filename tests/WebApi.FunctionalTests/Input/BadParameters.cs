using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Input;

/// <summary>
/// Every parameter of every query and path with every kind of bad value: the contract's answer, and never a fault.
/// </summary>
internal sealed class BadParameters
{
    // Longer addresses than this no client of .NET sends.
    private const int MaxLength = 60_000;

    private static readonly string[] Pages = [.. Contract.Api.Where(route => route.IsPaged).Select(
        route => route.Path)];

    private static readonly string[] RoutesOfAUser =
    [
        .. from route in Contract.Admin
           where route.HasId && route.Body is null
           select route.Request.Replace("{id}", "{0}", StringComparison.Ordinal),
    ];

    // As they stand in the address: what no encoder would write.
    private static readonly (string Name, string Value)[] Raw =
    [
        ("Percent", "%"), ("HalfAnEscape", "%4"), ("NoEscape", "%zz"), ("EscapeOfUtf16", "%u0041"),
        ("TwiceEscaped", "%2527"), ("NoUtf8", "%ff"), ("OverlongUtf8", "%c0%af"), ("SurrogateInUtf8", "%ed%a0%80"),
        ("TruncatedUtf8", "%e2%82"), ("RawNul", "%00"), ("RawNulBeforeIt", "%001"),
        ("RawLineBreak", "%0d%0aSet-Cookie:%20x=y"), ("Brackets", "[]"), ("Braces", "{}"),
        ("Nested", string.Concat(Enumerable.Repeat("[", 1000))),
        ("Null", "null"), ("Undefined", "undefined"), ("NaN", "NaN"), ("FullWidthDigit", "%EF%BC%91"),
        ("ArabicDigit", "%D9%A3"), ("Roman", "%E2%85%A0"), ("OneOverTheLargest", "2147483648"),
        ("HugeNumber", new string('9', 5000)),
        ("Thousands", "1,000"), ("Exponent", "1e400"), ("Expression", "1-1"), ("SeveralParts", "a.b.c.d"),
        ("Wildcard", "*"), ("LongRaw", new string('x', MaxLength)),
    ];

    private static readonly Lazy<Task<TokenPair>> Admin = new(() => Client.AdminAsync());
    private static readonly Lazy<Task<TokenPair>> User = new(() => Client.LoginAsync());

    private static HttpClient Client => SharedService.App.CreateClient();

    private static IEnumerable<(string Name, string Value)> Values =>
        BadText.All.Select(bad => (bad.Name, Value: Uri.EscapeDataString(bad.Text)))
            .Where(bad => bad.Value.Length <= MaxLength).Concat(Raw);

    private static IEnumerable<TestCaseData> PlacesAndLimits() =>
        from page in Pages
        from parameter in new[] { "limit", "after" }
        from bad in Values
        where bad.Name is not ("Empty" or "WhiteSpace") // as if it were absent
        select new TestCaseData(page, parameter, bad.Value).SetArgDisplayNames(page, parameter, bad.Name);

    private static IEnumerable<TestCaseData> Texts() =>
        Values.Select(bad => new TestCaseData(bad.Value).SetArgDisplayNames(bad.Name));

    private static IEnumerable<TestCaseData> Ids() =>
        from bad in Values
        let id = Uri.UnescapeDataString(bad.Value)
        where id.Length > 0 // another route
            && !id.Contains("..", StringComparison.Ordinal) // which clients resolve themselves
            && !id.Contains('\0', StringComparison.Ordinal) // which servers refuse themselves
        select new TestCaseData(bad.Value).SetArgDisplayNames(bad.Name);

    [TestCaseSource(nameof(PlacesAndLimits))]
    public async Task PlaceOrLimit_IsRefusedByName(string page, string parameter, string value)
    {
        var admin = await Admin.Value;
        var response = await Client.DoAsync(
            admin, $"GET {page.Replace("{id}", admin.AccountId, StringComparison.Ordinal)}?{parameter}={value}");
        var problem = await response.ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(problem.GetProperty("errors").Names(), Is.EqualTo(new[] { parameter }));
    }

    /// <summary>
    /// An address may begin with anything, so these find no account, or as many as a search without a beginning.
    /// </summary>
    [TestCaseSource(nameof(Texts))]
    public async Task BeginningOfAnAddress_IsNeverAFault(string value) =>
        await (
            await Client.DoAsync(await Admin.Value, $"GET /api/admin/users?limit=1&email={value}")).ShouldBeAsync(200);

    [TestCaseSource(nameof(Texts))]
    public async Task SessionToSpare_IsRefusedAndNothingEnds(string value)
    {
        var user = await User.Value;
        var problem = await (await Client.DoAsync(user, $"DELETE /api/users/me/sessions?except={value}"))
            .ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(problem.GetProperty("errors").Names(), Is.EqualTo(new[] { "except" }));
        await (await Client.AskAsync(user.AccessToken)).ShouldBeAsync(200);
    }

    [TestCaseSource(nameof(Ids))]
    public async Task IdOfNobody_IsNotFound(string value)
    {
        foreach (var route in RoutesOfAUser)
        {
            await (await Client.DoAsync(await Admin.Value, route.Replace("{0}", value, StringComparison.Ordinal)))
                .ShouldBeProblemAsync(404, "user-not-found");
        }

        var setRoles = await Client.DoAsync(
            await Admin.Value, $"PUT /api/admin/users/{value}/roles", new { roles = Array.Empty<string>() });
        await setRoles.ShouldBeProblemAsync(404, "user-not-found");
        await (await Client.DoAsync(await User.Value, $"DELETE /api/users/me/sessions/{value}")).ShouldBeProblemAsync(
            404, "session-not-found");
    }

    /// <summary>An id is read whole, and not as far as it makes sense.</summary>
    [TestCase("{0}%20")]
    [TestCase("%20{0}")]
    [TestCase("{0}'--")]
    [TestCase("{0}%0d%0a")]
    [TestCase("{0},{0}")]
    [TestCase("{0};x=y")]
    [TestCase("{0}%2Flock")]
    [TestCase("{0}.json")]
    [TestCase("urn:uuid:{0}")]
    [TestCase("({0})")]
    [TestCase("%EF%BB%BF{0}")]
    public async Task IdWithMoreAroundIt_IsNotFound(string format)
    {
        var user = await User.Value;
        await (await Client.DoAsync(await Admin.Value, $"GET /api/admin/users/{user.AccountId}")).ShouldBeAsync(200);
        var id = format.Replace("{0}", user.AccountId, StringComparison.Ordinal);
        foreach (var route in RoutesOfAUser)
        {
            await (await Client.DoAsync(await Admin.Value, route.Replace("{0}", id, StringComparison.Ordinal)))
                .ShouldBeProblemAsync(404, "user-not-found");
        }

        id = format.Replace("{0}", user.SessionId, StringComparison.Ordinal);
        await (await Client.DoAsync(user, $"DELETE /api/users/me/sessions/{id}")).ShouldBeProblemAsync(
            404, "session-not-found");
        await (await Client.AskAsync(user.AccessToken)).ShouldBeAsync(200);
    }

    [TestCase("limit=1&limit=2")]
    [TestCase("limit[]=1")]
    [TestCase("limit[0]=1")]
    [TestCase("limit.x=1")]
    [TestCase("LIMIT=1&limit=100")]
    [TestCase("after=&after=")]
    [TestCase("after[$gt]=")]
    [TestCase("email=a&email=b")]
    [TestCase("email[$ne]=a")]
    [TestCase("email[a][b][c]=d")]
    [TestCase("filter=1&user.id=2&id=3&sub=4&roles=admin")]
    [TestCase("&&&=&=x&?&;")]
    public async Task ParametersOfOtherShapes_AreNoFault(string query)
    {
        foreach (var page in Pages)
        {
            var response = await Client.DoAsync(
                await Admin.Value,
                $"GET {page.Replace("{id}", (await User.Value).AccountId, StringComparison.Ordinal)}?{query}");
            Assert.That(
                (int)response.StatusCode, Is.EqualTo(200).Or.EqualTo(400), await response.Content.ReadAsStringAsync());
        }
    }

    [Test]
    public async Task ManyParameters_AreNoFault()
    {
        var query = string.Join('&', Enumerable.Range(0, 5000).Select(i => $"a{i}=b"));
        await (await Client.DoAsync(await User.Value, $"GET /api/users/me/activity?{query}")).ShouldBeAsync(200);
    }
}
