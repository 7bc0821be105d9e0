using System.Net;
using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Users;

/// <summary>The owner of an account deletes it, and nothing of them is left.</summary>
internal sealed class DeletingTheAccount
{
    private const string Route = "/api/users/me";

    private readonly CleanJwtApp _app = SharedService.App;

    [Test]
    public async Task RecentSignIn_DeletesTheAccountAndEndsItsSessions()
    {
        var email = await _app.RegisterAsync();
        var (current, other, stranger) = (
            await _app.LoginAsync(email), await _app.LoginAsync(email), await _app.LoginAsync());
        var response = await DeleteAsync(_app, current);
        await response.ShouldBeAsync(204);
        Assert.That(await response.Content.ReadAsByteArrayAsync(), Is.Empty);
        foreach (var over in new[] { current, other })
        {
            await BearerErrors.ShouldBeRefusedAsync(
                await _app.CreateClient().AskAsync(over.AccessToken), "token-revoked");
            await BearerErrors.ShouldBeRefusedAsync(await _app.MeAsync(over.AccessToken), "token-revoked");
            await BearerErrors.ShouldBeRefusedAsync(await DeleteAsync(_app, over), "token-revoked");
            await (await _app.RefreshAsync(over.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
            await _app.CreateClient().LogoutAsync(over); // as for any session that is over
        }

        await (await _app.CreateClient().TryLoginAsync(email)).ShouldBeProblemAsync(401, "invalid-credentials");
        await (await _app.MeAsync(stranger.AccessToken)).ShouldBeAsync(200);
        await (await _app.RefreshAsync(stranger.RefreshToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task OldSignIn_IsNotEnoughUntilThePasswordIsProvedAgain()
    {
        var email = await _app.RegisterAsync();
        var old = await _app.WithOldSignInAsync(await _app.LoginAsync(email));
        var response = await DeleteAsync(_app, old);
        await response.ShouldBeProblemAsync(401, "reauthentication-required");
        Assert.That(
            response.Headers.GetValues("WWW-Authenticate").Single(),
            Is.EqualTo("Bearer error=\"insufficient_user_authentication\", max_age=\"300\""));
        await (await _app.MeAsync(old.AccessToken)).ShouldBeAsync(200);

        var proved = await AccountRequests.TokensOfAsync(await _app.ReauthenticateAsync(old.AccessToken));
        await (await DeleteAsync(_app, old)).ShouldBeProblemAsync(
            401, "reauthentication-required"); // it is the token that counts
        await (await DeleteAsync(_app, proved)).ShouldBeAsync(204);
        await (await _app.CreateClient().TryLoginAsync(email)).ShouldBeProblemAsync(401, "invalid-credentials");
    }

    [Test]
    public async Task TokenThatMayOnlyRead_DeletesNothing()
    {
        var tokens = await _app.LoginAsync(scope: "account:read");
        await (await DeleteAsync(_app, tokens)).ShouldBeProblemAsync(403, "insufficient-scope");
        await (await _app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task Address_IsFreeForANewAccountThatHasNothingOfTheOld()
    {
        var email = await _app.RegisterAsync();
        var old = await _app.LoginAsync(email);
        await (await _app.CreateClient(old.AccessToken).PatchAsJsonAsync(Route, new { displayName = "Ada" }))
            .ShouldBeAsync(200);
        var etag = (await _app.MeAsync(old.AccessToken)).Headers.ETag!;
        await (await DeleteAsync(_app, old)).ShouldBeAsync(204);

        await _app.RegisterAsync(email);
        var tokens = await _app.LoginAsync(email);
        var response = await _app.MeAsync(tokens.AccessToken);
        var account = await response.JsonAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(account.Text("id"), Is.Not.EqualTo(old.AccountId()));
            Assert.That(account.GetProperty("displayName").GetString(), Is.Null);
            Assert.That(response.Headers.ETag, Is.Not.EqualTo(etag));
        }

        var client = _app.CreateClient(tokens.AccessToken);
        var sessions = (await (await client.GetAsync("/api/users/me/sessions")).JsonAsync()).GetProperty("items");
        Assert.That(
            sessions.EnumerateArray().Select(session => session.Text("id")), Is.EqualTo(new[] { tokens.SessionId }));
        var activity = (await (await client.GetAsync("/api/users/me/activity")).JsonAsync()).GetProperty("items");
        Assert.That(
            activity.EnumerateArray().Select(entry => entry.Text("action")),
            Is.EquivalentTo(new[] { "login", "register" }));
        await BearerErrors.ShouldBeRefusedAsync(await _app.MeAsync(old.AccessToken), "token-revoked");
    }

    [TestCase(false)]
    [TestCase(true)]
    [Category("Exhaustive")]
    public async Task NothingOfTheOwner_IsLeftInTheDatabase(bool byAdmin)
    {
        await using var app = new CleanJwtApp(configure: services => services.AddClientAddress("192.0.2.1"));
        var admin = await app.LoginAsync(await app.RegisterAdminAsync());
        var owner = new Owner();
        var tokens = await owner.LiveAsync(app);
        var traces = owner.Traces(tokens);
        foreach (var trace in traces)
        {
            Assert.That(app.ColumnsHolding(trace), Is.Not.Empty, $"{trace}: this test shows nothing");
        }

        // What administrators did to them is in other people's trails too.
        var (managing, user) = (app.CreateClient(admin.AccessToken), $"/api/admin/users/{tokens.AccountId()}");
        await (await managing.PostAsync($"{user}/lock", null)).ShouldBeAsync(204);
        await (await managing.PostAsync($"{user}/unlock", null)).ShouldBeAsync(204);
        await (await managing.PutAsJsonAsync($"{user}/roles", new { roles = new[] { "admin" } })).ShouldBeAsync(200);
        await (await managing.DeleteAsync($"{user}/sessions")).ShouldBeAsync(204);
        tokens = await owner.LoginAsync(app);
        Assert.That(
            app.ColumnsHolding(tokens.AccountId()),
            Does.Contain("AuditEntries.OtherAccountId"),
            "this test shows nothing");

        var deleted = byAdmin ? await managing.DeleteAsync(user) : await owner.Client(app, tokens).DeleteAsync(Route);
        await deleted.ShouldBeAsync(204);
        Assert.That(
            from trace in traces.Concat(owner.Traces(tokens)).Distinct()
            from column in app.ColumnsHolding(trace)
            select $"{trace} in {column}",
            Is.Empty);
        await (await managing.GetAsync($"/api/admin/users/{Jwt.Payload(admin.AccessToken)["sub"]}/activity"))
            .ShouldBeAsync(200);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task NothingOfAnAdministrator_IsLeftInTheTrailsOfOthers()
    {
        await using var app = new CleanJwtApp(configure: services => services.AddClientAddress("192.0.2.1"));
        await app.RegisterAdminAsync(); // who stays
        var user = await app.LoginAsync();
        var owner = new Owner();
        var tokens = await owner.LiveAsync(app);
        app.Sql("UPDATE AspNetUsers SET Roles = 'admin' WHERE lower(Id) = @p0", tokens.AccountId());
        tokens = await owner.LoginAsync(app);
        var client = owner.Client(app, tokens);
        var route = $"/api/admin/users/{user.AccountId()}";
        await (await client.DeleteAsync($"{route}/sessions")).ShouldBeAsync(204);
        await (await client.PutAsJsonAsync($"{route}/roles", new { roles = Array.Empty<string>() })).ShouldBeAsync(200);
        await (await client.PostAsync($"{route}/lock", null)).ShouldBeAsync(204);

        await (await client.DeleteAsync(Route)).ShouldBeAsync(204);
        Assert.That(
            from trace in owner.Traces(tokens)
            from column in app.ColumnsHolding(trace)
            select $"{trace} in {column}",
            Is.Empty);
        Assert.That(
            app.Sql("SELECT COUNT(*) FROM AuditEntries WHERE lower(AccountId) = @p0 AND Action LIKE '%-by-admin'",
                user.AccountId()), Is.EqualTo(3));
    }

    [TestCase("", TestName = "{m}(alone)")]
    [TestCase("UPDATE AspNetUsers SET Roles = 'admin', Locked = 1 WHERE Email <> @p0",
        TestName = "{m}(beside a locked one)")]
    [TestCase("UPDATE AspNetUsers SET Roles = 'administrator xadmin' WHERE Email <> @p0",
        TestName = "{m}(beside roles that only look like it)")]
    public async Task LastAdministrator_Stays(string sql)
    {
        await using var app = new CleanJwtApp();
        var email = await app.RegisterAdminAsync();
        await app.RegisterAsync();
        if (sql.Length > 0)
        {
            app.Sql(sql, email);
        }

        var tokens = await app.LoginAsync(email);
        await (await DeleteAsync(app, tokens)).ShouldBeProblemAsync(409, "last-admin");
        await (await app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
        await (await app.RefreshAsync(tokens.RefreshToken)).ShouldBeAsync(200);

        await app.RegisterAdminAsync();
        await (await DeleteAsync(app, tokens)).ShouldBeAsync(204);
    }

    [Test]
    [Category("Exhaustive")]
    public async Task LastAdministratorsAtOnce_OneStays()
    {
        await using var app = new CleanJwtApp();
        for (var round = 0; round < 3; round++)
        {
            var admins = new List<TokenPair>();
            for (var i = 0; i < 4; i++)
            {
                admins.Add(await app.LoginAsync(await app.RegisterAdminAsync()));
            }

            var answers = await Task.WhenAll(admins.Select(admin => Task.Run(() => DeleteAsync(app, admin))));
            var stays = answers.Single(answer => answer.StatusCode != HttpStatusCode.NoContent);
            await stays.ShouldBeProblemAsync(409, "last-admin");
            Assert.That(app.Sql("SELECT COUNT(*) FROM AspNetUsers WHERE Roles = 'admin'"), Is.EqualTo(1));
            app.Sql("DELETE FROM AspNetUsers");
        }
    }

    [Test]
    public async Task TwiceAtOnce_DeletesOnce()
    {
        var email = await _app.RegisterAsync();
        var sessions = new List<TokenPair>();
        for (var i = 0; i < 5; i++)
        {
            sessions.Add(await _app.LoginAsync(email));
        }

        var answers = await Task.WhenAll(sessions.Select(tokens => Task.Run(() => DeleteAsync(_app, tokens))));
        var told = await Task.WhenAll(
            answers.Select(async answer => answer.IsSuccessStatusCode ? "204" : await answer.AnswerAsync()));
        Assert.That(told.Count(answer => answer == "204"), Is.EqualTo(1), string.Join(", ", told));
        Assert.That(told, Is.All.EqualTo("204").Or.EqualTo("401 token-revoked").Or.EqualTo("401 user-not-found"));
    }

    [Test]
    [Category("Exhaustive")]
    public async Task SignInsAtTheSameTime_LeaveNothingBehind()
    {
        for (var round = 0; round < 3; round++)
        {
            var email = await _app.RegisterAsync();
            var current = await _app.LoginAsync(email);
            var signIns = Enumerable.Range(
                0, 5).Select(_ => Task.Run(() => _app.CreateClient().TryLoginAsync(email))).ToArray();
            await Task.Delay(50 * round); // so that it falls into different parts of them
            await (await DeleteAsync(_app, current)).ShouldBeAsync(204);
            foreach (var answer in await Task.WhenAll(signIns))
            {
                if (answer.IsSuccessStatusCode)
                {
                    var late = await AccountRequests.TokensOfAsync(answer);
                    await (await _app.CreateClient().AskAsync(late.AccessToken)).ShouldBeProblemAsync(
                        401, "token-revoked");
                }
                else
                {
                    await answer.ShouldBeProblemAsync(401, "invalid-credentials");
                }
            }

            Assert.That(_app.ColumnsHolding(current.AccountId()), Is.Empty);
        }
    }

    private static Task<HttpResponseMessage> DeleteAsync(CleanJwtApp app, TokenPair tokens) =>
        app.CreateClient(tokens.AccessToken).DeleteAsync(Route);

    /// <summary>An account whose traces all differ from those of every other account.</summary>
    private sealed class Owner
    {
        private readonly string _email = TestAccounts.UniqueEmail();
        private readonly string _displayName = $"Ada {Guid.NewGuid():N}";
        private readonly string _userAgent = $"Device/{Guid.NewGuid():N}";
        private readonly string _address = $"2001:db8::{Random.Shared.Next(0x1000, 0xffff):x}:{Random.Shared.Next(0x1000, 0xffff):x}";

        /// <summary>Leaves a trace wherever an account can.</summary>
        public async Task<TokenPair> LiveAsync(CleanJwtApp app)
        {
            var anonymous = Client(app);
            var account = new { email = _email, password = TestAccounts.Password, displayName = _displayName };
            await (await anonymous.PostAsJsonAsync("/api/auth/register", account)).ShouldBeAsync(201);
            await (await anonymous.TryLoginAsync(_email, "not the right password")).ShouldBeAsync(401);
            var over = await LoginAsync(app);
            await (await anonymous.RefreshAsync(over.RefreshToken)).ShouldBeAsync(200);
            app.Time.Advance(TimeSpan.FromSeconds(30));
            await (await anonymous.RefreshAsync(over.RefreshToken)).ShouldBeProblemAsync(401, "refresh-token-reused");
            await anonymous.LogoutAsync(await LoginAsync(app));
            var tokens = await LoginAsync(app);
            var client = Client(app, tokens);
            await (await client.PostAsJsonAsync(
                "/api/auth/reauthenticate", new { password = "not the right password" })).ShouldBeAsync(401);
            await (await client.PostAsJsonAsync("/api/auth/reauthenticate", new { password = TestAccounts.Password }))
                .ShouldBeAsync(200);
            await (await client.PatchAsJsonAsync(Route, new { displayName = _displayName })).ShouldBeAsync(200);
            await (await client.PutAsJsonAsync(
                $"{Route}/password",
                new { currentPassword = TestAccounts.Password, newPassword = TestAccounts.Password }))
                    .ShouldBeAsync(204);
            await (await client.DeleteAsync($"{Route}/sessions?except=current")).ShouldBeAsync(204);
            return tokens;
        }

        public async Task<TokenPair> LoginAsync(CleanJwtApp app) =>
            await AccountRequests.TokensOfAsync(await Client(app).TryLoginAsync(_email));

        public string[] Traces(TokenPair tokens) =>
            [_email, _email.Split('@')[0], _displayName, _userAgent, _address, tokens.AccountId()];

        public HttpClient Client(CleanJwtApp app, TokenPair? tokens = null)
        {
            var client = tokens is null ? app.CreateClient() : app.CreateClient(tokens.AccessToken);
            client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", _userAgent);
            client.DefaultRequestHeaders.TryAddWithoutValidation(ClientAddress.Header, _address);
            return client;
        }
    }
}
