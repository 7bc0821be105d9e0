using CleanJwt.Domain.Sessions;

namespace CleanJwt.Domain.UnitTests.Sessions;

/// <summary>
/// A second model of the rotation rules, written from the contract instead of the decision table. It has no
/// generations, only tokens in the order of their issue, and the time at which each was spent.
/// </summary>
internal sealed class TokenFamily
{
    private readonly TimeSpan _grace;
    private readonly TimeSpan _idleLifetime;
    private readonly List<Token> _issued = [new Token()];
    private DateTimeOffset _lastRotation = SessionExample.Start;

    public TokenFamily(TimeSpan grace, TimeSpan idleLifetime) => (_grace, _idleLifetime) = (grace, idleLifetime);

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
        var looks = numbers.Select(number => (number, saw: Judge(number, now))).ToList();
        return [.. looks.Select(
            look => Act(look.number, look.saw == RotationOutcome.Rotate ? Judge(look.number, now) : look.saw, now))];
    }

    private RotationOutcome Judge(int number, DateTimeOffset now)
    {
        if (IsOver || now >= _lastRotation + _idleLifetime || number < 1 || number > _issued.Count)
        {
            return RotationOutcome.Invalid;
        }

        var token = _issued[number - 1];
        if (token.SpentAt is not { } spentAt)
        {
            return RotationOutcome.Rotate;
        }

        var successorIsCurrent = _issued[number].SpentAt is null;
        var justSpent = _grace > TimeSpan.Zero && (now <= spentAt || now - spentAt < _grace);
        return successorIsCurrent && justSpent ? RotationOutcome.Repeat : RotationOutcome.Reused;
    }

    private Reply Act(int number, RotationOutcome outcome, DateTimeOffset now)
    {
        switch (outcome)
        {
            case RotationOutcome.Rotate:
                _issued[number - 1].SpentAt = _lastRotation = now;
                _issued.Add(new Token());
                return new Reply(outcome, _issued.Count);
            case RotationOutcome.Repeat:
                // It answers the token that was current when it read: the successor of a spent token.
                return new Reply(outcome, number + 1);
            case RotationOutcome.Reused:
                End();
                return new Reply(outcome, null);
            default:
                return new Reply(outcome, null);
        }
    }

    private sealed class Token
    {
        public DateTimeOffset? SpentAt { get; set; }
    }
}
