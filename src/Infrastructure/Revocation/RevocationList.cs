using System.Collections.Concurrent;
using CleanJwt.Application.Ports;

namespace CleanJwt.Infrastructure.Revocation;

/// <summary>
/// This node's list of revoked sessions: those it ended itself, and those the poller has read from the database.
/// </summary>
internal sealed class RevocationList : IRevocationList
{
    /// <summary>
    /// The time for which a revocation is kept: the longest access-token lifetime that can be set, and 5 minutes for
    /// differing clocks.
    /// </summary>
    public static readonly TimeSpan Retention = TimeSpan.FromMinutes(65);

    private static readonly DateTimeOffset Epoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private const uint FromDatabaseBit = 1;

    // The value is the second until which the entry is kept, times two, plus one if the entry came from the database.
    // It takes 4 bytes, and a DateTimeOffset would take 16.
    private readonly ConcurrentDictionary<Guid, uint> _entries = new();

    // Nearly every session is live. The filter answers for most of those without a look into the dictionary.
    private readonly BloomFilter _filter = new();
    private readonly TimeProvider _clock;
    private readonly RevocationOptions _options;
    private readonly RevocationMetrics _metrics;
    private Poll? _lastPoll;

    /// <param name="clock">
    /// The machine's clock, which measures the list's age. The rest of the service may use another clock.
    /// </param>
    public RevocationList(TimeProvider clock, RevocationOptions options, RevocationMetrics metrics)
    {
        (_clock, _options, _metrics) = (clock, options, metrics);
        metrics.Observe(this);
    }

    /// <summary>The number of revoked sessions in the list.</summary>
    public int Count => _entries.Count;

    /// <summary>
    /// The time since the last successful poll was sent. Before the first poll it is the largest possible time.
    /// </summary>
    /// <remarks>
    /// It is the larger one of the times by the monotonic and by the wall clock: the monotonic clock may stop while the
    /// machine is suspended, and the operator may set back the wall clock.
    /// </remarks>
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

    /// <summary>True if the list is older than <see cref="RevocationOptions.MaxStaleness"/>.</summary>
    /// <remarks>
    /// It is computed at every request. A stored flag would be out of date after a pause of the whole process.
    /// </remarks>
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

    /// <summary>Adds a session that this node has ended, before the poller reads its row.</summary>
    public void Add(Guid sessionId)
    {
        _filter.Add(sessionId);
        _entries.TryAdd(sessionId, Encode(_clock.GetUtcNow() + Retention));
    }

    /// <summary>Adds a revocation that was read from the database. A repeated one changes nothing.</summary>
    public void Learn(RevokedSession revoked)
    {
        var entry = Encode(revoked.KeepUntil) | FromDatabaseBit;
        if (!_entries.TryGetValue(revoked.SessionId, out var known) || known != entry)
        {
            _filter.Add(revoked.SessionId);
            _entries[revoked.SessionId] = entry;
            _metrics.Learned.Add(1);
        }
    }

    /// <summary>Takes the time of a poll. The caller does this before it sends the poll.</summary>
    public Poll StartPoll() => new(_clock.GetTimestamp(), _clock.GetUtcNow());

    /// <summary>Dates the list by a poll that has succeeded.</summary>
    public void EndPoll(Poll poll) => Volatile.Write(ref _lastPoll, poll);

    /// <summary>Removes the entries whose last token has expired.</summary>
    /// <returns>The number of remaining entries that came from the database.</returns>
    public long Sweep(DateTimeOffset at)
    {
        var limit = Encode(at);
        var fromDatabase = 0L;
        foreach (var entry in _entries)
        {
            if (entry.Value <= (limit | FromDatabaseBit))
            {
                _entries.TryRemove(entry);
            }
            else if ((entry.Value & FromDatabaseBit) != 0)
            {
                fromDatabase++;
            }
        }

        return fromDatabase;
    }

    private bool IsRevoked(Guid sessionId) => _filter.MayContain(sessionId) && _entries.ContainsKey(sessionId);

    private static uint Encode(DateTimeOffset moment) => (uint)Math.Ceiling((moment - Epoch).TotalSeconds) << 1;

    /// <summary>The time of a poll by both clocks.</summary>
    public sealed record Poll(long Timestamp, DateTimeOffset SentAt);
}
