using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Tokens;

/// <summary>What each action under /api asks of its caller. None may be forgotten: a new one fails here until it is in the table.</summary>
internal sealed class RequiredProofs
{
    private static readonly Dictionary<string, string> Contract = new()
    {
        ["POST /api/auth/register"] = "nothing",
        ["POST /api/auth/login"] = "nothing",
        ["POST /api/auth/refresh"] = "nothing",
        ["POST /api/auth/logout"] = "nothing",
        ["POST /api/auth/reauthenticate"] = "live",
        ["GET /api/auth/token"] = "token",
        ["GET /api/users/me"] = "read account:read",
        ["PATCH /api/users/me"] = "live account:write",
        ["DELETE /api/users/me"] = "recent account:write",
        ["PUT /api/users/me/password"] = "live account:write",
        ["GET /api/users/me/sessions"] = "read account:read",
        ["DELETE /api/users/me/sessions"] = "live account:write",
        ["DELETE /api/users/me/sessions/{id}"] = "live account:write",
        ["GET /api/users/me/activity"] = "read account:read",
        ["GET /api/admin/users"] = "read users:read",
        ["GET /api/admin/users/{id}"] = "read users:read",
        ["DELETE /api/admin/users/{id}"] = "recent users:write",
        ["POST /api/admin/users/{id}/lock"] = "live users:write",
        ["POST /api/admin/users/{id}/unlock"] = "live users:write",
        ["DELETE /api/admin/users/{id}/sessions"] = "live users:write",
        ["PUT /api/admin/users/{id}/roles"] = "recent users:write",
        ["GET /api/admin/users/{id}/activity"] = "read users:read",
    };

    private readonly CleanJwtApp _app = SharedService.App;

    private static IEnumerable<TestCaseData> Protected() => Rows(kind => kind != "nothing");

    private static IEnumerable<TestCaseData> OfALiveSession() => Rows(kind => kind is "live" or "recent");

    private static IEnumerable<TestCaseData> OfNoLiveSession() => Rows(kind => kind is "read" or "token");

    private static IEnumerable<TestCaseData> OfARecentSignIn() => Rows(kind => kind is "recent");

    private static IEnumerable<TestCaseData> OfAScope() =>
        from row in Contract
        let asks = row.Value.Split(' ')
        where asks.Length == 2
        let action = row.Key.Split(' ')
        select new TestCaseData(action[0], action[1], asks[1]).SetArgDisplayNames(row.Key);

    [Test]
    public void EveryAction_AsksForWhatTheContractSays() =>
        Assert.That(
            ApiAction.Of(_app).Select(action => $"{action.Name}: {action.Asks}"),
            Is.EquivalentTo(Contract.Select(row => $"{row.Key}: {row.Value}")));

    [Test]
    public void EveryAction_IsWithoutFault() => Assert.That(FaultsOf(_app), Is.Empty);

    [Test]
    public async Task CarelessActions_AreNoticed()
    {
        await using var app = new CleanJwtApp(configure: CarelessController.AddTo);
        Assert.That(FaultsOf(app), Is.EquivalentTo(new[]
        {
            "GET /api/careless/open neither asks for a token nor says that it needs none",
            "POST /api/careless/write writes without a live session",
            "PUT /api/careless/write writes without a live session",
            "ANY /api/careless/any-method writes without a live session",
            "DELETE /api/careless/both writes without a live session",
            "POST /api/careless/two-proofs asks for more than one proof",
            "POST /api/careless/void asks in vain, as it is open to anybody",
        }));
        Assert.That(ApiAction.Of(app).Select(action => action.Name), Does.Contain("POST /api/careless/good"));
    }

    [TestCaseSource(nameof(Protected))]
    public async Task WithoutAToken_NothingIsAnswered(string method, string route) =>
        await BearerErrors.ShouldBeRefusedAsync(await SendAsync(_app.CreateClient(), method, route), "missing-token");

    [TestCaseSource(nameof(Protected))]
    public async Task WithTheSecretOfAClient_NothingIsAnswered(string method, string route) =>
        await BearerErrors.ShouldBeRefusedAsync(await SendAsync(_app.CreateClient().As(OAuthRequests.Basic()), method, route), "missing-token");

    [TestCaseSource(nameof(OfAScope))]
    public async Task WithEveryOtherScope_TheMissingOneIsNamed(string method, string route, string needed)
    {
        var others = new[] { "account:read", "account:write", "users:read", "users:write" }.Except([needed]);
        var tokens = await _app.LoginAsync(await _app.RegisterAdminAsync(), string.Join(' ', others));
        var response = await SendAsync(_app.CreateClient(tokens.AccessToken), method, route);
        await response.ShouldBeProblemAsync(403, "insufficient-scope");
        Assert.That(
            response.Headers.GetValues("WWW-Authenticate").Single(), Is.EqualTo($"Bearer error=\"insufficient_scope\", scope=\"{needed}\""));
    }

    [TestCaseSource(nameof(OfALiveSession))]
    public async Task SessionEndedOnlyInTheDatabase_IsRevoked(string method, string route)
    {
        var tokens = await _app.LoginAsync(await _app.RegisterAdminAsync());
        _app.EndBehindTheBack(tokens);
        await BearerErrors.ShouldBeRefusedAsync(await SendAsync(_app.CreateClient(tokens.AccessToken), method, route), "token-revoked");
    }

    [TestCaseSource(nameof(OfNoLiveSession))]
    public async Task SessionEndedOnlyInTheDatabase_IsReadWith(string method, string route)
    {
        var tokens = await _app.LoginAsync(await _app.RegisterAdminAsync());
        _app.EndBehindTheBack(tokens);
        await (await SendAsync(_app.CreateClient(tokens.AccessToken), method, route, tokens.AccountId())).ShouldBeAsync(200);
    }

    [TestCaseSource(nameof(OfARecentSignIn))]
    public async Task OldSignIn_IsNotEnough(string method, string route)
    {
        var tokens = await _app.WithOldSignInAsync(await _app.LoginAsync(await _app.RegisterAdminAsync()));
        var response = await SendAsync(_app.CreateClient(tokens.AccessToken), method, route);
        await response.ShouldBeProblemAsync(401, "reauthentication-required");
        Assert.That(
            response.Headers.GetValues("WWW-Authenticate").Single(),
            Is.EqualTo("Bearer error=\"insufficient_user_authentication\", max_age=\"300\""));
    }

    private static IEnumerable<string> FaultsOf(CleanJwtApp app) =>
        ApiAction.Of(app).Where(action => action.Fault is not null).Select(action => $"{action.Name} {action.Fault}");

    private static IEnumerable<TestCaseData> Rows(Func<string, bool> ofKind) =>
        from row in Contract
        where ofKind(row.Value.Split(' ')[0])
        let action = row.Key.Split(' ')
        select new TestCaseData(action[0], action[1]).SetArgDisplayNames(row.Key);

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string route, string? id = null) => client.SendAsync(
        new HttpMethod(method),
        route.Replace("{id}", id ?? Guid.NewGuid().ToString(), StringComparison.Ordinal),
        method is "GET" or "DELETE" ? null : new { });
}
