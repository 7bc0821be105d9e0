using System.Threading.Channels;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>
/// Runs all writes on one thread. SQLite has one writer anyway, and a queue is fairer and cheaper than many threads
/// that retry.
/// </summary>
/// <remarks>
/// Writes that queue up while a commit waits for the disk are committed together. Each write is done as a whole or not
/// at all, and fails alone. A write may run more than once. A caller learns of success only after the commit.
/// <para>
/// The writer claims a write before it runs it. A caller can leave an unclaimed write, which then never runs. The
/// caller of a claimed write waits for the outcome. So nothing is written for a caller that was told of a failure.
/// </para>
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

    /// <summary>Queues work that runs in a transaction, and waits for its outcome.</summary>
    /// <param name="work">Its token is never cancelled.</param>
    /// <param name="timeout">How long the work may wait to be claimed.</param>
    /// <param name="cancellationToken">Lets the caller leave work that is not claimed yet.</param>
    /// <exception cref="DatabaseUnavailableException">
    /// The queue is full, or the work was not done in time. It was not done and will not be, unless the message says
    /// that the database did not confirm the commit.
    /// </exception>
    public Task<T> RunAsync<T>(
        Func<DatabaseConnection, CancellationToken, Task<T>> work,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        var write = new Write<T>(work);
        return _queue.Writer.TryWrite(write)
            ? write.WaitAsync(timeout, cancellationToken)
            : throw SqliteDatabase.QueueIsFull();
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
                batch.ForEach(write => write.Undo());
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

    /// <returns>
    /// False when a write has failed, or its caller has left after it ran. Then everything was rolled back.
    /// </returns>
    private bool TryCommit(List<Write> batch) => _connections.Run(batch, (db, _) => db.RunInTransaction(() =>
        batch.TrueForAll(write =>
        {
            var done = !write.TryClaim() || write.TryRun(db);
            db.EndWork();
            return done;
        })
        && batch.TrueForAll(write => write.TryBeginCommit())));

    private abstract class Write
    {
        private int _state = State.Queued;

        /// <returns>False when the caller has left, so that the work must not run.</returns>
        public bool TryClaim() => Interlocked.CompareExchange(ref _state, State.Claimed, State.Queued) != State.Left;

        /// <returns>False when the work has failed.</returns>
        public abstract bool TryRun(SqliteDatabaseConnection db);

        /// <returns>False when the caller has left since the work ran, so that it must be rolled back.</returns>
        public bool TryBeginCommit() =>
            Interlocked.CompareExchange(ref _state, State.Committing, State.Claimed) != State.Left || !HasRun;

        /// <summary>Prepares the work to run again after its transaction was rolled back.</summary>
        public virtual void Undo()
        {
            Interlocked.CompareExchange(ref _state, State.Claimed, State.Committing);
            Interlocked.CompareExchange(ref _state, State.Left, State.LeftDuringCommit);
        }

        public abstract void Complete();

        public abstract void Fail(Exception exception);

        protected bool HasRun { get; set; }

        protected bool TryLeaveUnclaimed() => TryLeave(State.Queued, State.Left);

        /// <returns>False when the work was being committed. Then it may have been done.</returns>
        protected bool LeaveClaimed()
        {
            while (true)
            {
                if (TryLeave(State.Claimed, State.Left))
                {
                    return true;
                }

                if (TryLeave(State.Committing, State.LeftDuringCommit))
                {
                    return false;
                }
            }
        }

        private bool TryLeave(int from, int to) => Interlocked.CompareExchange(ref _state, to, from) == from;

        private static class State
        {
            public const int Queued = 0;
            public const int Claimed = 1;
            public const int Committing = 2;
            public const int Left = 3;
            public const int LeftDuringCommit = 4;
        }
    }

    private sealed class Write<T>(Func<DatabaseConnection, CancellationToken, Task<T>> work) : Write
    {
        // A request is answered within 10 s, and the database is not its only work.
        private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(9);

        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _failure;

        public async Task<T> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
        {
            var outcome = _completion.Task;
            await ((Task)outcome.WaitAsync(timeout, cancellationToken))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!outcome.IsCompleted && TryLeaveUnclaimed())
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw SqliteDatabase.TimedOut();
            }

            // The work is claimed, so its outcome follows.
            await ((Task)outcome.WaitAsync(MaxWait - timeout, CancellationToken.None))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!outcome.IsCompleted)
            {
                throw LeaveClaimed()
                    ? SqliteDatabase.TimedOut()
                    : new DatabaseUnavailableException("The database did not confirm the commit.");
            }

            return await outcome;
        }

        public override bool TryRun(SqliteDatabaseConnection db)
        {
            HasRun = true;
            _failure = null;
            try
            {
                _result = db.Run(work, CancellationToken.None);
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

        public override void Undo()
        {
            base.Undo();
            _failure = null; // the next run may fail for another reason, before it reaches the work
        }

        public override void Complete()
        {
            if (!HasRun)
            {
                _completion.SetCanceled(); // the caller has left
            }
            else if (_failure is null)
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
