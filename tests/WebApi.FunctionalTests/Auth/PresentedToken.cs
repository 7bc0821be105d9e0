using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Auth;

/// <summary>What the presented token says, without the database.</summary>
[TestFixture(TokenPath.Fast)]
[TestFixture(TokenPath.Standard, Category = "Exhaustive")]
internal sealed class PresentedToken(TokenPath path)
{
    private const string Route = "/api/auth/token";

    [Test]
    public async Task ValidToken_AnswersWhatItSays()
    {
        await using var app = new CleanJwtApp(
            time: new(new DateTimeOffset(2031, 2, 3, 4, 5, 6, 789, TimeSpan.Zero)), path: path);
        var email = await app.RegisterAsync();
        app.Sql("UPDATE AspNetUsers SET Roles = 'admin'");
        var tokens = await app.LoginAsync(email);
        var response = await app.CreateClient(tokens.AccessToken).GetAsync(Route);
        await response.ShouldBeAsync(200);
        var said = await response.JsonAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                said.Names(),
                Is.EquivalentTo(new[] { "sub", "sid", "scope", "roles", "authTime", "acr", "amr", "expiresAt" }));
            Assert.That(said.Text("acr"), Is.EqualTo("urn:cleanjwt:acr:one-factor"));
            Assert.That(said.GetProperty("amr").GetRawText(), Is.EqualTo("[\"pwd\"]"));
            Assert.That(said.Text("sub"), Is.EqualTo(Jwt.Payload(tokens.AccessToken)["sub"]!.ToString()));
            Assert.That(said.Text("sid"), Is.EqualTo(tokens.SessionId));
            Assert.That(said.Text("scope"), Is.EqualTo(ContractScopes.OfAdmins));
            Assert.That(said.GetProperty("roles").GetRawText(), Is.EqualTo("[\"admin\"]"));
            Assert.That(said.Text("authTime"), Is.EqualTo("2031-02-03T04:05:06.000Z"));
            Assert.That(said.Text("expiresAt"), Is.EqualTo("2031-02-03T04:15:06.000Z"));
        }
    }

    [Test]
    public async Task TokenWithoutRoles_HasAnEmptyList()
    {
        var tokens = await SharedService.On(path).LoginAsync(scope: "account:write");
        var said = await (await SharedService.On(path).CreateClient(tokens.AccessToken).GetAsync(Route)).JsonAsync();
        Assert.That(said.GetProperty("roles").GetRawText(), Is.EqualTo("[]"));
        Assert.That(said.Text("scope"), Is.EqualTo("account:write"));
    }

    [Test]
    public async Task AccountThatIsGone_IsNotNoticed()
    {
        var app = SharedService.On(path);
        var email = await app.RegisterAsync();
        var tokens = await app.LoginAsync(email);
        app.Sql("DELETE FROM AspNetUsers WHERE Email = @p0", email);
        await (await app.CreateClient(tokens.AccessToken).GetAsync(Route)).ShouldBeAsync(200);
    }
}
