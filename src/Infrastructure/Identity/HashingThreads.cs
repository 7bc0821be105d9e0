using CleanJwt.Infrastructure.Threads;

namespace CleanJwt.Infrastructure.Identity;

/// <summary>Runs password hashing, the dearest thing the service does, so that a flood of sign-ins leaves a core to everybody else.</summary>
internal sealed class HashingThreads(int threads, int placesPerThread) : WorkerThreads("hashing", threads, threads * placesPerThread)
{
    // At about 20 ms a hash, the last in the queue waits some two seconds.
    private const int PlacesPerThread = 100;

    public HashingThreads()
        : this(Math.Max(1, Environment.ProcessorCount - 1), PlacesPerThread)
    {
    }
}
