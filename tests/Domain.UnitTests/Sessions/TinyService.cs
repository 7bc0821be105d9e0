using CleanJwt.Domain.Sessions;

namespace CleanJwt.Domain.UnitTests.Sessions;

/// <summary>The answer to a refresh: the outcome, and the generation of the tokens if there are any.</summary>
internal readonly record struct Reply(RotationOutcome Outcome, int? Generation);

/// <summary>
/// A service with one session. Its store has the conditional updates of a database, and its requests read, decide and
/// write like those of the real service.
/// </summary>
internal sealed class TinyService(RotationRule rule, TimeSpan idleLifetime)
{
    private const int MaxReads = 2;

    private Session _stored = SessionExample.New with { ExpiresAt = SessionExample.Start + idleLifetime };

    /// <summary>The number of writes that found that another request had been faster.</summary>
    public int LostRaces { get; private set; }

    public bool IsOver => _stored.EndedAt is not null;

    public int Generation => _stored.Generation;

    public DateTimeOffset RotatedAt => _stored.RotatedAt ?? _stored.CreatedAt;

    public RotationOutcome Peek(int presented, DateTimeOffset now) => Rotation.Decide(_stored, presented, now, rule);

    public bool IsLive(DateTimeOffset now) => _stored.IsLive(now);

    /// <summary>All requests read before the first one writes; then they write in their order.</summary>
    public List<Reply> Refresh(IReadOnlyList<int> presented, DateTimeOffset now)
    {
        var requests = presented.Select(generation => (generation, seen: _stored)).ToList();
        return [.. requests.Select(request => Carry(request.generation, request.seen, now))];
    }

    public void End(DateTimeOffset now) => _stored = IsOver ? _stored : _stored with { EndedAt = now };

    private Reply Carry(int presented, Session seen, DateTimeOffset now)
    {
        for (var look = 1; look <= MaxReads; look++)
        {
            switch (Rotation.Decide(seen, presented, now, rule))
            {
                case RotationOutcome.Rotate when TryStore(
                    seen.Rotate(Guid.NewGuid(), now, now + idleLifetime, seen.Scope)):
                    return new Reply(RotationOutcome.Rotate, _stored.Generation);
                case RotationOutcome.Rotate:
                    LostRaces++;
                    seen = _stored;
                    break;
                case RotationOutcome.Repeat:
                    return new Reply(RotationOutcome.Repeat, seen.Generation);
                case RotationOutcome.Reused:
                    End(now);
                    return new Reply(RotationOutcome.Reused, null);
                default:
                    return new Reply(RotationOutcome.Invalid, null);
            }
        }

        throw new InvalidOperationException("A request that lost its race decided to rotate again on a fresh look.");
    }

    private bool TryStore(Session rotated)
    {
        if (IsOver || _stored.Generation != rotated.Generation - 1)
        {
            return false;
        }

        _stored = rotated;
        return true;
    }
}
