using CleanJwt.Infrastructure.Threads;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>
/// SQLite blocks the thread that asks it, and a locked or hanging file can hold that thread for longer than any time-out of its own. Writes, which
/// wait for locks every day, are left to <see cref="SqliteWriter"/>. Reads wait for nobody, so a few at a time run where they are asked for: that takes
/// less than handing them over. For the rest, and for a while after one that failed, there are threads. Whoever waits for a thread stops waiting in time.
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
    private readonly SqliteWriter _writer;
    private readonly SemaphoreSlim _places = new(ReadersHere);
    private long _failedAt = long.MinValue / 2;

    public SqliteDatabase(IDbContextFactory<AppDbContext> contexts, DatabaseOptions options)
    {
        _options = options;

        // As many as may be held by a file that hangs.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + ReadersHere), completions);
        _elsewhere = new OpenContexts(contexts, _ => { });
        _writer = new SqliteWriter(_elsewhere);
        _here = new OpenContexts(contexts, db =>
        {
            SqlitePragmas.WaitForNobody(db.Database.GetDbConnection());
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
                return Task.FromResult(_here.Run(db => Finish(work(db, cancellationToken))));
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

        return WaitAsync(
            abandoned => _readers.TryEnqueue(() => _elsewhere.Run(db => Finish(work(db, abandoned))), abandoned), cancellationToken);
    }

    public Task<T> WriteAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        WaitAsync(abandoned => _writer.TryEnqueue(work, abandoned), cancellationToken);

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

    // It is done by now: SQLite's async methods are not.
    private static T Finish<T>(Task<T> work) => work.GetAwaiter().GetResult();

    private async Task<T> WaitAsync<T>(Func<CancellationToken, Task<T>?> enqueue, CancellationToken cancellationToken)
    {
        using var abandonment = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (enqueue(abandonment.Token) is not { } result) // the work may outlive the token's source
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
