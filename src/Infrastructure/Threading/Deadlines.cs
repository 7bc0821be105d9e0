namespace CleanJwt.Infrastructure.Threading;

/// <summary>Creates tokens that are cancelled after a fixed time, up to a tenth of a second late.</summary>
/// <remarks>
/// Work that begins within that tenth of a second shares a token. A timer for each would take longer than most of the
/// work.
/// </remarks>
internal sealed class Deadlines(TimeSpan after)
{
    private const int SharedFor = 100; // milliseconds

    private Deadline _latest = new(after, Environment.TickCount64);

    /// <returns>A token that is cancelled after the fixed time. Other callers may hold the same one.</returns>
    public CancellationToken Next()
    {
        var now = Environment.TickCount64;
        var latest = Volatile.Read(ref _latest);
        if (now - latest.SharedSince < SharedFor)
        {
            return latest.Token;
        }

        // Concurrent callers may each create one.
        latest = new Deadline(after, now);
        Volatile.Write(ref _latest, latest);
        return latest.Token;
    }

    private sealed class Deadline(TimeSpan after, long sharedSince)
    {
        public long SharedSince => sharedSince;

        // Not disposed: the timer ends by itself, and the source holds nothing else.
        public CancellationToken Token { get; } =
            new CancellationTokenSource(after + TimeSpan.FromMilliseconds(SharedFor)).Token;
    }
}
