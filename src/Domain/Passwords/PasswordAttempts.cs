using CleanJwt.Domain.Sessions;

namespace CleanJwt.Domain.Passwords;

/// <summary>
/// The number of wrong passwords that are answered as wrong within a time window. After that many, no password is
/// checked for <see cref="PasswordAttempts.Pause"/>. For mails and codes, the number that a window allows.
/// </summary>
public sealed record AttemptLimit(int MaxWrong, TimeSpan Window)
{
    /// <summary>
    /// How long a pause lasts at most. The first one lasts <see cref="PasswordAttempts.Pause"/>. Where this is longer,
    /// each pause since the last success lasts twice as long as the one before.
    /// </summary>
    public TimeSpan MaxPause { get; init; } = PasswordAttempts.Pause;

    /// <summary>The number of wrong tries in a row after which nothing is looked at any more. Null for any.</summary>
    public int? MaxInARow { get; init; }

    /// <summary>
    /// Limits the codes of authenticator apps and the recovery codes that are tried for one account (NIST SP 800-63B,
    /// section 5.2.2). Whoever tries them knows the password already.
    /// </summary>
    public static readonly AttemptLimit SecondFactorsPerAccount = new(5, TimeSpan.FromMinutes(15))
    {
        MaxPause = TimeSpan.FromDays(1),
        MaxInARow = 100,
    };

    /// <summary>Limits the sign-ins to one email address from one client network.</summary>
    public static readonly AttemptLimit PerNetwork = new(5, TimeSpan.FromMinutes(15));

    /// <summary>
    /// Limits the sign-ins to one email address from all networks together. The limit is high, so that a stranger
    /// cannot easily lock the owner out.
    /// </summary>
    public static readonly AttemptLimit PerEmail = new(50, TimeSpan.FromHours(1));

    /// <summary>Limits the tries of the code in one mail. The window is the time for which the code is valid.</summary>
    public static readonly AttemptLimit CodesPerFlow = new(5, TimeSpan.FromDays(1));

    /// <summary>Limits the mails that strangers can have sent to one address in an hour.</summary>
    public static readonly AttemptLimit MailsPerHour = new(5, TimeSpan.FromHours(1));

    /// <inheritdoc cref="MailsPerHour"/>
    public static readonly AttemptLimit MailsPerDay = new(10, TimeSpan.FromDays(1));

    /// <summary>Limits the mails of one kind to one address.</summary>
    public static readonly AttemptLimit MailsOfOneKind = new(1, TimeSpan.FromMinutes(1));

    /// <summary>Limits the mails that one client network can ask for, to any addresses.</summary>
    public static readonly AttemptLimit MailsPerNetwork = new(20, TimeSpan.FromHours(1));

    /// <summary>Limits the passwords that signed-in clients present for their own account.</summary>
    public static readonly AttemptLimit PerAccount = new(5, TimeSpan.FromMinutes(15));
}

/// <summary>A password attempt that counts.</summary>
/// <param name="At">The time of its reservation.</param>
/// <param name="IsWrong">False while the password is being checked.</param>
public sealed record PasswordAttempt(Guid Id, DateTimeOffset At, bool IsWrong);

/// <summary>
/// The password attempts that count together towards one limit. An attempt is reserved before its password is checked,
/// so parallel attempts cannot exceed the limit.
/// </summary>
/// <param name="All">The wrong attempts, and those that are being checked. A right attempt is in neither group.</param>
/// <param name="PausedAt">The time at which the limit was last reached.</param>
public sealed record PasswordAttempts(IReadOnlyList<PasswordAttempt> All, DateTimeOffset? PausedAt)
{
    public static readonly PasswordAttempts None = new([], null);

    /// <summary>
    /// How long no password is checked after the limit is reached. A longer pause would help an attacker to lock the
    /// owner out.
    /// </summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The longest time that a check takes. An older attempt was left behind by a node that was killed. It counts as
    /// wrong, because it may have been.
    /// </summary>
    public static readonly TimeSpan MaxCheckDuration = TimeSpan.FromSeconds(30);

    // How long wrong tries in a row are remembered, where they are limited.
    private static readonly TimeSpan MemoryOfARow = TimeSpan.FromDays(365);

    /// <summary>The number of pauses since the last success. Only limits with longer pauses count them.</summary>
    public int PauseCount { get; init; }

    /// <summary>The number of tries since the last success. Only limits of a row count them.</summary>
    public int InARow { get; init; }

    /// <returns>The time until a password may be checked again. Zero when there is no pause.</returns>
    public TimeSpan PauseLeft(AttemptLimit limit, DateTimeOffset now)
    {
        if (InARow >= limit.MaxInARow)
        {
            return limit.MaxPause;
        }

        return AsOf(limit, now).PausedAt + PauseOf(limit) - now is { } left && left > TimeSpan.Zero
            ? left
            : TimeSpan.Zero;
    }

    /// <summary>Reserves an attempt. The caller has made sure that there is no pause.</summary>
    /// <returns>
    /// Null while the attempts that are being checked may use up the limit. The caller then waits for their outcome.
    /// </returns>
    public PasswordAttempts? TryReserve(Guid id, AttemptLimit limit, DateTimeOffset now)
    {
        var current = AsOf(limit, now);
        var wrong = current.All.Count(attempt => attempt.IsWrong);

        // The attempts that led to a pause may still count after it. Then one attempt at a time is checked, and a wrong
        // one begins the next pause.
        var slots = Math.Max(1, limit.MaxWrong - wrong);
        return current.All.Count - wrong < slots
            ? current with { All = [.. current.All, new PasswordAttempt(id, now, IsWrong: false)] }
            : null;
    }

    /// <summary>
    /// Records that an attempt was wrong. A pause begins when that reaches the limit. An id that is no longer known
    /// counts too.
    /// </summary>
    public PasswordAttempts MarkWrong(Guid id, AttemptLimit limit, DateTimeOffset now)
    {
        var current = AsOf(limit, now);
        var reserved = current.All.FirstOrDefault(attempt => attempt.Id == id);
        PasswordAttempt[] all = [.. current.Without(id), new PasswordAttempt(id, reserved?.At ?? now, IsWrong: true)];
        var isPaused = all.Count(attempt => attempt.IsWrong) >= limit.MaxWrong;
        return current with { All = all, PausedAt = isPaused ? now : current.PausedAt };
    }

    /// <summary>
    /// Records that an attempt was right. Earlier wrong attempts no longer count. Attempts that are being checked still
    /// may.
    /// </summary>
    public PasswordAttempts MarkRight(Guid id, AttemptLimit limit, DateTimeOffset now) =>
        new([.. AsOf(limit, now).Without(id).Where(attempt => !attempt.IsWrong)], PausedAt: null);

    /// <summary>
    /// Counts an event that has no outcome, such as a mail, or a try before its outcome is known. Where a row is
    /// limited, a pause begins with the event that reaches the limit. So after a pause, each event begins the next one
    /// until the older events have expired.
    /// </summary>
    /// <param name="now">The caller has made sure that <see cref="WaitLeft"/> is zero.</param>
    public PasswordAttempts Count(Guid id, AttemptLimit limit, DateTimeOffset now)
    {
        var current = AsOf(limit, now);
        var counted = current with { All = [.. current.All, new PasswordAttempt(id, now, IsWrong: true)] };
        if (limit.MaxInARow is null)
        {
            return counted;
        }

        counted = counted with { InARow = InARow + 1 };
        return counted.All.Count < limit.MaxWrong
            ? counted
            : counted with { PausedAt = now, PauseCount = PauseCount + 1 };
    }

    /// <returns>The time until one more event may be counted. Zero when it may be now.</returns>
    public TimeSpan WaitLeft(AttemptLimit limit, DateTimeOffset now)
    {
        if (limit.MaxInARow is not null)
        {
            return PauseLeft(limit, now);
        }

        var counted = AsOf(limit, now).All;
        return counted.Count < limit.MaxWrong
            ? TimeSpan.Zero
            : counted.Min(attempt => attempt.At) + limit.Window - now;
    }

    /// <summary>Takes back the reservation of an attempt whose password was not checked.</summary>
    public PasswordAttempts Release(Guid id) => this with { All = [.. Without(id)] };

    /// <returns>The time from which none of these attempts matters.</returns>
    public DateTimeOffset ExpiresAt(AttemptLimit limit) => All
        .Select(attempt => attempt.At + limit.Window + (attempt.IsWrong ? TimeSpan.Zero : MaxCheckDuration))
        .Append(PausedAt + PauseOf(limit) ?? DateTimeOffset.MinValue)
        .Max() + (limit.MaxInARow is null ? TimeSpan.Zero : MemoryOfARow);

    private TimeSpan PauseOf(AttemptLimit limit)
    {
        var doubled = Pause * Math.Pow(2, Math.Clamp(PauseCount - 1, 0, 20));
        return doubled < limit.MaxPause ? doubled : limit.MaxPause;
    }

    // Another node's clock may be ahead.
    private static TimeSpan Age(DateTimeOffset at, DateTimeOffset now) => now > at ? now - at : TimeSpan.Zero;

    private IEnumerable<PasswordAttempt> Without(Guid id) => All.Where(attempt => attempt.Id != id);

    /// <summary>
    /// Drops the attempts that no longer count, and turns those that a killed node left behind into wrong ones. Where
    /// the clock was set back, a pause is over, and attempts count from now on.
    /// </summary>
    private PasswordAttempts AsOf(AttemptLimit limit, DateTimeOffset now)
    {
        var all = All
            .Select(attempt => ClockSkew.IsFuture(attempt.At, now) ? attempt with { At = now } : attempt)
            .ToList();
        var abandoned = all.Where(attempt => !attempt.IsWrong && Age(attempt.At, now) >= MaxCheckDuration).ToList();
        var wrong = all.Where(attempt => attempt.IsWrong)
            .Concat(abandoned.Select(attempt => attempt with { IsWrong = true }))
            .Where(attempt => Age(attempt.At, now) < limit.Window)
            .OrderByDescending(attempt => attempt.At)
            .Take(limit.MaxWrong)
            .ToList();
        var pausedAt = PausedAt is { } at && ClockSkew.IsFuture(at, now) ? null : PausedAt;
        if (abandoned.Count > 0 && wrong.Count == limit.MaxWrong)
        {
            pausedAt = Later(pausedAt, abandoned.Max(attempt => attempt.At) + MaxCheckDuration);
        }

        return this with
        {
            All = [.. wrong, .. all.Where(attempt => !attempt.IsWrong).Except(abandoned)],
            PausedAt = pausedAt,
        };
    }

    private static DateTimeOffset Later(DateTimeOffset? one, DateTimeOffset other) => one > other ? one.Value : other;
}
