using CleanJwt.Infrastructure.Threads;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>
/// SQLite blocks the thread that asks it, and a locked or hanging file can hold that thread for longer than any time-out of its own. So its work
/// has threads of its own, and whoever waits for it stops waiting in time. Writes have one thread: SQLite has one writer anyway, and a queue is
/// fairer and cheaper than many threads that try again and again; and reads go on while a write waits for another process.
/// </summary>
internal sealed class SqliteDatabase(IDbContextFactory<AppDbContext> contexts, DatabaseOptions options) : IDatabase, IDisposable
{
    private const int Places = 2_000;

    private readonly WorkerThreads _readers = new("sqlite reader", threads: Math.Max(4, 2 * Environment.ProcessorCount), Places);
    private readonly WorkerThreads _writer = new("sqlite writer", threads: 1, Places);

    public Task<T> ReadAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        RunAsync(_readers, work, cancellationToken);

    public Task<T> WriteAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken) => RunAsync(
        _writer,
        async (db, abandoned) =>
        {
            db.Database.AutoSavepointsEnabled = false;
            await using var transaction = await db.Database.BeginTransactionAsync(abandoned);

            // The lock may have come long after whoever asked was told that nothing was done. Then nothing must be.
            abandoned.ThrowIfCancellationRequested();
            var result = await work(db, abandoned);
            await transaction.CommitAsync(abandoned);
            return result;
        },
        cancellationToken);

    public Task<T> WriteOneAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> statement, CancellationToken cancellationToken) =>
        WriteAsync(statement, cancellationToken);

    public void Dispose()
    {
        _readers.Dispose();
        _writer.Dispose();
    }

    private async Task<T> RunAsync<T>(
        WorkerThreads threads, Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var abandonment = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var abandoned = abandonment.Token; // the work may outlive its source
        if (!threads.TryEnqueue(() => Run(work, abandoned), abandoned, out var result))
        {
            throw new DatabaseUnavailableException("Too much waits for the database.");
        }

        try
        {
            return await result.WaitAsync(options.CommandTimeout, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await abandonment.CancelAsync();
            throw;
        }
        catch (TimeoutException)
        {
            await abandonment.CancelAsync();
            throw new DatabaseUnavailableException($"The database did not answer within {options.CommandTimeout}.");
        }
    }

    private T Run<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken abandoned)
    {
        using var db = contexts.CreateDbContext();
        return work(db, abandoned).GetAwaiter().GetResult(); // done by now: SQLite's async methods are not
    }
}
