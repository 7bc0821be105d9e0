using CleanJwt.Infrastructure.Threading;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>
/// Runs work on SQLite. SQLite's calls block the calling thread, and a locked or hanging file can block it beyond every
/// time-out. Therefore work runs on threads of this class, and callers stop waiting in time. Reads and writes have
/// separate threads, so reads do not wait for writes.
/// </summary>
/// <remarks>
/// Callers continue on the thread pool, so code that blocks after a read or write never holds one of those threads.
/// </remarks>
internal sealed class SqliteDatabase : IDatabase, IDisposable
{
    private const int MaxQueuedReads = 2_000;

    private readonly EntityModel _model;
    private readonly TimeSpan _timeout;
    private readonly ConnectionPool _connections;
    private readonly WorkerThreads _readers;
    private readonly SqliteWriter _writer;

    /// <param name="open">
    /// Opens a connection outside the pool of Microsoft.Data.Sqlite, because this class has pools of its own.
    /// </param>
    public SqliteDatabase(Func<SqliteDatabaseConnection> open, EntityModel model, DatabaseOptions options)
    {
        _model = model;
        _timeout = options.CommandTimeout;
        _connections = new ConnectionPool(open);
        _readers = new WorkerThreads("sqlite reader", Math.Max(4, 2 * Environment.ProcessorCount), MaxQueuedReads);
        _writer = new SqliteWriter(new ConnectionPool(open));
    }

    public async Task<T> ReadAsync<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = _readers.TryEnqueue(
                () => _connections.Run(work, cancellationToken), cancellationToken) ?? throw QueueIsFull();
            try
            {
                return await result.WaitAsync(_timeout, CancellationToken.None); // a running read takes microseconds
            }
            catch (TimeoutException)
            {
                throw TimedOut();
            }
            catch (ModelNotBuiltException)
            {
                await _model.BuildAsync();
            }
        }
    }

    public async Task<T> WriteAsync<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await _writer.RunAsync(work, _timeout, cancellationToken);
            }
            catch (ModelNotBuiltException)
            {
                await _model.BuildAsync();
            }
        }
    }

    // The writer commits writes together anyway, so a single statement is no special case.
    public Task<T> WriteOneAsync<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        WriteAsync(work, cancellationToken);

    public void Dispose()
    {
        _readers.Dispose();
        _writer.Dispose();
        _connections.Dispose();
    }

    internal static DatabaseUnavailableException QueueIsFull() => new("Too many requests wait for the database.");

    internal static DatabaseUnavailableException TimedOut() => new("The database did not answer in time.");
}
