using System.Diagnostics;
using System.Threading.Channels;
using CleanJwt.Infrastructure.Threading;

namespace CleanJwt.Infrastructure.Passwords;

/// <summary>The threads that hash passwords, which is the most expensive work of the service.</summary>
/// <remarks>
/// They leave one core to all other work, run at low priority, and rest between two hashes while that core is busy.
/// So a flood of sign-ins slows down sign-ins, and not the requests that take some microseconds.
/// </remarks>
/// <param name="threads">The number of threads.</param>
/// <param name="maxQueuedPerThread">The number of hashes that may wait, for each thread.</param>
/// <param name="processorTime">
/// Reads the processor time that the process has used on all cores. Only tests replace it.
/// </param>
internal sealed class HashingThreads(int threads, int maxQueuedPerThread, Func<TimeSpan>? processorTime = null)
    : WorkerThreads("hashing", threads, threads * maxQueuedPerThread)
{
    // At about 20 ms a hash, the last one in the queue waits two seconds, or four while the threads rest.
    private const int MaxQueuedPerThread = 100;

    // The work around the hashes, such as the statements and the answer of a sign-in, uses less of a core than this.
    private const double IdleShare = 1 / 3.0;

    private readonly Func<TimeSpan> _processorTime = processorTime ?? (static () => Environment.CpuUsage.TotalTime);

    public HashingThreads()
        : this(Math.Max(1, Environment.ProcessorCount - 1), MaxQueuedPerThread)
    {
    }

    /// <summary>Computes how long a thread rests after a hash.</summary>
    /// <remarks>
    /// A priority decides which thread runs next, and not for how long: the scheduler's time slice is some
    /// milliseconds. A resting thread lets the other threads run without waiting for that slice.
    /// </remarks>
    /// <param name="elapsed">The duration of the hash by the clock.</param>
    /// <param name="used">The processor time that the process used meanwhile on all cores.</param>
    /// <param name="threads">The number of hashing threads, this one included.</param>
    /// <returns>The time for which the core left to other work was busy, or zero if it was mostly idle.</returns>
    internal static TimeSpan RestAfter(TimeSpan elapsed, TimeSpan used, int threads)
    {
        var usedByOthers = used - (elapsed * threads);
        return usedByOthers <= elapsed * IdleShare ? TimeSpan.Zero : usedByOthers < elapsed ? usedByOthers : elapsed;
    }

    protected override void RunThread(ChannelReader<IThreadPoolWorkItem> queue)
    {
        LowPriority.SetForCurrentThread();
        while (WaitForWork(queue))
        {
            var rest = TimeSpan.Zero; // a thread that waited for work has rested
            while (queue.TryRead(out var work))
            {
                Thread.Sleep(rest); // after TryRead, so that new work finds room in the queue
                rest = Execute(work);
            }
        }
    }

    private TimeSpan Execute(IThreadPoolWorkItem work)
    {
        var (begun, usedBefore) = (Stopwatch.GetTimestamp(), _processorTime());
        work.Execute();
        return RestAfter(Stopwatch.GetElapsedTime(begun), _processorTime() - usedBefore, Count);
    }
}
