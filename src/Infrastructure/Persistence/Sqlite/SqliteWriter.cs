using System.Threading.Channels;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>
/// Runs all writes on one thread. SQLite has one writer anyway, and a queue is fairer and cheaper than many threads
/// that retry.
/// </summary>
/// <remarks>
/// Writes that queue up while a commit waits for the disk are committed together. Each write is done as a whole or not
/// at all, and fails alone. A write may run more than once. A caller learns of success only after the commit.
/// </remarks>
internal sealed class SqliteWriter : IDisposable
{
    private const int MaxQueued = 2_000;

    // Bounds how long the first write of a batch waits for the last.
    private const int MaxBatchSize = 100;

    private readonly Channel<Write> _queue = Channel.CreateBounded<Write>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true });
    private readonly ConnectionPool _connections;
    private readonly Thread _thread;

    /// <param name="connections">The writer disposes of the pool.</param>
    public SqliteWriter(ConnectionPool connections)
    {
        _connections = connections;
        _thread = new Thread(Work) { IsBackground = true, Name = "sqlite writer" };
        _thread.Start();
    }

    /// <summary>Queues work that runs in a transaction. Work whose caller has given up by then does not run.</summary>
    /// <returns>Null when the queue is full. Then the work will not run.</returns>
    public Task<T>? TryEnqueue<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken abandoned)
    {
        var write = new Write<T>(work, abandoned);
        return _queue.Writer.TryWrite(write) ? write.Result : null;
    }

    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _thread.Join();
        _connections.Dispose();
    }

    private void Work()
    {
        var batch = new List<Write>();
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (batch.Count < MaxBatchSize && _queue.Reader.TryRead(out var write))
            {
                batch.Add(write);
            }

            Run(batch);
            batch.Clear();
        }
    }

    private void Run(List<Write> batch)
    {
        try
        {
            // One failed write rolls back the whole batch. It may have failed because of another write of the batch. A
            // savepoint for each write would cost as much as most writes do, so each write runs again alone instead,
            // which is rare.
            if (!TryCommit(batch) && batch.Count > 1)
            {
                batch.ForEach(write => Run([write]));
                return;
            }
        }
#pragma warning disable CA1031 // the callers get the exception
        catch (Exception exception)
#pragma warning restore CA1031
        {
            batch.ForEach(write => write.Fail(exception));
            return;
        }

        batch.ForEach(write => write.Complete());
    }

    /// <returns>False when a write has failed and everything was rolled back.</returns>
    private bool TryCommit(List<Write> batch) => _connections.Run(batch, (db, _) => db.RunInTransaction(() =>
    {
        foreach (var write in batch)
        {
            var done = write.TryRun(db);
            db.EndWork();
            if (!done)
            {
                return false;
            }
        }

        return true;
    }));

    private abstract class Write
    {
        /// <returns>False when the work has failed. Abandoned work is skipped and counts as done.</returns>
        public abstract bool TryRun(DatabaseConnection db);

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    private sealed class Write<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work, CancellationToken abandoned) : Write
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _failure;

        public Task<T> Result => _completion.Task;

        public override bool TryRun(DatabaseConnection db)
        {
            // The database may have been locked until after the caller was told that nothing was written. Then nothing
            // may be.
            if (abandoned.IsCancellationRequested)
            {
                _failure = new OperationCanceledException(abandoned);
                return true;
            }

            _failure = null;
            try
            {
                _result = SqliteWork.Run(work, db, abandoned);
                return true;
            }
#pragma warning disable CA1031 // the caller gets the exception
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _failure = exception;
                return false;
            }
        }

        public override void Complete()
        {
            if (_failure is null)
            {
                _completion.SetResult(_result!);
            }
            else
            {
                _completion.SetException(_failure);
            }
        }

        public override void Fail(Exception exception) => _completion.SetException(_failure ?? exception);
    }
}
