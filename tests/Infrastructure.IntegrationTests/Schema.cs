using CleanJwt.Infrastructure.IntegrationTests.Support;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.IntegrationTests;

/// <summary>The tables that the migrations make.</summary>
internal sealed class Schema
{
    [Test]
    public async Task Model_HasNoChangeThatLacksAMigration()
    {
        using var folder = new TemporaryFolder();
        await using var node = await Node.StartAsync(folder.Path);
        Assert.That(await node.WithDatabaseAsync(db => Task.FromResult(db.Database.HasPendingModelChanges())), Is.False, "run scripts/add-migration.sh");
    }

    [Test]
    public async Task IdentityTables_HaveRoomForPasskeys()
    {
        using var folder = new TemporaryFolder();
        await using var node = await Node.StartAsync(folder.Path);
        Assert.That(node.Sql("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'AspNetUserPasskeys'"), Is.EqualTo(1));
    }
}
