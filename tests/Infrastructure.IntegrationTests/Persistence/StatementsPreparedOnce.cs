using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SQLitePCL;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>A statement that stays prepared gives the same results as one that is prepared anew.</summary>
internal sealed class StatementsPreparedOnce
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");
    private SqliteStatements _statements = null!;

    [SetUp]
    public void Open()
    {
        _connection.Open();
        _connection.Handle!.enable_sqlite3_next_stmt(true);
        using var command = _connection.CreateCommand();
        command.CommandText = "CREATE TABLE Things (Id TEXT PRIMARY KEY, Name TEXT, At TEXT, Bytes BLOB)";
        command.ExecuteNonQuery();
        _statements = new SqliteStatements(_connection);
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
            Assert.That(Prepared(_connection), Is.EqualTo(1));
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
            Assert.That(
                _statements.Execute($"UPDATE Things SET Name = {$"Ada {i}"} WHERE Id = {id}", transaction: null),
                Is.EqualTo(1));
        }

        Assert.That(Rows(), Has.One.Contains("Ada 2"));
        Assert.That(Prepared(_connection), Is.EqualTo(2));
    }

    [Test]
    public void EachSearch_FindsItsOwnRow()
    {
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        Add(first, "Ada", null, null);
        Add(second, "Grace", null, null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(NameOf(first), Is.EqualTo("Ada"));
            Assert.That(NameOf(second), Is.EqualTo("Grace"));
            Assert.That(NameOf(Guid.NewGuid()), Is.Null);
            Assert.That(NameOf(first), Is.EqualTo("Ada"));
            Assert.That(Prepared(_connection), Is.EqualTo(2), "the insert and the search");
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
    public void Rollback_TakesTheRowBack()
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
    public async Task PiecesOfWork_UseAStatementThatIsPreparedOnce()
    {
        using var folder = new TemporaryFolder();
        await using var node = await Node.StartAsync(folder.Path);
        SqliteConnection? writing = null;
        await WriteAsync("admins");
        var before = Prepared(writing!);
        foreach (var name in new[] { "admins", "nobody", "admins" })
        {
            Assert.That(await WriteAsync(name), Is.EqualTo(name == "admins" ? 1 : 0));
        }

        Assert.That(Prepared(writing!), Is.EqualTo(before));

        Task<int> WriteAsync(string name) => node.Get<IDatabase>().WriteAsync(
            async (db, abandoned) =>
            {
                writing = (SqliteConnection)db.Context.Database.GetDbConnection();
                writing.Handle!.enable_sqlite3_next_stmt(true);
                return await db.ExecuteAsync($"""UPDATE "Guards" SET "Version" = "Version" WHERE "Name" = {name}""", abandoned);
            },
            default);
    }

    private int Add(Guid id, string? name, DateTime? at, byte[]? bytes, SqliteTransaction? transaction = null) =>
        _statements.Execute(
            $"INSERT INTO Things (Id, Name, At, Bytes) VALUES ({id}, {name}, {at}, {bytes})", transaction);

    private string? NameOf(Guid id) =>
        _statements.Find($"SELECT Name FROM Things WHERE Id = {id}", row => row.GetString(0), transaction: null);

    /// <summary>The form in which EF Core stores an id, too.</summary>
    private static string Stored(Guid id) => id.ToString().ToUpperInvariant();

    private static int Prepared(SqliteConnection connection)
    {
        var count = 0;
        for (var statement = raw.sqlite3_next_stmt(connection.Handle, null);
            statement is not null;
            statement = raw.sqlite3_next_stmt(connection.Handle, statement))
        {
            count++;
        }

        return count;
    }

    private List<string> Rows() => _connection.Texts(
        "SELECT concat_ws(' ', Id, ifnull(Name, 'null'), ifnull(At, 'null'), iif(Bytes IS NULL, 'null', hex(Bytes))) FROM Things");
}
