using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Setup;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>The tables that the migrations make.</summary>
[OnDatabases]
internal sealed class Schema(DatabaseKind kind)
{
    [Test]
    public async Task IdentityTables_HaveRoomForPasskeys()
    {
        using var database = new TestDatabase(kind);
        await using var node = await Node.StartAsync(database);
        Assert.That(node.Sql("SELECT COUNT(*) FROM AspNetUserPasskeys"), Is.Zero);
    }

    [Test]
    public async Task SecondMigration_ChangesNothing()
    {
        using var database = new TestDatabase(kind, isNew: true);
        await using var node = await Node.StartAsync(database);
        var before = node.Sql("SELECT COUNT(*) FROM __EFMigrationsHistory");
        await node.PrepareAsync();
        Assert.That(node.Sql("SELECT COUNT(*) FROM __EFMigrationsHistory"), Is.EqualTo(before));
        Assert.That(await node.WithDatabaseAsync(db => db.Database.GetPendingMigrationsAsync()), Is.Empty);
    }
}

/// <summary>The model of each kind of database beside its migrations. That asks no server.</summary>
internal sealed class Models
{
    [Test]
    public void Model_HasNoChangeThatLacksAMigration([Values] DatabaseKind kind)
    {
        using AppDbContext db = kind == DatabaseKind.Sqlite
            ? new SqliteDesignTimeFactory().CreateDbContext([])
            : new SqlServerDesignTimeFactory().CreateDbContext([]);
        Assert.That(db.Database.HasPendingModelChanges(), Is.False, "run scripts/add-migration.sh");
    }
}
