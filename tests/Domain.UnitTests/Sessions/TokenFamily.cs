using CleanJwt.Domain.Sessions;

namespace CleanJwt.Domain.UnitTests.Sessions;

/// <summary>
/// A second model of the rotation rules, written from the contract instead of the decision table. It has no
/// generations, only tokens in the order of their issue, and the time at which each was spent.
/// </summary>
internal sealed class TokenFamily
{
    private readonly RotationRule _rule;
    private readonly TimeSpan _idleLifetime;
    private readonly List<Token> _issued = [new Token(SessionExample.Start)];
    private DateTimeOffset _lastRotation = SessionExample.Start;

    public TokenFamily(RotationRule rule, TimeSpan idleLifetime) => (_rule, _idleLifetime) = (rule, idleLifetime);

    public bool IsOver { get; private set; }

    public int Issued => _issued.Count;

    public void End() => IsOver = true;

    /// <summary>
    /// Requests that all read before any of them writes. A request that found its token unspent reads again before it
    /// writes.
    /// </summary>
    /// <param name="numbers">The tokens of the requests, counted from 1 in the order of their issue.</param>
    public List<Reply> Present(IReadOnlyList<int> numbers, DateTimeOffset now)
    {
        var looks = numbers.Select(number => (number, saw: Judge(number, now), wasSpent: IsSpent(number))).ToList();
        return [.. looks.Select(look => look.saw == RotationOutcome.Rotate
            ? Act(look.number, Judge(look.number, now), IsSpent(look.number), now)
            : Act(look.number, look.saw, look.wasSpent, now))];
    }

    private bool IsSpent(int number) =>
        number >= 1 && number <= _issued.Count && _issued[number - 1].SpentAt is not null;

    private RotationOutcome Judge(int number, DateTimeOffset now)
    {
        if (IsOver || now >= _lastRotation + _idleLifetime || number < 1 || number > _issued.Count)
        {
            return RotationOutcome.Invalid;
        }

        var token = _issued[number - 1];
        if (token.SpentAt is not { } spentAt)
        {
            return IsWithin(_rule.CurrentIsKept, token.IssuedAt, now) ? RotationOutcome.Repeat : RotationOutcome.Rotate;
        }

        var successorIsCurrent = _issued[number].SpentAt is null;
        return successorIsCurrent && IsWithin(_rule.PreviousIsGood, spentAt, now)
            ? RotationOutcome.Repeat
            : RotationOutcome.Reused;
    }

    private static bool IsWithin(TimeSpan time, DateTimeOffset since, DateTimeOffset now) =>
        time > TimeSpan.Zero && (now <= since || now - since < time);

    private Reply Act(int number, RotationOutcome outcome, bool isSpent, DateTimeOffset now)
    {
        switch (outcome)
        {
            case RotationOutcome.Rotate:
                _issued[number - 1].SpentAt = _lastRotation = now;
                _issued.Add(new Token(now));
                return new Reply(outcome, _issued.Count);
            case RotationOutcome.Repeat:
                // It answers the token that was current when it read: this one, or the successor of a spent one.
                return new Reply(outcome, isSpent ? number + 1 : number);
            case RotationOutcome.Reused:
                End();
                return new Reply(outcome, null);
            default:
                return new Reply(outcome, null);
        }
    }

    private sealed class Token(DateTimeOffset issuedAt)
    {
        public DateTimeOffset IssuedAt => issuedAt;

        public DateTimeOffset? SpentAt { get; set; }
    }
}
