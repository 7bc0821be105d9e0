using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using CleanJwt.Infrastructure.Passwords;
using CleanJwt.Infrastructure.Threading;

namespace CleanJwt.Infrastructure.IntegrationTests.Passwords;

/// <summary>The hashing threads and their queue.</summary>
[CancelAfter(30_000)]
internal sealed class HashingQueue
{
    [Test]
    public async Task MuchWork_RunsOnAsManyThreadsAsThereAre(CancellationToken timeout)
    {
        using var hashing = new HashingThreads(threads: 2, maxQueuedPerThread: 50);
        using var bothRun = new CountdownEvent(2);
        var (running, most) = (0, 0);
        var threads = new ConcurrentDictionary<Thread, bool>();
        var tasks = Enumerable.Range(0, 40).Select(number => Enqueue(hashing, () =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            threads[Thread.CurrentThread] = true;
            if (number < 2)
            {
                // Each one waits until both have begun.
                bothRun.Signal();
                bothRun.Wait(timeout);
            }

            Interlocked.Decrement(ref running);
            return number;
        })).ToArray();

        Assert.That(await Task.WhenAll(tasks), Is.EqualTo(Enumerable.Range(0, 40)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(most, Is.EqualTo(2));
            Assert.That(threads, Has.Count.EqualTo(2));
            Assert.That(threads.Keys.Any(thread => thread.IsThreadPoolThread), Is.False);
        }
    }

    [Test]
    public async Task FullQueue_RefusesAtOnceAndTakesWorkAgainLater(CancellationToken timeout)
    {
        using var hashing = new HashingThreads(threads: 1, maxQueuedPerThread: 2);
        using var busy = new BusyThread(hashing, timeout);
        var (first, second) = (Enqueue(hashing, () => 1), Enqueue(hashing, () => 2));

        var refusedWasDone = false;
        Assert.That(hashing.TryEnqueue(() => refusedWasDone = true, CancellationToken.None), Is.Null);

        busy.Release();
        Assert.That(await Task.WhenAll(first, second), Is.EqualTo([1, 2]));
        Assert.That(await Enqueue(hashing, () => 3), Is.EqualTo(3));
        Assert.That(refusedWasDone, Is.False);
    }

    [Test]
    [Platform("Linux")]
    public async Task Threads_GiveWayToOthers()
    {
        using var hashing = new HashingThreads(threads: 1, maxQueuedPerThread: 1);
        using var others = new WorkerThreads("others", threads: 1, maxQueued: 1);
        Assume.That(
            await others.TryEnqueue(Nice, CancellationToken.None)!,
            Is.LessThan(10),
            "the test process itself has a low priority");
        Assert.That(await Enqueue(hashing, Nice), Is.EqualTo(10));

        // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: the 19th field; the name before may hold spaces.
        static int Nice() =>
            int.Parse(
                File.ReadAllText("/proc/thread-self/stat").Split(") ")[1].Split(' ')[16], CultureInfo.InvariantCulture);
    }

    [Test]
    public async Task Threads_RestWhileOthersHaveMuchToDo(CancellationToken timeout)
    {
        // The process seems to use two processors all the time, one of them for other work.
        using var threads = new HashingThreads(
            threads: 1, maxQueuedPerThread: 2, processorTime: () => 2 * Stopwatch.GetElapsedTime(0));
        var ended = threads.TryEnqueue(
            () =>
            {
                timeout.WaitHandle.WaitOne(100);
                return Stopwatch.GetTimestamp();
            },
            CancellationToken.None)!;
        var begunAgain = threads.TryEnqueue(Stopwatch.GetTimestamp, CancellationToken.None)!;

        Assert.That(
            Stopwatch.GetElapsedTime(await ended, await begunAgain), Is.GreaterThan(TimeSpan.FromMilliseconds(90)));
    }

    [TestCase(1, 10, ExpectedResult = 0, TestName = "Rest_OnOneCore_IsNone")]
    [TestCase(1, 13, ExpectedResult = 0, TestName = "Rest_WhereOthersHaveLittleToDo_IsNone")]
    [TestCase(1, 16, ExpectedResult = 6, TestName = "Rest_WhereOthersHaveMuchToDo_IsAsLongAsTheyHadTheirCore")]
    [TestCase(3, 36, ExpectedResult = 6, TestName = "Rest_OfSeveralThreads_IsAsLongAsOthersHadTheirCore")]
    [TestCase(3, 20, ExpectedResult = 0, TestName = "Rest_WhereCoresAreFree_IsNone")]
    [TestCase(3, 60, ExpectedResult = 10, TestName = "Rest_WhereOthersHaveMoreThanTheirCore_IsAsLongAsTheWork")]
    public double Rest(int threads, int used) =>
        HashingThreads.RestAfter(
            TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(used), threads).TotalMilliseconds;

    [Test]
    public void CancelledWork_IsNotDone(CancellationToken timeout)
    {
        using var hashing = new HashingThreads(threads: 1, maxQueuedPerThread: 2);
        using var busy = new BusyThread(hashing, timeout);
        using var cancellation = new CancellationTokenSource();
        var done = false;
        var work = hashing.TryEnqueue(() => done = true, cancellation.Token);
        cancellation.Cancel();
        busy.Release();

        Assert.That(async () => await work!, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(done, Is.False);
    }

    [Test]
    public async Task ExceptionInTheWork_ReachesItsWaiterAndNobodyElse()
    {
        using var hashing = new HashingThreads(threads: 1, maxQueuedPerThread: 2);
        var failing = Enqueue<int>(hashing, () => throw new InvalidDataException("of the work"));

        Assert.That(
            async () => await failing, Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo("of the work"));
        Assert.That(await Enqueue(hashing, () => 1), Is.EqualTo(1));
    }

    [Test]
    public async Task Disposed_HasDoneWhatItTookAndEndedItsThreads(CancellationToken timeout)
    {
        Task<int> queued;
        Thread thread;
        using (var hashing = new HashingThreads(threads: 1, maxQueuedPerThread: 2))
        {
            thread = await Enqueue(hashing, () => Thread.CurrentThread);
            using var busy = new BusyThread(hashing, timeout);
            queued = Enqueue(hashing, () => 1);
            busy.Release();
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(thread.IsAlive, Is.False);
            Assert.That(queued.IsCompletedSuccessfully);
        }
    }

    [Test]
    public void AfterDisposal_NothingIsTaken()
    {
        var hashing = new HashingThreads(threads: 1, maxQueuedPerThread: 2);
        hashing.Dispose();
        Assert.That(hashing.TryEnqueue(() => 1, CancellationToken.None), Is.Null);
    }

    private static Task<T> Enqueue<T>(HashingThreads hashing, Func<T> work) =>
        hashing.TryEnqueue(work, CancellationToken.None)!;

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
        {
            seen = Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    /// <summary>Keeps the only thread busy until it is released.</summary>
    private sealed class BusyThread : IDisposable
    {
        private readonly ManualResetEventSlim _released = new();
        private readonly Task<bool> _work;

        public BusyThread(HashingThreads hashing, CancellationToken timeout)
        {
            using var begun = new ManualResetEventSlim();
            _work = Enqueue(hashing, () =>
            {
                begun.Set();
                _released.Wait(timeout);
                return true;
            });
            begun.Wait(timeout);
        }

        public void Release() => _released.Set();

        public void Dispose()
        {
            Release();
            _work.GetAwaiter().GetResult();
            _released.Dispose();
        }
    }
}
