using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SQLitePCL;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>Statements that stay prepared are as good each time as one that is made anew.</summary>
internal sealed class StatementsPreparedOnce
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");
    private KeptStatements _statements = null!;

    [SetUp]
    public void Open()
    {
        _connection.Open();
        _connection.Handle!.enable_sqlite3_next_stmt(true);
        using var command = _connection.CreateCommand();
        command.CommandText = "CREATE TABLE Things (Id TEXT PRIMARY KEY, Name TEXT, At TEXT, Bytes BLOB)";
        command.ExecuteNonQuery();
        _statements = new KeptStatements(_connection);
    }

    [TearDown]
    public void Close() => _connection.Dispose();

    [Test]
    public void EachExecution_HasItsOwnValues()
    {
        var at = new DateTime(2026, 11, 28, 12, 0, 0, DateTimeKind.Utc);
        var (first, second, third) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Add(first, "Ada", at, [1, 2]), Is.EqualTo(1));
            Assert.That(Add(second, null, null, null), Is.EqualTo(1));
            Assert.That(Add(third, "Grace", at.AddTicks(1), []), Is.EqualTo(1));
            Assert.That(Prepared(), Is.EqualTo(1));
        }

        Assert.That(
            Rows(),
            Is.EquivalentTo([
                $"{Stored(first)} Ada 2026-11-28 12:00:00 0102",
                $"{Stored(second)} null null null",
                $"{Stored(third)} Grace 2026-11-28 12:00:00.0000001 ",
            ]));
    }

    [Test]
    public void AnotherStatement_IsPreparedBesideTheFirst()
    {
        var id = Guid.NewGuid();
        Add(id, "Ada", null, null);
        for (var i = 0; i < 3; i++)
        {
            Assert.That(_statements.Execute($"UPDATE Things SET Name = {$"Ada {i}"} WHERE Id = {id}", transaction: null), Is.EqualTo(1));
        }

        Assert.That(Rows(), Has.One.Contains("Ada 2"));
        Assert.That(Prepared(), Is.EqualTo(2));
    }

    [Test]
    public void EachSearch_FindsItsOwnRow()
    {
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        Add(first, "Ada", null, null);
        Add(second, "Grace", null, null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(NameOf(_statements, first), Is.EqualTo("Ada"));
            Assert.That(NameOf(_statements, second), Is.EqualTo("Grace"));
            Assert.That(NameOf(_statements, Guid.NewGuid()), Is.Null);
            Assert.That(NameOf(_statements, first), Is.EqualTo("Ada"));
            Assert.That(Prepared(), Is.EqualTo(2), "the one that adds, and the one that finds");
        }
    }

    [Test]
    public void StatementThatHasFailed_IsExecutedAgain()
    {
        var id = Guid.NewGuid();
        Add(id, "Ada", null, null);
        Assert.That(() => Add(id, "Grace", null, null), Throws.TypeOf<SqliteException>());
        Assert.That(Add(Guid.NewGuid(), "Grace", null, null), Is.EqualTo(1));
        Assert.That(Rows(), Has.Exactly(2).Items);
    }

    [Test]
    public void Rollback_TakesItBack()
    {
        using (var transaction = _connection.BeginTransaction())
        {
            Add(Guid.NewGuid(), "Ada", null, null, transaction);
        }

        Assert.That(Rows(), Is.Empty);
        Add(Guid.NewGuid(), "Grace", null, null);
        Assert.That(Rows(), Has.Exactly(1).Items);
    }

    [Test]
    public void ConnectionThatWasClosed_PreparesAgain()
    {
        using var folder = new TemporaryFolder();
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder.Path, "things.db")};Pooling=False");
        connection.Open();
        var statements = new KeptStatements(connection);
        statements.Execute($"CREATE TABLE Things (Id TEXT, Name TEXT)", transaction: null);
        for (var number = 0; number < 4; number++)
        {
            var id = Guid.NewGuid();
            Assert.That(statements.Execute($"INSERT INTO Things VALUES ({id}, {$"Ada {number}"})", transaction: null), Is.EqualTo(1));
            Assert.That(NameOf(statements, id), Is.EqualTo($"Ada {number}"));
            connection.Close();
            connection.Open();
        }

        Assert.That(statements.Execute($"DELETE FROM Things", transaction: null), Is.EqualTo(4));
    }

    [Test]
    public async Task Context_PreparesAStatementOnce_AndOpensItsConnectionForIt()
    {
        using var folder = new TemporaryFolder();
        await using var node = await Node.StartAsync(folder.Path);
        await using var db = await node.Get<IDbContextFactory<AppDbContext>>().CreateDbContextAsync();
        Assert.That(await Touch("nobody"), Is.Zero, "over a connection that is closed");
        await db.Database.OpenConnectionAsync();
        var connection = (SqliteConnection)db.Database.GetDbConnection();
        connection.Handle!.enable_sqlite3_next_stmt(true);
        foreach (var name in new[] { "admins", "nobody", "admins" })
        {
            Assert.That(await Touch(name), Is.EqualTo(name == "admins" ? 1 : 0));
        }

        Assert.That(Prepared(connection), Is.EqualTo(1));

        Task<int> Touch(string name) => db.ExecuteAsync($"UPDATE Guards SET Version = Version WHERE Name = {name}", default);
    }

    /// <summary>A pool hands out contexts in another order than connections: what one has prepared must not stay with a connection that another has now.</summary>
    [Test]
    public async Task ContextsThatExchangeTheirConnections_ExecuteEachOverItsOwn()
    {
        using var folder = new TemporaryFolder();
        await using var node = await Node.StartAsync(folder.Path);
        for (var round = 0; round < 4; round++)
        {
            await using var first = await node.Get<IDbContextFactory<AppDbContext>>().CreateDbContextAsync();
            await using var second = await node.Get<IDbContextFactory<AppDbContext>>().CreateDbContextAsync();
            foreach (var db in round % 2 == 0 ? new[] { first, second } : [second, first])
            {
                await db.Database.OpenConnectionAsync();
            }

            await using var reading = await first.Database.BeginTransactionAsync();
            Assert.That(await first.ExecuteAsync($"UPDATE Guards SET Version = Version WHERE Name = {"admins"}", default), Is.EqualTo(1));
            await reading.RollbackAsync();
            Assert.That(await second.ExecuteAsync($"UPDATE Guards SET Version = Version WHERE Name = {"admins"}", default), Is.EqualTo(1));
        }
    }

    private int Add(Guid id, string? name, DateTime? at, byte[]? bytes, SqliteTransaction? transaction = null) =>
        _statements.Execute($"INSERT INTO Things (Id, Name, At, Bytes) VALUES ({id}, {name}, {at}, {bytes})", transaction);

    private static string? NameOf(KeptStatements statements, Guid id) =>
        statements.Find("SELECT Name FROM Things WHERE Id = $id", id, row => row.Text(0));

    /// <summary>As EF Core stores it, too.</summary>
    private static string Stored(Guid id) => id.ToString().ToUpperInvariant();

    private int Prepared() => Prepared(_connection);

    private static int Prepared(SqliteConnection connection)
    {
        var count = 0;
        for (var statement = raw.sqlite3_next_stmt(connection.Handle, null); statement is not null; statement = raw.sqlite3_next_stmt(connection.Handle, statement))
        {
            count++;
        }

        return count;
    }

    private List<string> Rows() => _connection.Texts(
        "SELECT concat_ws(' ', Id, ifnull(Name, 'null'), ifnull(At, 'null'), iif(Bytes IS NULL, 'null', hex(Bytes))) FROM Things");
}
