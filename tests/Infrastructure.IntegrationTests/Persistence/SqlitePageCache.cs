using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SQLitePCL;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>What many requests read is read from the file once, however many ask in turn.</summary>
[Category("Exhaustive")]
internal sealed class SqlitePageCache
{
    private const int Accounts = 8_000;
    private const int PagesThatSqliteKeepsItself = 500;
    private const int CacheMisses = 8; // SQLITE_DBSTATUS_CACHE_MISS

    private static readonly string[] Unique = ["Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail"];

    private TestDatabase _database = null!;
    private Node _node = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _database = new TestDatabase(DatabaseKind.Sqlite);
        _node = await Node.StartAsync(_database);
        await _node.AddAccountAsync();
        Copy(_node);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _node.DisposeAsync();
        _database.Dispose();
    }

    [Test]
    public void ManyAccountsInTurn_AreReadFromTheFileOnce()
    {
        var read = _node.Get<IDatabase>().ReadAsync(
            (db, abandoned) =>
            {
                ShouldBeReadOnce((SqliteConnection)db.Context.Database.GetDbConnection(), () =>
                {
                    for (var number = 1; number <= Accounts; number++)
                    {
                        Assert.That(
                            db.FindAccountAsync(IdOf(number), abandoned).Result,
                            Is.Not.Null); // SQLite's tasks are complete
                    }
                });
                return Task.FromResult(true);
            },
            default);
        Assert.That(read.Result, Is.True);
    }

    [Test]
    public Task WhatIsReadToBeWritten_IsReadFromTheFileOnce() => _node.Get<IDatabase>().WriteAsync(
        (db, _) =>
        {
            ShouldBeReadOnce((SqliteConnection)db.Context.Database.GetDbConnection(), () =>
                Assert.That(db.Context.Users.Sum(user => user.PasswordHash!.Length), Is.Positive)); // no index has it
            return Task.FromResult(true);
        },
        default);

    private static void ShouldBeReadOnce(SqliteConnection connection, Action read)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(PagesReadBy(connection, read), Is.GreaterThan(PagesThatSqliteKeepsItself));
            Assert.That(PagesReadBy(connection, read), Is.Zero);
        }
    }

    private static int PagesReadBy(SqliteConnection connection, Action read)
    {
        raw.sqlite3_db_status(connection.Handle, CacheMisses, out _, out _, resetFlg: 1);
        read();
        raw.sqlite3_db_status(connection.Handle, CacheMisses, out var misses, out _, resetFlg: 1);
        return misses;
    }

    private static Guid IdOf(int number) => Guid.Parse($"00000000-0000-7000-8000-{number:X12}");

    private static void Copy(Node node)
    {
        var columns = ((string)node.Sql("SELECT group_concat(name) FROM pragma_table_info('AspNetUsers')")!).Split(',');
        var values = columns.Select(
            column => Unique.Contains(column) ? "printf('00000000-0000-7000-8000-%012X', number)" : column);
        node.Sql($"""
            WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < {Accounts})
            INSERT INTO AspNetUsers ({string.Join(", ", columns)}) SELECT {string.Join(", ", values)} FROM AspNetUsers, numbers
            """);
    }
}
