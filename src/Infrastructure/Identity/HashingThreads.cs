using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace CleanJwt.Infrastructure.Identity;

/// <summary>
/// Runs password hashing on a few threads of its own, so that a flood of sign-ins leaves a core to everybody else. What finds the queue full
/// is turned away at once: waiting longer than a client does would only be work for nobody.
/// </summary>
public sealed class HashingThreads : IDisposable
{
    // At about 20 ms a hash, the last in the queue waits some two seconds.
    private const int PlacesPerThread = 100;

    private readonly Channel<Action> _queue;
    private readonly Thread[] _threads;

    public HashingThreads()
        : this(Math.Max(1, Environment.ProcessorCount - 1), PlacesPerThread)
    {
    }

    internal HashingThreads(int threads, int placesPerThread)
    {
        _queue = Channel.CreateBounded<Action>(threads * placesPerThread);
        _threads = [.. Enumerable.Range(1, threads).Select(number => new Thread(Work) { IsBackground = true, Name = $"hashing {number}" })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Hashing work, once a thread is free for it. Work that nobody waits for any more by then is not done.</summary>
    /// <returns>False when the queue is full; then nothing was or will be done.</returns>
    public bool TryEnqueue<T>(Func<T> work, CancellationToken cancellationToken, [NotNullWhen(true)] out Task<T>? result)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var accepted = _queue.Writer.TryWrite(() =>
        {
            if (cancellationToken.IsCancellationRequested)
            {
                completion.SetCanceled(cancellationToken);
                return;
            }

            try
            {
                completion.SetResult(work());
            }
#pragma warning disable CA1031 // whoever waits for the work gets its exception
            catch (Exception exception)
#pragma warning restore CA1031
            {
                completion.SetException(exception);
            }
        });
        result = accepted ? completion.Task : null;
        return accepted;
    }

    public void Dispose()
    {
        _queue.Writer.TryComplete();
        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private void Work()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_queue.Reader.TryRead(out var work))
            {
                work();
            }
        }
    }
}
