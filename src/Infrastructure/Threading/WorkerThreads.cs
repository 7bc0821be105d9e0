using System.Diagnostics;
using System.Threading.Channels;

namespace CleanJwt.Infrastructure.Threading;

/// <summary>
/// A few threads of their own for work that holds a thread for long, and a bounded queue before them. What finds the queue full is turned away
/// at once: waiting longer than a client does would only be work for nobody.
/// </summary>
internal class WorkerThreads : IDisposable
{
    private readonly Channel<IThreadPoolWorkItem> _queue;
    private readonly TaskCreationOptions _continuations;
    private readonly Thread[] _threads;

    /// <param name="name">Of the threads, for debuggers and dumps.</param>
    /// <param name="threads">How much is done at once, at most.</param>
    /// <param name="places">How much waits, at most.</param>
    /// <param name="keepContinuations">
    /// Whether what follows on the work runs on the same thread. It saves a change of threads, and needs what follows to be short and never to block.
    /// </param>
    /// <param name="givesWay">Whether the threads give way to all others that want a processor, and rest between two pieces of work while those have much to do.</param>
    public WorkerThreads(string name, int threads, int places, bool keepContinuations = false, bool givesWay = false)
    {
        _continuations = keepContinuations ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously;
        Capacity = threads + places;
        _queue = Channel.CreateBounded<IThreadPoolWorkItem>(places);
        _threads = [.. Enumerable.Range(1, threads).Select(number => new Thread(() => Work(givesWay)) { IsBackground = true, Name = $"{name} {number}" })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>How much is done at once, at most.</summary>
    public int Count => _threads.Length;

    /// <summary>How much is done or waits, at most.</summary>
    public int Capacity { get; }

    /// <summary>What the whole process has had of all processors so far.</summary>
    protected virtual TimeSpan ProcessorTime => Environment.CpuUsage.TotalTime;

    /// <summary>Has work done once a thread is free for it. Work that nobody waits for any more by then is not done.</summary>
    /// <returns>Null when the queue is full; then nothing was or will be done.</returns>
    public Task<T>? TryEnqueue<T>(Func<T> work, CancellationToken cancellationToken)
    {
        var item = new WorkItem<T>(work, _continuations, cancellationToken);
        return TryEnqueue(item) ? item.Task : null;
    }

    /// <summary>As the other, for work that sees to its waiters, and its exceptions, itself.</summary>
    public bool TryEnqueue(IThreadPoolWorkItem work) => _queue.Writer.TryWrite(work);

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _queue.Writer.TryComplete();
        foreach (var thread in _threads.Where(thread => thread != Thread.CurrentThread)) // where a continuation may be what disposes
        {
            thread.Join();
        }
    }

    private void Work(bool givesWay)
    {
        if (givesWay)
        {
            LowPriority.Take();
        }

        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            var rest = TimeSpan.Zero; // what had to wait for work has rested
            while (_queue.Reader.TryRead(out var work))
            {
                if (givesWay)
                {
                    Thread.Sleep(rest); // once its place in the queue is free
                    rest = ExecuteForRest(work);
                }
                else
                {
                    work.Execute();
                }
            }
        }
    }

    private TimeSpan ExecuteForRest(IThreadPoolWorkItem work)
    {
        var (begun, usedBefore) = (Stopwatch.GetTimestamp(), ProcessorTime);
        work.Execute();
        return LowPriority.RestAfter(Stopwatch.GetElapsedTime(begun), ProcessorTime - usedBefore, _threads.Length);
    }

    private sealed class WorkItem<T>(Func<T> work, TaskCreationOptions options, CancellationToken cancellationToken)
        : TaskCompletionSource<T>(options), IThreadPoolWorkItem
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
#pragma warning disable CA1031 // whoever waits for the work gets its exception
            catch (Exception exception)
#pragma warning restore CA1031
            {
                SetException(exception);
            }
        }
    }
}
