using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.Data.Sqlite;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>
/// Writes that queued up and are committed together on SQLite: each is done as a whole or not at all, and none is the
/// worse for its neighbours.
/// </summary>
internal sealed class GroupCommits
{
    private readonly TestDatabase _database = new(DatabaseKind.Sqlite);
    private Node _node = null!;

    [SetUp]
    public async Task StartAsync() => _node = await Node.StartAsync(_database);

    [TearDown]
    public async Task StopAsync()
    {
        await _node.DisposeAsync();
        _database.Dispose();
    }

    [Test]
    public async Task PieceThatFails_FailsAloneAndLeavesNothing()
    {
        var all = await WhileTheDatabaseIsHeldAsync(() => new Task[]
        {
            WriteAsync("first"),
            WriteAsync("second", () => throw new InvalidDataException("of the second")),
            WriteAsync("third"),
        });
        Assert.That(
            async () => await all[1], Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo("of the second"));
        await Task.WhenAll(all[0], all[2]);
        Assert.That(Written(), Is.EqualTo(new[] { "first", "third" }));
    }

    [Test]
    public async Task ViolatedConstraint_FailsAloneAndLeavesNothing()
    {
        await WriteAsync("taken");
        var all = await WhileTheDatabaseIsHeldAsync(
            () => new Task[] { WriteAsync("first"), WriteAsync("taken"), WriteAsync("third") });
        Assert.That(async () => await all[1], Throws.InstanceOf<SqliteException>());
        await Task.WhenAll(all[0], all[2]);
        Assert.That(Written(), Is.EqualTo(new[] { "taken", "first", "third" }));
    }

    [Test]
    public async Task CallerThatHangsUpOnClaimedWork_GetsItsOutcome()
    {
        using var hungUp = new CancellationTokenSource();
        var all = await WhileTheDatabaseIsHeldAsync(() => new Task[]
        {
            WriteAsync("one name", cancellationToken: hungUp.Token),
            WriteAsync("one name", failed: hungUp.Cancel),
        });
        await all[0];
        Assert.That(async () => await all[1], Throws.InstanceOf<SqliteException>());
        Assert.That(Written(), Is.EqualTo(new[] { "one name" }));
    }

    /// <summary>The lock is freed at about the time at which the callers give up.</summary>
    [Test]
    [Category("Load")]
    public async Task WritesThatWereToldToHaveFailed_AreNotDone()
    {
        await using var node = await Node.StartAsync(_database, new() { ["Database:CommandTimeout"] = "00:00:01" });
        var done = new List<string>();
        for (var round = 0; round < 5; round++)
        {
            var writes = new List<(string Name, Task Task)>();
            using (var holder = (SqliteConnection)_database.Open())
            using (holder.BeginTransaction())
            {
                for (var i = 0; i < 48; i++)
                {
                    var name = $"{round} {i}";
                    writes.Add((name, node.Get<IDatabase>().WriteAsync(
                        (db, abandoned) => db.ExecuteAsync(
                            $"""INSERT INTO "Guards" ("Name", "Version") VALUES ({name}, 0)""", abandoned),
                        default)));
                    await Task.Delay(5);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(700 + (40 * round)));
            }

            foreach (var (name, task) in writes)
            {
                try
                {
                    await task;
                    done.Add(name);
                }
                catch (Exception exception) when (DatabaseErrors.IsOutage(exception))
                {
                    // It was told that nothing was written.
                }
            }
        }

        // The queue runs in order, so nothing told to have failed is left in it.
        await node.Get<IDatabase>().WriteAsync((_, _) => Task.FromResult(true), default);
        Assert.That(Written(), Is.EquivalentTo(done));
    }

    [Test]
    public async Task PieceThatNobodyWaitsForAnyMore_IsNotDone()
    {
        using var hungUp = new CancellationTokenSource();
        var all = await WhileTheDatabaseIsHeldAsync(() =>
        {
            var pieces = new Task[] { WriteAsync(
                "first"), WriteAsync("second", cancellationToken: hungUp.Token), WriteAsync("third") };
            hungUp.Cancel();
            return pieces;
        });
        Assert.That(async () => await all[1], Throws.InstanceOf<OperationCanceledException>());
        await Task.WhenAll(all[0], all[2]);
        Assert.That(Written(), Is.EqualTo(new[] { "first", "third" }));
    }

    [Test]
    public async Task Success_IsToldOnceAllIsCommitted()
    {
        using var gate = new ManualResetEventSlim();
        var first = default(Task)!;
        var second = default(Task)!;
        await WhileTheDatabaseIsHeldAsync(() =>
        {
            first = WriteAsync("first");
            second = WriteAsync("second", gate.Wait);
            return Array.Empty<Task>();
        });
        await Task.Delay(TimeSpan.FromMilliseconds(200));
        Assert.That(first.IsCompleted, Is.False, "what it wrote is not committed");
        Assert.That(Written(), Is.Empty);
        gate.Set();
        await Task.WhenAll(first, second);
        Assert.That(Written(), Is.EqualTo(new[] { "first", "second" }));
    }

    [Test]
    public async Task ManyAtOnce_AreAllDone()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => WriteAsync($"piece {i}")));
        Assert.That(Written().Count, Is.EqualTo(500));
    }

    // While somebody else has the write lock, whatever is asked for piles up. The first waits for the lock alone, so it
    // is none of those that are looked at.
    private async Task<Task[]> WhileTheDatabaseIsHeldAsync(Func<Task[]> ask)
    {
        using var holder = (SqliteConnection)_database.Open();
        Task waiting;
        Task[] asked;
        using (holder.BeginTransaction())
        {
            waiting = _node.Get<IDatabase>().WriteAsync((_, _) => Task.FromResult(true), default);
            await Task.Delay(TimeSpan.FromMilliseconds(100));
            asked = ask();
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        await waiting;
        return asked;
    }

    private Task<int> WriteAsync(
        string name, Action? then = null, Action? failed = null, CancellationToken cancellationToken = default) =>
        _node.Get<IDatabase>().WriteAsync(
            async (db, abandoned) =>
            {
                try
                {
                    var rows = await db.ExecuteAsync($"""INSERT INTO "Guards" ("Name", "Version") VALUES ({name}, 0)""", abandoned);
                    then?.Invoke();
                    return rows;
                }
                catch (SqliteException)
                {
                    failed?.Invoke();
                    throw;
                }
            },
            cancellationToken);

    private List<string> Written()
    {
        using var connection = _database.Open();
        return connection.Texts("SELECT Name FROM Guards WHERE Name NOT IN ('admins', 'signing-keys') ORDER BY rowid");
    }
}
