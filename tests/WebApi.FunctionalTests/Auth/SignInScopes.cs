using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Auth;

/// <summary>The scope that a sign-in asks for.</summary>
internal sealed class SignInScopes
{
    private readonly CleanJwtApp _app = SharedService.App;

    [TestCase(null, ContractScopes.OfEveryAccount)]
    [TestCase("account:read", "account:read")]
    [TestCase("account:write", "account:write")]
    [TestCase("account:read account:write", "account:read account:write")]
    [TestCase("account:write account:read account:write", "account:read account:write")]
    public async Task AllowedScope_IsGiven(string? asked, string given)
    {
        var email = await _app.RegisterAsync();
        var response = await PostAsync(email, TestAccounts.Password, asked);
        await response.ShouldBeAsync(200);
        var tokens = await response.JsonAsync();
        Assert.That(tokens.Text("scope"), Is.EqualTo(given));
        Assert.That(Jwt.Payload(tokens.Text("accessToken"))["scope"]!.ToString(), Is.EqualTo(given));
    }

    [TestCase("account:delete")]
    [TestCase("account:read account:delete")]
    [TestCase("ACCOUNT:READ")]
    [TestCase("account:read,account:write")]
    [TestCase("account:read\taccount:write")]
    [TestCase("account:read\0")]
    [TestCase("openid")]
    [TestCase("")]
    [TestCase(" ")]
    public async Task UnknownScope_IsRefusedWhateverThePassword(string asked)
    {
        var email = await _app.RegisterAsync();
        await (await PostAsync(email, TestAccounts.Password, asked)).ShouldBeProblemAsync(400, "invalid-scope");
        await (await PostAsync(email, "not the right password", asked)).ShouldBeProblemAsync(400, "invalid-scope");
        await (await PostAsync(TestAccounts.UniqueEmail(), TestAccounts.Password, asked)).ShouldBeProblemAsync(
            400, "invalid-scope");
        Assert.That(_app.Sql(
            "SELECT COUNT(*) FROM Sessions JOIN AspNetUsers ON AspNetUsers.Id = AccountId WHERE Email = @p0", email),
            Is.EqualTo(0));
    }

    [TestCase("users:read")]
    [TestCase("account:read users:write")]
    public async Task ScopeOfAnotherRole_IsRefusedOnlyAfterTheRightPassword(string asked)
    {
        var email = await _app.RegisterAsync();
        await (await PostAsync(email, "not the right password", asked)).ShouldBeProblemAsync(
            401, "invalid-credentials");
        await (await PostAsync(TestAccounts.UniqueEmail(), TestAccounts.Password, asked)).ShouldBeProblemAsync(
            401, "invalid-credentials");
        await (await PostAsync(email, TestAccounts.Password, asked)).ShouldBeProblemAsync(400, "invalid-scope");
        Assert.That(_app.Sql(
            "SELECT COUNT(*) FROM Sessions JOIN AspNetUsers ON AspNetUsers.Id = AccountId WHERE Email = @p0", email),
            Is.EqualTo(0));
    }

    [Test]
    public async Task Administrator_MayNarrowToOneScope()
    {
        var email = await _app.RegisterAsync();
        _app.Sql("UPDATE AspNetUsers SET Roles = 'admin' WHERE Email = @p0", email);
        var response = await PostAsync(email, TestAccounts.Password, "users:read");
        await response.ShouldBeAsync(200);
        Assert.That((await response.JsonAsync()).Text("scope"), Is.EqualTo("users:read"));
    }

    private Task<HttpResponseMessage> PostAsync(string email, string password, string? scope) =>
        _app.CreateClient().PostAsJsonAsync("/api/auth/login", new { email, password, scope });
}
