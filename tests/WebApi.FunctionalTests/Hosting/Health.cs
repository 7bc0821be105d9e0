using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Hosting;

/// <summary>What an orchestrator asks.</summary>
internal sealed class Health
{
    [Test]
    public async Task Live_IsHealthy()
    {
        var response = await SharedService.App.CreateClient().GetAsync("/health/live");
        await response.ShouldBeAsync(200);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
        Assert.That((await response.JsonAsync()).Text("status"), Is.EqualTo("healthy"));
    }

    [Test]
    public async Task Ready_NamesEachCheck()
    {
        var response = await SharedService.App.CreateClient().GetAsync("/health/ready");
        await response.ShouldBeAsync(200);
        var health = await response.JsonAsync();
        Assert.That(health.Text("status"), Is.EqualTo("healthy"));
        Assert.That(health.GetProperty("checks").GetProperty("database").Text("status"), Is.EqualTo("healthy"));
    }

    [Test]
    public async Task DatabaseThatCannotBeRead_IsNotReadyAndSaysNothingOfTheInside()
    {
        await using var app = new CleanJwtApp();
        await app.RegisterAsync();
        app.Sql("DROP TABLE SigningKeys");
        var response = await app.CreateClient().GetAsync("/health/ready");
        await response.ShouldBeAsync(503);
        var body = await response.Content.ReadAsStringAsync();
        var health = await response.JsonAsync();
        Assert.That(health.Text("status"), Is.EqualTo("unhealthy"));
        Assert.That(health.GetProperty("checks").GetProperty("database").Text("status"), Is.EqualTo("unhealthy"));
        Assert.That(body, Does.Not.Contain("SQLite").And.Not.Contain("SigningKeys").And.Not.Contain(app.DatabasePath));
        await (await app.CreateClient().GetAsync("/health/live")).ShouldBeAsync(200);
    }
}
