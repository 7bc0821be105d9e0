using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Keys;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>
/// What a start makes of SQL Server's own properties: locks, row versions, collations, clustered indexes.
/// </summary>
[OnDatabases(DatabaseKind.SqlServer)]
internal sealed class SqlServerSchema(DatabaseKind kind)
{
    private const string RowVersions = "SELECT is_read_committed_snapshot_on FROM sys.databases WHERE database_id = DB_ID()";

    [Test]
    public async Task SeveralFirstStartsAtOnce_MakeOneOfEverything([Values(2, 4)] int count)
    {
        using var database = new TestDatabase(kind, isNew: true);
        var nodes = Enumerable.Range(0, count).Select(_ => new Node(database)).ToArray();
        await Task.WhenAll(nodes.Select(node => Task.Run(node.PrepareAsync)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                database.Sql("SELECT COUNT(*) FROM __EFMigrationsHistory"),
                Is.EqualTo(database.Sql("SELECT COUNT(DISTINCT MigrationId) FROM __EFMigrationsHistory")).And.Positive);
            Assert.That(database.Sql("SELECT COUNT(*) FROM SigningKeys"), Is.EqualTo(1));
            Assert.That(database.Sql("SELECT COUNT(*) FROM Guards WHERE Version >= 0"), Is.EqualTo(2));
            Assert.That(
                nodes.Select(node => node.Get<SigningKeyRing>().Current.KeyId).Distinct().Count(), Is.EqualTo(1));
            Assert.That(database.Sql(RowVersions), Is.EqualTo(1));
        }

        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Test]
    public async Task DatabaseThatIsThereWithoutRowVersions_GetsThem()
    {
        using var database = new TestDatabase(kind, isNew: true);
        database.Create();
        database.Sql("ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT OFF WITH ROLLBACK IMMEDIATE");
        Assert.That(database.Sql(RowVersions), Is.Zero);
        await using var node = await Node.StartAsync(database);
        Assert.That(database.Sql(RowVersions), Is.EqualTo(1));
        Assert.That(database.Sql("SELECT COUNT(*) FROM SigningKeys"), Is.EqualTo(1));
    }

    [TestCase("stra\u00dfe", "strasse", TestName = "{m}(sharp s)")]
    [TestCase("zo\u00e9", "zoe", TestName = "{m}(accent)")]
    [TestCase("\u0131ris", "iris", TestName = "{m}(dotless i)")]
    [TestCase("\uff41da", "ada", TestName = "{m}(full width)")]
    [TestCase("\ufb01na", "fina", TestName = "{m}(ligature)")]
    public async Task LookAlikeAddress_IsAnAccountOfItsOwn(string one, string other)
    {
        using var database = new TestDatabase(kind);
        await using var node = await Node.StartAsync(database);
        foreach (var name in new[] { one, other })
        {
            Assert.That((await node.AddAccountAsync(EmailAddress.Parse($"{name}@example.com"))).IsSuccess, name);
        }
    }

    [Test]
    public async Task Addresses_AreComparedCodePointByCodePoint(
        [Values("Email", "NormalizedEmail", "UserName", "NormalizedUserName")] string column)
    {
        using var database = new TestDatabase(kind);
        await using var node = await Node.StartAsync(database);
        Assert.That(
            database.Sql(
                "SELECT collation_name FROM sys.columns WHERE object_id = OBJECT_ID('AspNetUsers') AND name = @p0",
                column),
            Is.EqualTo("Latin1_General_100_BIN2"));
    }

    [TestCase("AspNetUsers", "CreatedAt,Id")]
    [TestCase("Sessions", "CreatedAt")]
    [TestCase("AuditEntries", "At")]
    [TestCase("Revocations", "Sequence")]
    [TestCase("AspNetUserPasskeys", null)]
    public async Task WhatGrows_IsClusteredByTime(string table, string? columns)
    {
        using var database = new TestDatabase(kind);
        await using var node = await Node.StartAsync(database);
        var clustered = database.Sql(
            """
            SELECT STRING_AGG(c.name, ',') WITHIN GROUP (ORDER BY k.key_ordinal)
            FROM sys.indexes AS i
            JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id AND k.is_included_column = 0
            JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
            WHERE i.type = 1 AND i.object_id = OBJECT_ID(@p0)
            """,
            table);
        Assert.That(clustered, Is.EqualTo(columns ?? (object)DBNull.Value));
    }
}
