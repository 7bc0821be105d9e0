using CleanJwt.Infrastructure.Threading;

namespace CleanJwt.Infrastructure.Passwords;

/// <summary>
/// Runs password hashing, the dearest thing the service does, so that a flood of sign-ins leaves a core to everybody else, and the other cores to whoever wants
/// them for a moment: a hash that takes 13 ms does not mind, and a request that takes some microseconds does.
/// </summary>
internal sealed class HashingThreads(int threads, int placesPerThread)
    : WorkerThreads("hashing", threads, threads * placesPerThread, givesWay: true)
{
    // At about 20 ms a hash, the last in the queue waits some two seconds, and twice as long at most while others have so much to do that the threads rest.
    private const int PlacesPerThread = 100;

    public HashingThreads()
        : this(Math.Max(1, Environment.ProcessorCount - 1), PlacesPerThread)
    {
    }
}
