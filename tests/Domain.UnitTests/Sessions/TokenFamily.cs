using CleanJwt.Domain.Sessions;

namespace CleanJwt.Domain.UnitTests.Sessions;

/// <summary>
/// The rotation rules once more, from the contract's sentences instead of the design's table: no generations, but tokens that were issued
/// one after the other, each of which is spent at some time or is not.
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

    /// <summary>Requests that all look before any of them acts. Only one that finds its token unspent acts on what may have changed since.</summary>
    /// <param name="numbers">Which tokens, counted from 1 in the order of their issue.</param>
    public List<Reply> Present(IReadOnlyList<int> numbers, DateTimeOffset now)
    {
        var looks = numbers.Select(number => (number, saw: Judge(number, now))).ToList();
        return [.. looks.Select(look => Act(look.number, look.saw == RotationOutcome.Rotate ? Judge(look.number, now) : look.saw, now))];
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
                // Its answer is what was current when it looked, which for a spent token is the one after it.
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
