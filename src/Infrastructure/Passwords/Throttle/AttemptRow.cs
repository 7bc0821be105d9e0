using CleanJwt.Domain.Passwords;
using CleanJwt.Infrastructure.Persistence.Statements;

namespace CleanJwt.Infrastructure.Passwords.Throttle;

/// <summary>A key and its row as it was last read or written.</summary>
/// <param name="Row">Null when there is no row, or when it is not known.</param>
internal sealed record AttemptRow(AttemptKey Key, PasswordAttemptRow? Row)
{
    public PasswordAttempts Attempts => Row?.Attempts ?? PasswordAttempts.None;
}

/// <summary>A change of a row that is to be stored.</summary>
/// <param name="Statement">
/// Changes one row, or none when another request has changed the row since it was read. Null when there is nothing to
/// store.
/// </param>
/// <param name="Next">The row after the change.</param>
/// <param name="BeginsPause">Whether the change begins a pause.</param>
internal sealed record AttemptChange(FormattableString? Statement, AttemptRow Next, bool BeginsPause)
{
    public static AttemptChange Of(AttemptRow counted, PasswordAttempts attempts, DateTimeOffset now)
    {
        var changed = new PasswordAttemptRow
        {
            Key = counted.Key.Value,
            Attempts = attempts,
            ExpiresAt = attempts.ExpiresAt(counted.Key.Limit),
            Stamp = Guid.NewGuid(),
        };
        var stillCounts = changed.ExpiresAt > now;
        return new AttemptChange(
            (counted.Row, stillCounts) switch
            {
                (null, true) => AttemptStatements.Insert(changed),
                (null, false) => null,
                ({ } row, true) => AttemptStatements.Update(changed, seen: row.Stamp),
                ({ } row, false) => AttemptStatements.Delete(changed.Key, seen: row.Stamp),
            },
            counted with { Row = stillCounts ? changed : null },
            BeginsPause: attempts.PausedAt == now); // MarkWrong and Count set this time
    }
}
