using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.WebApi.FunctionalTests.Documents;

/// <summary>The endpoints that docs/protecting-endpoints.md shows do what it says of them.</summary>
internal sealed class DocumentedEndpoints
{
    [Test]
    public async Task Reading_TakesAValidTokenWithTheScopeAndNoLookup()
    {
        await using var app = Start();
        await BearerErrors.ShouldBeRefusedAsync(
            await app.CreateClient().GetAsync("/api/documented/notes"), "missing-token");
        var writer = app.CreateClient((await app.LoginAsync(scope: "account:write")).AccessToken);
        await (await writer.GetAsync("/api/documented/notes")).ShouldBeProblemAsync(403, "insufficient-scope");

        var reader = app.CreateClient((await app.LoginAsync(scope: "account:read")).AccessToken);
        app.Commands.Reset();
        await (await reader.GetAsync("/api/documented/notes")).ShouldBeAsync(200);
        Assert.That(app.Commands.Commands, Is.Empty);
        await (await reader.GetAsync("/api/documented/notes/heading")).ShouldBeAsync(200);
        Assert.That(app.Commands.Commands, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Writing_LooksTheSessionUp()
    {
        await using var app = Start();
        var reader = app.CreateClient((await app.LoginAsync(scope: "account:read")).AccessToken);
        await (await reader.PostAsJsonAsync("/api/documented/notes", new { text = "one" })).ShouldBeProblemAsync(
            403, "insufficient-scope");

        var tokens = await app.LoginAsync();
        var writer = app.CreateClient(tokens.AccessToken);
        await (await writer.PostAsJsonAsync("/api/documented/notes", new { text = "one" })).ShouldBeAsync(204);
        app.Sql(
            "UPDATE Sessions SET EndedAt = CreatedAt WHERE Id = @p0",
            tokens.SessionId.ToUpperInvariant()); // as another node would
        await (await writer.GetAsync("/api/documented/notes")).ShouldBeAsync(200);
        await BearerErrors.ShouldBeRefusedAsync(
            await writer.PostAsJsonAsync("/api/documented/notes", new { text = "two" }), "token-revoked");
    }

    [Test]
    public async Task WhatCannotBeUndone_NeedsARecentSignIn()
    {
        await using var app = Start();
        var tokens = await app.LoginAsync();
        await (await app.CreateClient(tokens.AccessToken)
            .PostAsJsonAsync("/api/documented/notes", new { text = "one" })).ShouldBeAsync(204);
        app.Time.Advance(TimeSpan.FromMinutes(6));

        var late = await app.CreateClient(tokens.AccessToken).DeleteAsync("/api/documented/notes");
        await late.ShouldBeProblemAsync(401, "reauthentication-required");
        Assert.That(
            late.Headers.WwwAuthenticate.Single().ToString(), Is.EqualTo(
                "Bearer error=\"insufficient_user_authentication\", max_age=\"300\""));

        var proved = await app.CreateClient(tokens.AccessToken).PostAsJsonAsync(
            "/api/auth/reauthenticate", new { password = TestAccounts.Password });
        var fresh = TokenPair.From(await proved.JsonAsync());
        await (await app.CreateClient(fresh.AccessToken).DeleteAsync("/api/documented/notes")).ShouldBeAsync(204);
        Assert.That((await (await app.CreateClient(fresh.AccessToken).GetAsync("/api/documented/notes")).JsonAsync())
            .GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task WhatAPasswordIsNotEnoughFor_NeedsASecondFactorOfThisSession()
    {
        await using var app = Start();
        var tokens = await app.LoginAsync();
        await ShouldAskForASecondFactorAsync(tokens.AccessToken);

        var phone = await app.CreateClient(tokens.AccessToken).SetUpTotpAsync(app.Time.GetUtcNow());
        await ShouldAskForASecondFactorAsync(tokens.AccessToken);

        app.Time.Advance(TimeSpan.FromSeconds(30)); // the code of the setup counts as used
        var proof = new { password = TestAccounts.Password, code = phone.CodeAt(app.Time.GetUtcNow()) };
        var proved = await app.CreateClient(tokens.AccessToken).PostAsJsonAsync("/api/auth/reauthenticate", proof);
        var fresh = TokenPair.From(await proved.JsonAsync());
        await (await PublishAsync(fresh.AccessToken)).ShouldBeAsync(204);

        app.Time.Advance(TimeSpan.FromMinutes(6));
        await (await PublishAsync(fresh.AccessToken)).ShouldBeProblemAsync(401, "reauthentication-required");

        async Task ShouldAskForASecondFactorAsync(string accessToken)
        {
            var refused = await PublishAsync(accessToken);
            await refused.ShouldBeProblemAsync(401, "second-factor-required");
            Assert.That(
                refused.Headers.WwwAuthenticate.Single().ToString(),
                Is.EqualTo("Bearer error=\"insufficient_user_authentication\", "
                    + "acr_values=\"urn:cleanjwt:acr:two-factor\", max_age=\"300\""));
        }

        Task<HttpResponseMessage> PublishAsync(string accessToken) =>
            app.CreateClient(accessToken).PutAsync("/api/documented/notes/public", content: null);
    }

    private static CleanJwtApp Start() => new(configure: services =>
    {
        services.AddSingleton<DocumentedNotesController.Notes>();
        services.AddTestController<DocumentedNotesController>();
    });
}
