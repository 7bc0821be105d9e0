using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Tokens;

/// <summary>
/// Each action under /api asks its caller for the proof that the contract names. A new action fails here until <see
/// cref="Contract"/> has it.
/// </summary>
internal sealed class RequiredProofs
{
    private readonly CleanJwtApp _app = SharedService.App;

    private static IEnumerable<TestCaseData> Protected() => Rows(kind => kind != "nothing");

    private static IEnumerable<TestCaseData> OfALiveSession() => Rows(kind => kind is "live" or "recent");

    private static IEnumerable<TestCaseData> OfNoLiveSession() => Rows(kind => kind is "read" or "token");

    private static IEnumerable<TestCaseData> OfARecentSignIn() => Rows(kind => kind is "recent");

    private static IEnumerable<TestCaseData> OfAScope() =>
        from route in Contract.Api
        where route.Scope is not null
        select new TestCaseData(route.Method, route.Path, route.Scope).SetArgDisplayNames(route.Request);

    [Test]
    public void EveryAction_AsksForWhatTheContractSays() =>
        Assert.That(
            ApiAction.Of(_app).Select(action => $"{action.Name}: {action.Asks}"),
            Is.EquivalentTo(Contract.Api.Select(route => $"{route.Request}: {route.Asks}")));

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
        await BearerErrors.ShouldBeRefusedAsync(
            await SendAsync(_app.CreateClient().As(OAuthRequests.Basic()), method, route), "missing-token");

    [TestCaseSource(nameof(OfAScope))]
    public async Task WithEveryOtherScope_TheMissingOneIsNamed(string method, string route, string needed)
    {
        var others = ContractScopes.OfAdmins.Split(' ').Except([needed]);
        var tokens = await _app.LoginAsync(await _app.RegisterAdminAsync(), string.Join(' ', others));
        var response = await SendAsync(_app.CreateClient(tokens.AccessToken), method, route);
        await response.ShouldBeProblemAsync(403, "insufficient-scope");
        Assert.That(
            response.Headers.GetValues("WWW-Authenticate").Single(), Is.EqualTo(
                $"Bearer error=\"insufficient_scope\", scope=\"{needed}\""));
    }

    [TestCaseSource(nameof(OfALiveSession))]
    public async Task SessionEndedOnlyInTheDatabase_IsRevoked(string method, string route)
    {
        var tokens = await _app.LoginAsync(await _app.RegisterAdminAsync());
        _app.EndBehindTheBack(tokens);
        await BearerErrors.ShouldBeRefusedAsync(
            await SendAsync(_app.CreateClient(tokens.AccessToken), method, route), "token-revoked");
    }

    [TestCaseSource(nameof(OfNoLiveSession))]
    public async Task SessionEndedOnlyInTheDatabase_IsReadWith(string method, string route)
    {
        var tokens = await _app.LoginAsync(await _app.RegisterAdminAsync());
        _app.EndBehindTheBack(tokens);
        await (await SendAsync(_app.CreateClient(tokens.AccessToken), method, route, tokens.AccountId()))
            .ShouldBeAsync(200);
    }

    [TestCaseSource(nameof(OfARecentSignIn))]
    [Category("Exhaustive")]
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
        from route in Contract.Api
        where ofKind(route.Kind)
        select new TestCaseData(route.Method, route.Path).SetArgDisplayNames(route.Request);

    private static Task<HttpResponseMessage> SendAsync(
        HttpClient client, string method, string route, string? id = null) => client.SendAsync(new HttpMethod(method),
        route.Replace("{id}", id ?? Guid.NewGuid().ToString(), StringComparison.Ordinal),
        method is "GET" or "DELETE" ? null : new { });
}
