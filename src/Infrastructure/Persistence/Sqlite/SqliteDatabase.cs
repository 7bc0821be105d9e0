using CleanJwt.Infrastructure.Threads;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>
/// SQLite blocks the thread that asks it, and a locked or hanging file can hold that thread for longer than any time-out of its own. Writes, which
/// wait for locks every day, have one thread of their own: SQLite has one writer anyway, and a queue is fairer and cheaper than many threads that
/// try again and again. Reads wait for nobody, so a few at a time run where they are asked for: that takes less than handing them over. For the rest,
/// and for a while after one that failed, there are threads; and whoever waits for any of these threads stops waiting in time.
/// </summary>
internal sealed class SqliteDatabase : IDatabase, IDisposable
{
    private const int Places = 2_000;

    /// <summary>SQLite's provider knows no shorter one, and takes it for the time that a lock may be waited for.</summary>
    private const int ShortestTimeout = 1;

    private static readonly int ReadersHere = Environment.ProcessorCount;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);

    private readonly DatabaseOptions _options;
    private readonly OpenContexts _here;
    private readonly OpenContexts _elsewhere;
    private readonly WorkerThreads _readers = new("sqlite reader", threads: Math.Max(4, 2 * Environment.ProcessorCount), Places);
    private readonly WorkerThreads _writer = new("sqlite writer", threads: 1, Places);
    private readonly SemaphoreSlim _places = new(ReadersHere);
    private long _failedAt = long.MinValue / 2;

    public SqliteDatabase(IDbContextFactory<AppDbContext> contexts, DatabaseOptions options)
    {
        _options = options;

        // As many as may be held by a file that hangs.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + ReadersHere), completions);
        _elsewhere = new OpenContexts(contexts, _ => { });
        _here = new OpenContexts(contexts, db =>
        {
            db.Database.ExecuteSqlRaw("PRAGMA busy_timeout=0");
            db.Database.SetCommandTimeout(ShortestTimeout);
        });
    }

    private bool FailedLately => Environment.TickCount64 - Volatile.Read(ref _failedAt) < PauseAfterFailure.TotalMilliseconds;

    public Task<T> ReadAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        if (!FailedLately && _places.Wait(0, CancellationToken.None))
        {
            try
            {
                return Task.FromResult(_here.Run(work, cancellationToken));
            }
            catch (Exception exception) when (DatabaseErrors.IsOutage(exception))
            {
                Volatile.Write(ref _failedAt, Environment.TickCount64);
            }
            finally
            {
                _places.Release();
            }
        }

        return RunAsync(_readers, work, cancellationToken);
    }

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
        _here.Dispose();
        _elsewhere.Dispose();
        _places.Dispose();
    }

    private async Task<T> RunAsync<T>(
        WorkerThreads threads, Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var abandonment = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var abandoned = abandonment.Token; // the work may outlive its source
        if (!threads.TryEnqueue(() => _elsewhere.Run(work, abandoned), abandoned, out var result))
        {
            throw new DatabaseUnavailableException("Too much waits for the database.");
        }

        try
        {
            return await result.WaitAsync(_options.CommandTimeout, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await abandonment.CancelAsync();
            throw;
        }
        catch (TimeoutException)
        {
            await abandonment.CancelAsync();
            throw new DatabaseUnavailableException($"The database did not answer within {_options.CommandTimeout}.");
        }
    }
}
