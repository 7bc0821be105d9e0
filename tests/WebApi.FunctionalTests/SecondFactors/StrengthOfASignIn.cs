using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.SecondFactors;

/// <summary>Actions that ask for more than a password (RFC 9470), and administrators who must give more.</summary>
[TestFixture(TokenPath.Fast)]
[TestFixture(TokenPath.Standard, Category = "Exhaustive")]
internal sealed class StrengthOfASignIn(TokenPath path)
{
    private const string TwoFactor = "urn:cleanjwt:acr:two-factor";

    [TestCase("/probe/two-factor", TwoFactor)]
    [TestCase("/probe/phishing-resistant", "urn:cleanjwt:acr:phishing-resistant")]
    public async Task WeakerProof_IsToldWhatIsNeeded(string route, string acr)
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo, path: path);
        var tokens = await app.LoginAsync();
        app.Commands.Reset();
        var response = await app.CreateClient(tokens.AccessToken).PostAsync(route, null);
        await response.ShouldBeProblemAsync(401, "second-factor-required");
        Assert.That(
            response.Headers.GetValues("WWW-Authenticate").Single(),
            Is.EqualTo($"Bearer error=\"insufficient_user_authentication\", acr_values=\"{acr}\", max_age=\"300\""));
        Assert.That(app.Commands.Commands, Is.Empty);
    }

    [Test]
    public async Task StrongerProof_MeetsADemandUntilItIsOld()
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo, path: path);
        var email = await app.RegisterAsync();
        var phone = await app.CreateClient((await app.LoginAsync(email)).AccessToken).SetUpTotpAsync(
            app.Time.GetUtcNow());
        app.Time.Advance(TimeSpan.FromMinutes(1));
        var tokens = await app.CreateClient().LoginWithCodeAsync(email, phone, app.Time.GetUtcNow());
        var client = app.CreateClient(tokens.AccessToken);
        await (await client.PostAsync("/probe/two-factor", null)).ShouldBeAsync(200);
        await (await client.PostAsync("/probe/phishing-resistant", null)).ShouldBeProblemAsync(
            401, "second-factor-required");

        app.Time.Advance(TimeSpan.FromMinutes(6));
        var response = await client.PostAsync("/probe/two-factor", null);
        await response.ShouldBeProblemAsync(401, "reauthentication-required");
        Assert.That(
            response.Headers.GetValues("WWW-Authenticate").Single(), Does.Contain($"acr_values=\"{TwoFactor}\""));
    }

    /// <summary>A token of an older version has no <c>acr</c>.</summary>
    [Test]
    public async Task TokenWithoutAcr_CountsAsOneFactor()
    {
        await using var app = new CleanJwtApp(configure: ProbeController.AddTo, path: path);
        using var key = app.ServiceKey();
        var older = key.Resign((await app.LoginAsync()).AccessToken, payload: claims => claims.Remove("acr"));
        var client = app.CreateClient(older);
        await (await client.PostAsync("/probe/recent", null)).ShouldBeAsync(200);
        await (await client.PostAsync("/probe/two-factor", null)).ShouldBeProblemAsync(401, "second-factor-required");
        Assert.That(
            (await (await client.GetAsync("/api/auth/token")).JsonAsync()).Text("acr"),
            Is.EqualTo("urn:cleanjwt:acr:one-factor"));
    }

    [Test]
    public async Task AdministratorWithoutASecondFactor_IsRefusedWhereTheSettingAsksForOne()
    {
        await using var app = new CleanJwtApp(
            new() { ["SecondFactors:RequireForAdmins"] = "true" }, configure: ProbeController.AddTo, path: path);
        var email = await app.RegisterAdminAsync();
        var tokens = await app.LoginAsync(email);
        foreach (var request in new[] { "GET /probe/read-of-admins", "POST /probe/live-of-admins" })
        {
            var response = await app.CreateClient().DoAsync(tokens, request);
            await response.ShouldBeProblemAsync(401, "second-factor-required");
            Assert.That(
                response.Headers.GetValues("WWW-Authenticate").Single(),
                Is.EqualTo($"Bearer error=\"insufficient_user_authentication\", acr_values=\"{TwoFactor}\""));
        }

        await (await app.MeAsync(tokens.AccessToken)).ShouldBeAsync(200);
        await (await app.CreateClient().DoAsync(tokens, "POST /probe/recent-of-scope")).ShouldBeAsync(200);

        var phone = await app.CreateClient(tokens.AccessToken).SetUpTotpAsync(app.Time.GetUtcNow());
        app.Time.Advance(TimeSpan.FromMinutes(1));
        await (await app.CreateClient().DoAsync(tokens, "GET /probe/read-of-admins")).ShouldBeProblemAsync(
            401, "second-factor-required");
        var stronger = await app.CreateClient().LoginWithCodeAsync(email, phone, app.Time.GetUtcNow());
        foreach (var request in new[] { "GET /probe/read-of-admins", "POST /probe/recent-of-admins" })
        {
            await (await app.CreateClient().DoAsync(stronger, request)).ShouldBeAsync(200);
        }
    }
}
