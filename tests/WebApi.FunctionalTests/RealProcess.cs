using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>The built service, started as its operator starts it.</summary>
internal sealed class RealProcess
{
    [Test]
    public async Task MigratesAndServes()
    {
        using var folder = new TemporaryFolder();
        await using var process = await CleanJwtProcess.StartAsync(folder.Path);
        var response = await process.Client.PostAsJsonAsync("/api/auth/register", new { email = "ada@example.com", password = CleanJwtApp.Password });
        await response.ShouldBeAsync(201);
        Assert.That(File.Exists(Path.Combine(folder.Path, "data", "cleanjwt.db")));
    }
}
