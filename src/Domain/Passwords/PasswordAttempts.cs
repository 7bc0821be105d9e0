namespace CleanJwt.Domain.Passwords;

/// <summary>How many wrong passwords are told to be wrong. When there are as many, none is checked for a while (<see cref="PasswordAttempts.Pause"/>).</summary>
public sealed record AttemptLimit(int Most, TimeSpan Within)
{
    /// <summary>Of sign-ins to one address from one network.</summary>
    public static readonly AttemptLimit OfNetwork = new(5, TimeSpan.FromMinutes(15));

    /// <summary>Of sign-ins to one address from anywhere. So many that a stranger can't easily keep its owner out.</summary>
    public static readonly AttemptLimit OfEmail = new(50, TimeSpan.FromHours(1));

    /// <summary>Of proofs by somebody who is signed in to the account.</summary>
    public static readonly AttemptLimit OfAccount = new(5, TimeSpan.FromMinutes(15));
}

/// <param name="At">When it was reserved.</param>
/// <param name="IsWrong">False while it is being checked.</param>
public sealed record PasswordAttempt(Guid Id, DateTimeOffset At, bool IsWrong);

/// <summary>
/// The passwords tried for one thing that are counted together. A try is reserved before it is checked, so that of many at once no more than the limit
/// can be wrong.
/// </summary>
/// <param name="All">Those found wrong, and those being checked. A right one is in neither.</param>
/// <param name="PausedAt">When the limit was last reached.</param>
public sealed record PasswordAttempts(IReadOnlyList<PasswordAttempt> All, DateTimeOffset? PausedAt)
{
    public static readonly PasswordAttempts None = new([], null);

    /// <summary>How long none is checked once the limit is reached. Longer would help whoever means to keep the owner out.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    /// <summary>No check takes longer. What is older was left behind by a node that was killed, and counts as wrong: it may have been.</summary>
    public static readonly TimeSpan LongestCheck = TimeSpan.FromSeconds(30);

    /// <returns>How long none is checked from now on; zero when one may be.</returns>
    public TimeSpan PauseLeft(AttemptLimit limit, DateTimeOffset now) =>
        AsOf(limit, now).PausedAt is { } pausedAt && Age(pausedAt, now) is var age && age < Pause ? Pause - age : TimeSpan.Zero;

    /// <summary>Reserves a try. The caller has made sure that there is no pause.</summary>
    /// <returns>Null while those being checked may use up what is left: who comes now must wait for what becomes of them.</returns>
    public PasswordAttempts? TryReserve(Guid id, AttemptLimit limit, DateTimeOffset now)
    {
        var current = AsOf(limit, now);
        var wrong = current.All.Count(one => one.IsWrong);

        // After a pause, what led to it may still count. Then one try at a time is checked, and when that is wrong the next pause begins.
        var places = Math.Max(1, limit.Most - wrong);
        return current.All.Count - wrong < places ? current with { All = [.. current.All, new PasswordAttempt(id, now, IsWrong: false)] } : null;
    }

    /// <summary>A try was wrong, and a pause begins if it was one too many. Also for one that is not known any more.</summary>
    public PasswordAttempts Wrong(Guid id, AttemptLimit limit, DateTimeOffset now)
    {
        var current = AsOf(limit, now);
        var reserved = current.All.FirstOrDefault(one => one.Id == id);
        PasswordAttempt[] all = [.. current.Without(id), new PasswordAttempt(id, reserved?.At ?? now, IsWrong: true)];
        return new PasswordAttempts(all, all.Count(one => one.IsWrong) >= limit.Most ? now : current.PausedAt);
    }

    /// <summary>A try was right: the wrong ones before it don't count any more. Others being checked still may.</summary>
    public PasswordAttempts Right(Guid id, AttemptLimit limit, DateTimeOffset now) =>
        new([.. AsOf(limit, now).Without(id).Where(one => !one.IsWrong)], PausedAt: null);

    /// <summary>A try was not checked after all: as if it had not been.</summary>
    public PasswordAttempts Unchecked(Guid id) => this with { All = [.. Without(id)] };

    /// <returns>When none of this matters any more.</returns>
    public DateTimeOffset OverAt(AttemptLimit limit) => All
        .Select(one => one.At + limit.Within + (one.IsWrong ? TimeSpan.Zero : LongestCheck))
        .Append(PausedAt + Pause ?? DateTimeOffset.MinValue)
        .Max();

    // Another node's clock may be ahead.
    private static TimeSpan Age(DateTimeOffset at, DateTimeOffset now) => now > at ? now - at : TimeSpan.Zero;

    private IEnumerable<PasswordAttempt> Without(Guid id) => All.Where(one => one.Id != id);

    /// <summary>What is left of it as time goes by.</summary>
    private PasswordAttempts AsOf(AttemptLimit limit, DateTimeOffset now)
    {
        var left = All.Where(one => !one.IsWrong && Age(one.At, now) >= LongestCheck).ToList();
        var wrong = All.Where(one => one.IsWrong).Concat(left.Select(one => one with { IsWrong = true }))
            .Where(one => Age(one.At, now) < limit.Within)
            .OrderByDescending(one => one.At)
            .Take(limit.Most)
            .ToList();
        var pausedAt = left.Count > 0 && wrong.Count == limit.Most ? Later(PausedAt, left.Max(one => one.At) + LongestCheck) : PausedAt;
        return new PasswordAttempts([.. wrong, .. All.Where(one => !one.IsWrong).Except(left)], pausedAt);
    }

    private static DateTimeOffset Later(DateTimeOffset? one, DateTimeOffset other) => one > other ? one.Value : other;
}
