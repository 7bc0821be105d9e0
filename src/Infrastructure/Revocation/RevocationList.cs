using System.Collections.Concurrent;
using CleanJwt.Application.Ports;

namespace CleanJwt.Infrastructure.Revocation;

/// <summary>This node's list of revoked sessions: what it ended itself, and what the poller has learnt of the others.</summary>
internal sealed class RevocationList : IRevocationList
{
    /// <summary>The longest access-token lifetime that can be set, and 5 minutes for clocks: by then no token of an ended session is left.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromMinutes(65);

    private static readonly DateTimeOffset Epoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private const uint LearntBit = 1;

    // The value is the second until which an entry is kept, times two, plus one if the entry came from the database: 4 bytes an entry, not 16.
    private readonly ConcurrentDictionary<Guid, uint> _entries = new();

    // Nearly every session is live. The filter answers for most of those without a look into the dictionary.
    private readonly BloomFilter _filter = new();
    private readonly TimeProvider _clock;
    private readonly RevocationOptions _options;
    private readonly RevocationMetrics _metrics;
    private Poll? _lastPoll;

    /// <param name="clock">The machine's own: the age of what is known passes on it, whatever time the rest of the service goes by.</param>
    public RevocationList(TimeProvider clock, RevocationOptions options, RevocationMetrics metrics)
    {
        (_clock, _options, _metrics) = (clock, options, metrics);
        metrics.Observe(this);
    }

    public int Count => _entries.Count;

    /// <summary>
    /// Since the moment before the last successful poll was sent, by the monotonic or the wall clock, whichever says more: the one may stand still
    /// while a machine is suspended, the other may be set. Without a poll yet, more than any limit.
    /// </summary>
    public TimeSpan Age
    {
        get
        {
            if (Volatile.Read(ref _lastPoll) is not { } poll)
            {
                return TimeSpan.MaxValue;
            }

            var monotonic = _clock.GetElapsedTime(poll.Timestamp);
            var wall = _clock.GetUtcNow() - poll.SentAt;
            return monotonic > wall ? monotonic : wall;
        }
    }

    /// <summary>Compared on every request and not kept as a flag: after a pause of the whole process a flag would still say yes.</summary>
    public bool IsStale => Age > _options.MaxStaleness;

    public bool IsLetIn(Guid sessionId) => !IsRevoked(sessionId) && !IsStale;

    public RevocationVerdict Check(Guid sessionId)
    {
        if (IsRevoked(sessionId))
        {
            return RevocationVerdict.Revoked;
        }

        if (IsStale)
        {
            _metrics.Refused.Add(1);
            return RevocationVerdict.Unknown;
        }

        return RevocationVerdict.NotRevoked;
    }

    /// <summary>Refuses a session on this node from now on, before anything has been learnt of it.</summary>
    public void Add(Guid sessionId)
    {
        _filter.Add(sessionId);
        _entries.TryAdd(sessionId, Encode(_clock.GetUtcNow() + Keep));
    }

    public void Learn(RevokedSession revoked)
    {
        var learnt = Encode(revoked.KeepUntil) | LearntBit;
        if (!_entries.TryGetValue(revoked.SessionId, out var known) || known != learnt)
        {
            _filter.Add(revoked.SessionId);
            _entries[revoked.SessionId] = learnt;
            _metrics.Learnt.Add(1);
        }
    }

    /// <summary>What a poll is dated with: taken before it is sent.</summary>
    public Poll StartPoll() => new(_clock.GetTimestamp(), _clock.GetUtcNow());

    public void EndPoll(Poll poll) => Volatile.Write(ref _lastPoll, poll);

    /// <summary>Forgets what has passed its time, and counts what is left of what came from the database.</summary>
    public long Sweep(DateTimeOffset at)
    {
        var limit = Encode(at);
        var learnt = 0L;
        foreach (var entry in _entries)
        {
            if (entry.Value <= (limit | LearntBit))
            {
                _entries.TryRemove(entry);
            }
            else if ((entry.Value & LearntBit) != 0)
            {
                learnt++;
            }
        }

        return learnt;
    }

    private bool IsRevoked(Guid sessionId) => _filter.MayContain(sessionId) && _entries.ContainsKey(sessionId);

    private static uint Encode(DateTimeOffset moment) => (uint)Math.Ceiling((moment - Epoch).TotalSeconds) << 1;

    public sealed record Poll(long Timestamp, DateTimeOffset SentAt);
}
