using System.Threading.Channels;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>
/// Writes from one thread: SQLite has one writer anyway, and a queue is fairer and cheaper than many threads that try again and again. What has queued
/// up while a commit waited for the disk is committed together; each piece is done as a whole or not at all, and fails alone. A piece may be run more than
/// once. Nobody is told of success before the commit.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int Places = 2_000;

    // Whoever came first should not wait long for what came last.
    private const int MostAtOnce = 100;

    private readonly Channel<Write> _queue = Channel.CreateBounded<Write>(new BoundedChannelOptions(Places) { SingleReader = true });
    private readonly KeptOpen<AppDbContext> _contexts;
    private readonly Thread _thread;

    /// <param name="contexts">It goes with this.</param>
    public SqliteWriter(KeptOpen<AppDbContext> contexts)
    {
        _contexts = contexts;
        _thread = new Thread(Work) { IsBackground = true, Name = "sqlite writer" };
        _thread.Start();
    }

    /// <summary>Has work done in a transaction. Work that nobody waits for any more when its turn comes is not done.</summary>
    /// <returns>Null when the queue is full; then nothing was or will be done.</returns>
    public Task<T>? TryEnqueue<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken abandoned)
    {
        var write = new Write<T>(work, abandoned);
        return _queue.Writer.TryWrite(write) ? write.Result : null;
    }

    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _thread.Join();
        _contexts.Dispose();
    }

    private void Work()
    {
        var batch = new List<Write>();
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (batch.Count < MostAtOnce && _queue.Reader.TryRead(out var write))
            {
                batch.Add(write);
            }

            Do(batch);
            batch.Clear();
        }
    }

    private void Do(List<Write> batch)
    {
        try
        {
            // A piece that fails takes the others back with it. It may have failed by what is then given up, and a savepoint for each piece would cost as
            // much as most pieces do; so each is done again alone, which is rare.
            if (!TryCommit(batch) && batch.Count > 1)
            {
                batch.ForEach(write => Do([write]));
                return;
            }
        }
#pragma warning disable CA1031 // whoever waits for the work gets its exception
        catch (Exception exception)
#pragma warning restore CA1031
        {
            batch.ForEach(write => write.Fail(exception));
            return;
        }

        batch.ForEach(write => write.Complete());
    }

    /// <returns>False when a piece has failed; then nothing was done.</returns>
    private bool TryCommit(List<Write> batch) => _contexts.Run(db =>
    {
        db.Database.AutoSavepointsEnabled = false;
        using var transaction = db.Database.BeginTransaction();
        foreach (var write in batch)
        {
            var done = write.TryRun(db);
            db.ChangeTracker.Clear();
            if (!done)
            {
                return false;
            }
        }

        transaction.Commit();
        return true;
    });

    private abstract class Write
    {
        /// <returns>False when the work has failed. What nobody waits for any more is passed over.</returns>
        public abstract bool TryRun(AppDbContext db);

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    private sealed class Write<T>(Func<AppDbContext, CancellationToken, Task<T>> work, CancellationToken abandoned) : Write
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _failure;

        public Task<T> Result => _completion.Task;

        public override bool TryRun(AppDbContext db)
        {
            // The lock may have come long after whoever asked was told that nothing was done. Then nothing must be.
            if (abandoned.IsCancellationRequested)
            {
                _failure = new OperationCanceledException(abandoned);
                return true;
            }

            _failure = null;
            try
            {
                _result = work(db, abandoned).GetAwaiter().GetResult(); // done by now: SQLite's async methods are not
                return true;
            }
#pragma warning disable CA1031 // whoever waits for the work gets its exception
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
