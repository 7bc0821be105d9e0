using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Threading;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>
/// SQLite blocks the thread that asks it, and a locked or hanging file can hold that thread for longer than any time-out of its own. So its work has
/// threads of its own, and whoever waits for it stops waiting in time; and reads go on while a write waits for another process.
/// </summary>
internal sealed class SqliteDatabase : IDatabase, IFrequentReads, IDisposable
{
    private const int Places = 2_000;

    private readonly Deadlines _deadlines;
    private readonly KeptOpen<AppDbContext> _contexts;
    private readonly KeptOpen<SqliteReads> _reads;
    private readonly WorkerThreads _readers;
    private readonly SqliteWriter _writer;

    public SqliteDatabase(IDbContextFactory<AppDbContext> contexts, SqliteFile file, ConnectionObservers observers, DatabaseOptions options)
    {
        _deadlines = new Deadlines(options.CommandTimeout);
        _contexts = new KeptOpen<AppDbContext>(() => Open(contexts.CreateDbContext()));
        _reads = new KeptOpen<SqliteReads>(() => new SqliteReads(file.Open(observers)));
        _writer = new SqliteWriter(new KeptOpen<AppDbContext>(() => OpenForWriting(contexts.CreateDbContext())));

        // A read takes some microseconds, and so does the way to another thread. One way is enough: what is left of a request goes on where it has read.
        _readers = new WorkerThreads("sqlite reader", Math.Max(4, 2 * Environment.ProcessorCount), Places, keepContinuations: true);
    }

    public Task<T> ReadAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken) => WaitAsync(
        abandoned => _readers.TryEnqueue(
            () => _contexts.Run(db =>
            {
                var result = work(db, abandoned).GetAwaiter().GetResult(); // done by now: SQLite's async methods are not
                db.ChangeTracker.Clear();
                return result;
            }),
            abandoned),
        cancellationToken);

    public Task<Account?> FindAccountAsync(Guid id, CancellationToken cancellationToken) =>
        FindAsync(id, static (reads, id) => reads.FindAccount(id));

    public Task<AccountSession?> FindSessionAsync(Guid id, CancellationToken cancellationToken) =>
        FindAsync(id, static (reads, id) => reads.FindSession(id));

    public Task ProbeAsync(CancellationToken cancellationToken) => FindAsync(default, static (reads, _) => reads.AnySigningKey());

    public Task<T> WriteAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        WaitAsync(abandoned => _writer.TryEnqueue(work, abandoned), cancellationToken);

    public Task<T> WriteOneAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        WriteAsync(work, cancellationToken);

    public void Dispose()
    {
        _readers.Dispose();
        _writer.Dispose();
        _contexts.Dispose();
        _reads.Dispose();
    }

    // A refresh looks up its session where it rotates it.
    private static AppDbContext OpenForWriting(AppDbContext db)
    {
        SqlitePragmas.KeepMorePages((SqliteConnection)Open(db).Database.GetDbConnection());
        return db;
    }

    private static AppDbContext Open(AppDbContext db)
    {
        try
        {
            db.Database.OpenConnection();
            return db;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    private Task<T> FindAsync<T>(Guid id, Func<SqliteReads, Guid, T> read)
    {
        var pending = new PendingRead<T>(_reads, read, id);
        return pending.TryEnqueue(_readers, _deadlines.Next()) ? pending.Task : throw QueueIsFull();
    }

    private async Task<T> WaitAsync<T>(Func<CancellationToken, Task<T>?> enqueue, CancellationToken cancellationToken)
    {
        using var abandonment = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _deadlines.Next());
        var result = enqueue(abandonment.Token) ?? throw QueueIsFull(); // the work may outlive the token's source
        try
        {
            return await result.WaitAsync(abandonment.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DatabaseUnavailableException("The database did not answer in time.");
        }
    }

    private static DatabaseUnavailableException QueueIsFull() => new("Too much waits for the database.");
}
