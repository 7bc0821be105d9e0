using System.Net;
using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Auth;

/// <summary>Many sign up at once.</summary>
[OnDatabases]
[Category("Load")]
internal sealed class ParallelRegistration(DatabaseKind kind)
{
    [Test]
    public async Task OneAddressFiftyTimes_MakesOneAccount()
    {
        await using var app = new CleanJwtApp(kind: kind);
        var email = TestAccounts.UniqueEmail();
        var client = app.CreateClient();
        var responses = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(number => Task.Run(() => client.PostAsJsonAsync("/api/auth/register",
            new
            {
                email = number % 2 == 0 ? email : email.ToUpperInvariant(),
                password = $"{TestAccounts.Password} {number}"
            }))));

        foreach (var refused in responses.Where(response => response.StatusCode != HttpStatusCode.Created))
        {
            await refused.ShouldBeProblemAsync(409, "email-taken");
        }

        Assert.That(responses.Count(response => response.StatusCode == HttpStatusCode.Created), Is.EqualTo(1));
        Assert.That(app.Sql("SELECT COUNT(*) FROM AspNetUsers"), Is.EqualTo(1));

        // The password is that of the request that was answered 201.
        var winner = Array.FindIndex(responses, response => response.StatusCode == HttpStatusCode.Created);
        await (await client.PostAsJsonAsync(
            "/api/auth/login", new { email, password = $"{TestAccounts.Password} {winner}" })).ShouldBeAsync(200);
    }
}
