namespace CleanJwt.Infrastructure.Threading;

/// <summary>
/// Tokens that are cancelled some time after they were asked for, up to a tenth of a second late: what begins at about the same time shares one, since a
/// timer for each takes longer than most of what is waited for.
/// </summary>
internal sealed class Deadlines(TimeSpan after)
{
    private const int SharedFor = 100; // milliseconds

    private Deadline _latest = new(after, Environment.TickCount64);

    /// <returns>Cancelled after the time given, and for whatever else has asked meanwhile.</returns>
    public CancellationToken Next()
    {
        var now = Environment.TickCount64;
        var latest = Volatile.Read(ref _latest);
        if (now - latest.SharedSince < SharedFor)
        {
            return latest.Token;
        }

        // Of several that come here at once, each may make one.
        latest = new Deadline(after, now);
        Volatile.Write(ref _latest, latest);
        return latest.Token;
    }

    private sealed class Deadline(TimeSpan after, long sharedSince)
    {
        public long SharedSince => sharedSince;

        // Its timer ends with its time, and nothing else of it has to be let go.
        public CancellationToken Token { get; } = new CancellationTokenSource(after + TimeSpan.FromMilliseconds(SharedFor)).Token;
    }
}
