using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Auth;

/// <summary>A sign-in that fails tells its sender nothing about who has an account.</summary>
internal sealed class RefusedSignIn
{
    private const string Wrong = "not the right password";
    private readonly CleanJwtApp _app = SharedService.App;

    [Test]
    public async Task UnknownEmail_IsAnsweredLikeWrongPassword()
    {
        var wrongPassword = await PostAsync(await _app.RegisterAsync(), Wrong);
        var unknownEmail = await PostAsync(TestAccounts.UniqueEmail(), Wrong);
        await unknownEmail.ShouldBeProblemAsync(401, "invalid-credentials");
        Assert.That(await WithoutTraceIdAsync(unknownEmail), Is.EqualTo(await WithoutTraceIdAsync(wrongPassword)));
        Assert.That(Headers(unknownEmail), Is.EqualTo(Headers(wrongPassword)));
    }

    [Test]
    public async Task LockedAccount_IsToldOnlyToWhoKnowsThePassword()
    {
        var email = await _app.RegisterAsync();
        _app.Sql("UPDATE AspNetUsers SET Locked = 1 WHERE Email = @p0", email);
        var wrong = await PostAsync(email, Wrong);
        await wrong.ShouldBeProblemAsync(401, "invalid-credentials");
        Assert.That(
            await WithoutTraceIdAsync(wrong),
            Is.EqualTo(await WithoutTraceIdAsync(await PostAsync(TestAccounts.UniqueEmail(), Wrong))));
        await (await PostAsync(email, TestAccounts.Password)).ShouldBeProblemAsync(403, "account-locked");
        Assert.That(_app.Sql(
            "SELECT COUNT(*) FROM Sessions JOIN AspNetUsers ON AspNetUsers.Id = AccountId WHERE Email = @p0", email),
            Is.EqualTo(0));
    }

    [Test]
    public async Task AccountWithoutPassword_IsAnsweredLikeWrongPassword()
    {
        var email = await _app.RegisterAsync();
        _app.Sql("UPDATE AspNetUsers SET PasswordHash = NULL WHERE Email = @p0", email);
        await (await PostAsync(email, TestAccounts.Password)).ShouldBeProblemAsync(401, "invalid-credentials");
    }

    [TestCase("' OR 1=1 --")]
    [TestCase("short")]
    [TestCase("\0")]
    [TestCase("\ufffe")]
    [Category("Exhaustive")]
    public async Task AnyOtherPassword_IsWrong(string password) =>
        await (await PostAsync(await _app.RegisterAsync(), password)).ShouldBeProblemAsync(401, "invalid-credentials");

    [Test]
    public async Task EmptyFields_AreNamed()
    {
        var problem = await (await PostAsync("", "")).ShouldBeProblemAsync(400, "validation-failed");
        Assert.That(problem.GetProperty("errors").Names(), Is.EquivalentTo(new[] { "email", "password" }));
    }

    [Test]
    public async Task HugePassword_IsRefusedBeforeItIsHashed()
    {
        var problem = await (await PostAsync(await _app.RegisterAsync(), new string('x', 60_000))).ShouldBeProblemAsync(
            400, "validation-failed");
        Assert.That(problem.GetProperty("errors").Names(), Is.EquivalentTo(new[] { "password" }));
    }

    private Task<HttpResponseMessage> PostAsync(string email, string password) =>
        _app.CreateClient().PostAsJsonAsync("/api/auth/login", new { email, password });

    private static async Task<string> WithoutTraceIdAsync(HttpResponseMessage response)
    {
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        problem.Remove("traceId");
        return problem.ToJsonString();
    }

    private static string Headers(HttpResponseMessage response) =>
        string.Join('\n', response.Headers.Concat(response.Content.Headers)
        .Where(header => header.Key != "Content-Length")
        .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}"));
}
