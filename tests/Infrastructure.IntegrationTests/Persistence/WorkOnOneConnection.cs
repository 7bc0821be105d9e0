using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>
/// SQL text and EF Core of one piece of work share a connection and a transaction, and a slow caller holds neither.
/// </summary>
[OnDatabases]
internal sealed class WorkOnOneConnection(DatabaseKind kind)
{
    private const int SlowCallers = 16;

    private readonly TestDatabase _database = new(kind);
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
    public async Task TextAndEntities_SeeEachOthersChanges()
    {
        var id = await _node.AddAccountAsync();
        var seen = await _node.Get<IDatabase>().WriteAsync(
            async (db, abandoned) =>
            {
                await db.Context.Users.Where(user => user.Id == id)
                    .ExecuteUpdateAsync(set => set.SetProperty(user => user.DisplayName, "by EF Core"), abandoned);
                var byText = (await db.FindAccountAsync(id, abandoned))?.DisplayName;
                await db.ExecuteAsync($"""UPDATE "AspNetUsers" SET "DisplayName" = {"by text"} WHERE "Id" = {id}""", abandoned);
                var byContext = await db.Context.Users.Where(
                    user => user.Id == id).Select(user => user.DisplayName).SingleAsync(abandoned);
                return (byText, byContext);
            },
            default);
        Assert.That(seen, Is.EqualTo(("by EF Core", "by text")));
    }

    [Test]
    public async Task WorkThatThrows_TakesBackTextAndEntities()
    {
        var id = await _node.AddAccountAsync();
        var before = await FindAsync(id);
        Assert.That(
            () => _node.Get<IDatabase>().WriteAsync<bool>(
                async (db, abandoned) =>
                {
                    await db.ExecuteAsync($"""UPDATE "AspNetUsers" SET "DisplayName" = {"by text"} WHERE "Id" = {id}""", abandoned);
                    await db.Context.Users.Where(user => user.Id == id)
                        .ExecuteUpdateAsync(set => set.SetProperty(user => user.Version, 7), abandoned);
                    throw new InvalidDataException("on purpose");
                },
                default),
            Throws.InstanceOf<InvalidDataException>());
        var after = await FindAsync(id);
        Assert.That((after!.DisplayName, after.Version), Is.EqualTo((before!.DisplayName, before.Version)));
    }

    [Test]
    public async Task CallersThatBlockAfterARead_KeepNoOtherReadWaiting()
    {
        // The blocked callers hold threads of the pool, which must not be what the other read waits for.
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, 4 * SlowCallers), ports);
        using var gate = new ManualResetEventSlim();
        using var blocked = new CountdownEvent(SlowCallers);
        var callers = Enumerable.Range(0, SlowCallers).Select(_ => Task.Run(async () =>
        {
            await FindAsync(Guid.NewGuid());
            blocked.Signal();
            gate.Wait();
        })).ToList();
        try
        {
            Assert.That(blocked.Wait(TimeSpan.FromSeconds(30)), Is.True, "all callers have read and block");
            Assert.That(await FindAsync(Guid.NewGuid()), Is.Null);
        }
        finally
        {
            gate.Set();
            await Task.WhenAll(callers);
        }
    }

    private Task<Domain.Accounts.Account?> FindAsync(Guid id) =>
        _node.Get<IDatabase>().ReadAsync((db, abandoned) => db.FindAccountAsync(id, abandoned), default);
}
