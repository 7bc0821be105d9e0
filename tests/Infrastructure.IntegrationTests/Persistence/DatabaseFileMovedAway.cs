using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>An open SQLite file can be moved, replaced or deleted. The service then writes nothing to it.</summary>
[Platform(Exclude = "Win", Reason = "Windows does not let an open file be moved.")]
internal sealed class DatabaseFileMovedAway
{
    private readonly TestDatabase _database = new(DatabaseKind.Sqlite);
    private Node _node = null!;

    private string Elsewhere => _node.DatabasePath + ".moved";

    [SetUp]
    public async Task StartAsync()
    {
        _node = await Node.StartAsync(_database);
        await _node.AddAccountAsync(); // the writer has opened the file
        Assert.That(await StatusAsync(), Is.EqualTo(HealthStatus.Healthy));
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _node.DisposeAsync();
        _database.Dispose();
    }

    [Test]
    public async Task Move_RefusesWritesUntilTheFileIsBack()
    {
        File.Move(_node.DatabasePath, Elsewhere);
        await ShouldRefuseAsync();

        File.Move(Elsewhere, _node.DatabasePath);
        Assert.That(await StatusAsync(), Is.EqualTo(HealthStatus.Healthy));
        await _node.AddAccountAsync();
    }

    [Test]
    [Category("Exhaustive")]
    public async Task Deletion_RefusesWrites()
    {
        File.Delete(_node.DatabasePath);
        await ShouldRefuseAsync();
    }

    [Test]
    [Category("Exhaustive")]
    public async Task CopyInItsPlace_IsNoticed()
    {
        File.Copy(_node.DatabasePath, Elsewhere);
        File.Move(Elsewhere, _node.DatabasePath, overwrite: true);
        await ShouldRefuseAsync();
    }

    private async Task ShouldRefuseAsync()
    {
        Assert.That(await StatusAsync(), Is.EqualTo(HealthStatus.Unhealthy));
        for (var i = 0; i < 3; i++)
        {
            Assert.That(
                () => AddAsync($"{i}@example.com"),
                Throws.Exception.Matches<Exception>(exception => DatabaseErrors.IsOutage(exception!)));
        }
    }

    private Task<Result<Account>> AddAsync(string email) => _node.AddAccountAsync(EmailAddress.Parse(email));

    private async Task<HealthStatus> StatusAsync() =>
        (await _node.Get<HealthCheckService>().CheckHealthAsync(check => check.Name == "database")).Status;
}
