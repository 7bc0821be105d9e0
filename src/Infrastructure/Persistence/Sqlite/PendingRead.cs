using CleanJwt.Infrastructure.Threading;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>
/// A frequent read, and the wait for it, in one object: a read takes some microseconds, and what is usual for waiting would take as long. Whoever goes away
/// meanwhile does not cancel it.
/// </summary>
internal sealed class PendingRead<T>(KeptOpen<SqliteReads> connections, Func<SqliteReads, Guid, T> read, Guid id) : TaskCompletionSource<T>, IThreadPoolWorkItem
{
    private CancellationTokenRegistration _deadline;

    /// <returns>False when the queue is full; then nothing was or will be read.</returns>
    public bool TryEnqueue(WorkerThreads threads, CancellationToken deadline)
    {
        _deadline = deadline.UnsafeRegister(static read => ((PendingRead<T>)read!).GiveUp(), this);
        if (threads.TryEnqueue(this))
        {
            return true;
        }

        _deadline.Unregister();
        return false;
    }

    public void Execute()
    {
        if (Task.IsCompleted)
        {
            return;
        }

        try
        {
            var result = connections.Run((Read: read, Id: id), static (reads, what) => what.Read(reads, what.Id));
            _deadline.Unregister();
            TrySetResult(result);
        }
#pragma warning disable CA1031 // whoever waits for the work gets its exception
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _deadline.Unregister();
            TrySetException(exception);
        }
    }

    private void GiveUp() => TrySetException(new DatabaseUnavailableException("The database did not answer a read in time."));
}
