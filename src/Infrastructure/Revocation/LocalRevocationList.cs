using System.Collections.Concurrent;
using CleanJwt.Application.Abstractions;

namespace CleanJwt.Infrastructure.Revocation;

/// <summary>The sessions that ended on this node. Each is kept for as long as a token of it could still be valid.</summary>
internal sealed class LocalRevocationList(TimeProvider time) : IRevocationList
{
    // The longest access-token lifetime that can be set, and room for clocks.
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(65);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _keepUntil = new();
    private long _nextSweep;

    public bool IsRevoked(Guid sessionId) => _keepUntil.ContainsKey(sessionId);

    public void Add(Guid sessionId)
    {
        var now = time.GetUtcNow();
        _keepUntil[sessionId] = now + Keep;

        var due = Interlocked.Read(ref _nextSweep);
        if (now.UtcTicks >= due && Interlocked.CompareExchange(ref _nextSweep, (now + SweepInterval).UtcTicks, due) == due)
        {
            foreach (var over in _keepUntil.Where(entry => entry.Value < now))
            {
                _keepUntil.TryRemove(over);
            }
        }
    }
}
