using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Input;

/// <summary>
/// A write whose path ends where an id or a word should follow does nothing: what is left of the path may name much
/// more.
/// </summary>
internal sealed class TrailingSlashes
{
    [TestCase("DELETE /api/users/me/")]
    [TestCase("DELETE /api/users/me//")]
    [TestCase("DELETE /api/users/me/sessions/")]
    [TestCase("DELETE /api/users/me/sessions/?except=current")]
    [TestCase("DELETE /api/admin/users/{id}/")]
    [TestCase("POST /api/admin/users/{id}/lock/")]
    [TestCase("DELETE /api/admin/users/%0A{id}%0A")]
    [TestCase("DELETE /api/admin/users/{id}%20")]
    [Category("Exhaustive")]
    public async Task Write_ChangesNothing(string request)
    {
        await using var app = new CleanJwtApp(TestAccounts.WithAdmin);
        var client = app.CreateClient();
        await client.RegisterAdminAsync(); // or the deletion would be refused for another reason
        var admin = await client.AdminAsync();
        var other = await client.LoginAsync();
        var response = await client.DoAsync(admin, request.Replace("{id}", other.AccountId, StringComparison.Ordinal));
        await response.ShouldBeAsync(404);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
        foreach (var session in new[] { admin, other })
        {
            await (await client.AskAsync(session.AccessToken, "/api/users/me")).ShouldBeAsync(200);
        }
    }
}
