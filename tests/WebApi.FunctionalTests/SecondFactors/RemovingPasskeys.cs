using System.Text.Json;
using CleanJwt.Application.Ports;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.SecondFactors;

/// <summary>An owner renames passkeys and removes them.</summary>
[OnDatabases]
internal sealed class RemovingPasskeys(DatabaseKind kind)
{
    private readonly SoftwareAuthenticator _authenticator = new(PasskeyRequests.Origin);

    private CleanJwtApp App => SharedService.On(kind);

    private HttpClient Client => App.CreateClient();

    [Test]
    public async Task SessionsThatItBegan_EndAndTheOthersStay()
    {
        var email = await App.RegisterAsync();
        var byPassword = await App.LoginAsync(email);
        var kept = new SoftwareAuthenticator(PasskeyRequests.Origin);
        await Client.AddPasskeyAsync(byPassword, kept);
        var id = await Client.AddPasskeyAsync(byPassword, _authenticator);
        var byOther = await Client.PasskeyLoginAsync(kept);
        var begun = new[]
        {
            await Client.PasskeyLoginAsync(_authenticator), await Client.PasskeyLoginAsync(_authenticator),
        };

        await (await Client.RemovePasskeyAsync(byPassword, id)).ShouldBeAsync(204);
        foreach (var session in begun)
        {
            await (await App.MeAsync(session.AccessToken)).ShouldBeProblemAsync(401, "token-revoked");
            await (await App.RefreshAsync(session.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        }

        await (await App.RefreshAsync(byPassword.RefreshToken)).ShouldBeAsync(200);
        await (await App.RefreshAsync(byOther.RefreshToken)).ShouldBeAsync(200);
    }

    [Test]
    public async Task ActingSession_Stays()
    {
        var id = await Client.AddPasskeyAsync(await App.LoginAsync(), _authenticator);
        var acting = await Client.PasskeyLoginAsync(_authenticator);
        await (await Client.RemovePasskeyAsync(acting, id)).ShouldBeAsync(204);
        await (await App.RefreshAsync(acting.RefreshToken)).ShouldBeAsync(200);
        await (await Client.RemovePasskeyAsync(acting, id)).ShouldBeProblemAsync(404, "passkey-not-found");
    }

    [Test]
    public async Task SessionThatItBeganAsSecondFactor_Ends()
    {
        var email = await App.RegisterAsync();
        var owner = await App.LoginAsync(email);
        var id = await Client.AddPasskeyAsync(owner, _authenticator);
        await RequireAsync(owner);
        var mfaToken = await Client.MfaTokenAsync(email);
        var (state, options) = await Client.PasskeyOptionsAsync(mfaToken);
        var begun = await AccountRequests.TokensOfAsync(
            await Client.TryPasskeyAsSecondFactorAsync(mfaToken, state, _authenticator.Assert(options)));
        await (await Client.RemovePasskeyAsync(owner, id)).ShouldBeAsync(204);
        await (await App.RefreshAsync(begun.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
    }

    [Test]
    public async Task LastFactor_TurnsTheSecondFactorOffAndTakesTheRecoveryCodes()
    {
        var email = await App.RegisterAsync();
        var owner = await App.LoginAsync(email);
        var ids = new[]
        {
            await Client.AddPasskeyAsync(owner, _authenticator), await Client.AddPasskeyAsync(owner, _authenticator),
        };
        await RequireAsync(owner);
        await (await Client.DoAsync(owner, "POST /api/users/me/recovery-codes")).ShouldBeAsync(200);

        await (await Client.RemovePasskeyAsync(owner, ids[0])).ShouldBeAsync(204);
        var factors = await FactorsAsync(owner);
        Assert.That(factors.GetProperty("required").GetBoolean(), Is.True, "one is left");
        Assert.That(factors.GetProperty("recoveryCodes").GetProperty("left").GetInt32(), Is.EqualTo(10));

        await (await Client.RemovePasskeyAsync(owner, ids[1])).ShouldBeAsync(204);
        factors = await FactorsAsync(owner);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(factors.GetProperty("required").GetBoolean(), Is.False);
            Assert.That(factors.GetProperty("recoveryCodes").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(factors.GetProperty("passkeys").GetInt32(), Is.Zero);
        }

        await Client.LoginAsync(email); // by the password alone
    }

    [Test]
    public async Task Removal_NeedsARecentSignIn()
    {
        var owner = await App.LoginAsync();
        var id = await Client.AddPasskeyAsync(owner, _authenticator);
        var old = await App.WithOldSignInAsync(owner);
        await (await Client.RemovePasskeyAsync(old, id)).ShouldBeProblemAsync(401, "reauthentication-required");
        await Client.PasskeyLoginAsync(_authenticator);
    }

    [Test]
    public async Task PasskeyOfAnotherAccount_IsNotThere()
    {
        var (owner, other) = (await App.LoginAsync(), await App.LoginAsync());
        var id = await Client.AddPasskeyAsync(owner, _authenticator);
        await (await Client.RemovePasskeyAsync(other, id)).ShouldBeProblemAsync(404, "passkey-not-found");
        await (await RenameAsync(other, id, "Mine")).ShouldBeProblemAsync(404, "passkey-not-found");
        Assert.That((await PasskeyAsync(owner)).Text("name"), Is.Not.EqualTo("Mine"));
        await Client.PasskeyLoginAsync(_authenticator);
    }

    [Test]
    public async Task IdThatIsNone_IsNotThere()
    {
        var owner = await App.LoginAsync();
        await (await Client.RemovePasskeyAsync(owner, "x")).ShouldBeProblemAsync(404, "passkey-not-found");
        await (await RenameAsync(owner, "x", "Phone")).ShouldBeProblemAsync(404, "passkey-not-found");
    }

    [Test]
    public async Task NewName_IsTrimmedAndShown()
    {
        var owner = await App.LoginAsync();
        var id = await Client.AddPasskeyAsync(owner, _authenticator);
        var response = await RenameAsync(owner, id, " Blue key ");
        await response.ShouldBeAsync(200);
        Assert.That((await response.JsonAsync()).Text("name"), Is.EqualTo("Blue key"));
        Assert.That((await PasskeyAsync(owner)).Text("name"), Is.EqualTo("Blue key"));
        Assert.That(
            (await Client.PageAsync(owner, "/api/users/me/activity")).Items.Select(item => item.Text("action")),
            Does.Contain("rename-passkey"));
    }

    [TestCase("")]
    [TestCase("  ")]
    [TestCase(null)]
    [TestCase("line\nbreak")]
    public async Task BadName_IsRefused(string? name)
    {
        var owner = await App.LoginAsync();
        var id = await Client.AddPasskeyAsync(owner, _authenticator);
        var problem = await (await RenameAsync(owner, id, name)).ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(problem.Fields(), Is.EqualTo(new[] { "name" }));
    }

    [Test]
    public async Task RemovalDuringASignIn_LeavesNoLiveSessionOfIt()
    {
        using var gate = new Gate();
        await using var app = new CleanJwtApp(kind: kind, configure: services =>
            gate.PutBefore<ISessionRepository>(services, nameof(ISessionRepository.TryStartAsync)));
        var client = app.CreateClient();
        var owner = await app.LoginAsync();
        var id = await client.AddPasskeyAsync(owner, _authenticator);

        gate.HoldNext();
        var signIn = Task.Run(() => client.TryPasskeyLoginAsync(_authenticator));
        await gate.HeldAsync();
        await (await client.RemovePasskeyAsync(owner, id)).ShouldBeAsync(204);
        gate.Release();

        Assert.That(await (await signIn).AnswerAsync(), Is.AnyOf("401 unknown-passkey", "401 invalid-passkey"));
        Assert.That(
            app.Sql("SELECT COUNT(*) FROM Sessions WHERE EndedAt IS NULL"), Is.EqualTo(1), "that of the owner");
    }

    private Task<HttpResponseMessage> RenameAsync(TokenPair by, string id, string? name) =>
        Client.DoAsync(by, $"PATCH /api/users/me/passkeys/{id}", new { name });

    private async Task RequireAsync(TokenPair owner) =>
        await (await Client.DoAsync(owner, "PUT /api/users/me/second-factors", new { required = true }))
            .ShouldBeAsync(200);

    private async Task<JsonElement> PasskeyAsync(TokenPair owner) =>
        (await Client.PasskeysAsync(owner)).GetProperty("items").EnumerateArray().Single();

    private async Task<JsonElement> FactorsAsync(TokenPair owner) =>
        await (await Client.DoAsync(owner, "GET /api/users/me/second-factors")).JsonAsync();
}
