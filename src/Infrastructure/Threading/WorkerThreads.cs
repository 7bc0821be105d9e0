using System.Threading.Channels;

namespace CleanJwt.Infrastructure.Threading;

/// <summary>
/// A fixed number of dedicated threads, and a bounded queue of work for them. A full queue refuses work at once.
/// </summary>
/// <remarks>Work that blocks a thread runs here, so that it does not take threads from the thread pool.</remarks>
internal class WorkerThreads : IDisposable
{
    private readonly Channel<IThreadPoolWorkItem> _queue;
    private readonly Thread[] _threads;

    /// <param name="name">The name of the threads in debuggers and dumps. Each thread's number follows it.</param>
    /// <param name="threads">The number of threads.</param>
    /// <param name="maxQueued">The number of work items that may wait for a thread.</param>
    public WorkerThreads(string name, int threads, int maxQueued)
    {
        Capacity = threads + maxQueued;
        _queue = Channel.CreateBounded<IThreadPoolWorkItem>(maxQueued);
        _threads = [.. Enumerable.Range(1, threads).Select(number => new Thread(() => RunThread(_queue.Reader))
        {
            IsBackground = true,
            Name = $"{name} {number}",
        })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>The number of threads.</summary>
    public int Count => _threads.Length;

    /// <summary>The number of work items that may run or wait.</summary>
    public int Capacity { get; }

    /// <summary>
    /// Queues work for the next free thread. Work that is cancelled before a thread takes it does not run.
    /// </summary>
    /// <remarks>
    /// A caller that awaits the work continues on the thread pool, so its code never holds one of these threads.
    /// </remarks>
    /// <returns>The work's result or exception. Null when the queue is full: the work never runs.</returns>
    public Task<T>? TryEnqueue<T>(Func<T> work, CancellationToken cancellationToken)
    {
        var item = new WorkItem<T>(work, cancellationToken);
        return _queue.Writer.TryWrite(item) ? item.Task : null;
    }

    /// <summary>Refuses further work, and waits until the queued work is done.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _queue.Writer.TryComplete();
        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    /// <summary>
    /// Runs on each thread. It executes the queued work, and returns when the queue is completed and empty.
    /// </summary>
    /// <remarks>
    /// The constructor starts the threads, so an override must not use fields that its own constructor's body sets.
    /// </remarks>
    protected virtual void RunThread(ChannelReader<IThreadPoolWorkItem> queue)
    {
        while (WaitForWork(queue))
        {
            while (queue.TryRead(out var work))
            {
                work.Execute();
            }
        }
    }

    /// <summary>Blocks the thread until there is work.</summary>
    /// <returns>False when there will be no more.</returns>
    protected static bool WaitForWork(ChannelReader<IThreadPoolWorkItem> queue) =>
        queue.WaitToReadAsync().AsTask().GetAwaiter().GetResult();

    private sealed class WorkItem<T>(Func<T> work, CancellationToken cancellationToken)
        : TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously), IThreadPoolWorkItem
    {
        public void Execute()
        {
            if (cancellationToken.IsCancellationRequested)
            {
                SetCanceled(cancellationToken);
                return;
            }

            try
            {
                SetResult(work());
            }
#pragma warning disable CA1031 // the caller that awaits the task gets the exception
            catch (Exception exception)
#pragma warning restore CA1031
            {
                SetException(exception);
            }
        }
    }
}
