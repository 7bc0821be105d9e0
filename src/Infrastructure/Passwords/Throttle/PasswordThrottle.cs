using System.Threading.RateLimiting;
using CleanJwt.Application.Callers;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Passwords;
using CleanJwt.Domain.Results;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Passwords.Throttle;

/// <summary>
/// Limits how many wrong passwords are checked, and how many mails are sent. An attempt is reserved in the database
/// before its password is checked. Afterwards it is settled as wrong or right, or released if the password was not
/// checked. All nodes count in the same rows. <see cref="PasswordAttempts"/> holds the rules.
/// </summary>
/// <remarks>
/// Each change reads the rows, decides and writes in one transaction. If another node changed a row meanwhile, the
/// change starts again.
/// </remarks>
internal sealed class PasswordThrottle(
    IDatabase database,
    AttemptKeys keys,
    PasswordHashingService hashing,
    ThrottleLimits limits,
    TimeProvider time) : IDisposable
{
    // The number is small, so that attempts on other nodes get their turn. A few threads hash all passwords anyway.
    private const int MaxCheckedAtOncePerKey = 2;
    private const int MaxWaitingPerKey = 1_000;
    private const int MaxConflicts = 100;

    /// <summary>How long an attempt waits while earlier attempts may use up the limit.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(3);

    // Polling waits only for attempts of other nodes, because attempts of this node wait in memory.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>How long an answer waits for the release of an unchecked attempt.</summary>
    private static readonly TimeSpan MaxReleaseTime = TimeSpan.FromSeconds(1);

    private static readonly Error Busy =
        Error.ServiceUnavailable("Too many sign-ins to one account at once. Try again.", TimeSpan.FromSeconds(1));

    // The limiter counts by the first key of an attempt, which has the lowest limit. It is lazy, because it starts a
    // timer.
    private readonly Lazy<PartitionedRateLimiter<AttemptKey>> _keySlots = new(CreateKeySlots);

    private long _rowCount;
    private long _rowsSinceCount;

    /// <summary>Reserves an attempt to sign in, whose password the caller checks next.</summary>
    /// <returns>
    /// The reservation, which the caller settles; <see cref="AccountErrors.TooManyAttempts"/> during a pause; or
    /// <c>service-unavailable</c> when other attempts took too long or the hashing queue is full.
    /// </returns>
    public Task<Result<AttemptReservation>> ReserveAsync(
        EmailAddress email, ClientNetwork from, CancellationToken cancellationToken) =>
        ReserveAsync(() => [keys.Of(email, from), keys.Of(email)], cancellationToken);

    /// <summary>Reserves an attempt by a session that is signed in to the account.</summary>
    /// <inheritdoc cref="ReserveAsync(EmailAddress, ClientNetwork, CancellationToken)"/>
    public Task<Result<AttemptReservation>> ReserveAsync(Guid accountId, CancellationToken cancellationToken) =>
        ReserveAsync(() => [keys.Of(accountId)], cancellationToken);

    /// <summary>
    /// Counts an event under each key, such as a mail, unless one of the keys has reached its limit.
    /// </summary>
    /// <param name="share">
    /// Whether keys share rows once half of the table is in use. Strangers can ask for mails without the cost of a
    /// hash, and must not fill the table for passwords.
    /// </param>
    /// <param name="also">Runs in the same transaction when the event was counted.</param>
    /// <param name="onPause">Called when the event begins a pause.</param>
    /// <returns>Zero when the event was counted. Otherwise the time until the next one may be.</returns>
    public async Task<TimeSpan> CountAsync(
        IReadOnlyList<AttemptKey> wanted,
        bool share,
        Func<DatabaseConnection, CancellationToken, Task> also,
        CancellationToken cancellationToken,
        Action? onPause = null)
    {
        await CountRowsSometimesAsync(cancellationToken);
        var (id, beginsPause) = (Guid.NewGuid(), false);
        var (wait, inserted) = await ChangeAsync(async (db, abandoned) =>
        {
            var now = time.GetUtcNow();
            var counted = await FindOrShareAsync(db, wanted, share ? limits.MaxRows / 2 : long.MaxValue, abandoned);
            var left = counted.Max(one => one.Attempts.WaitLeft(one.Key.Limit, now));
            if (left > TimeSpan.Zero)
            {
                return (left, 0);
            }

            var changes = counted.ConvertAll(
                one => AttemptChange.Of(one, one.Attempts.Count(id, one.Key.Limit, now), now));
            await StoreAsync(db, changes, abandoned);
            await also(db, abandoned);
            beginsPause = changes.Exists(change => change.BeginsPause);
            return (TimeSpan.Zero, counted.Count(one => one.Row is null));
        });
        if (beginsPause)
        {
            onPause?.Invoke();
        }

        Interlocked.Add(ref _rowCount, inserted);
        Interlocked.Add(ref _rowsSinceCount, inserted);
        return wait;
    }

    /// <summary>
    /// Counts the rows of the table again. Until the next count, this node adds only the rows that it inserts itself.
    /// </summary>
    public async Task CountRowsAsync(CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _rowsSinceCount, 0);
        var rows = await database.ReadAsync(
            (db, abandoned) => db.Context.PasswordAttempts.LongCountAsync(abandoned), cancellationToken);
        Interlocked.Exchange(ref _rowCount, rows);
    }

    public void Dispose()
    {
        if (_keySlots.IsValueCreated)
        {
            _keySlots.Value.Dispose();
        }
    }

    /// <returns>Whether this attempt began a pause.</returns>
    internal Task<bool> SettleWrongAsync(Guid id, IReadOnlyList<AttemptRow> reserved) =>
        SettleAsync(reserved, (attempts, key, now) => attempts.MarkWrong(id, key.Limit, now));

    internal Task SettleRightAsync(Guid id, IReadOnlyList<AttemptRow> reserved) =>
        SettleAsync(
            reserved, // under a shared key, a right password must not clear the wrong ones of other accounts
            (attempts, key, now) => key.IsShared ? attempts.Release(id) : attempts.MarkRight(id, key.Limit, now));

    /// <summary>
    /// Releases an attempt that was not checked. If that fails, the attempt counts as wrong after a while.
    /// </summary>
    internal async Task ReleaseAsync(Guid id, IReadOnlyList<AttemptRow> reserved)
    {
        try
        {
            await SettleAsync(reserved, (attempts, _, _) => attempts.Release(id)).WaitAsync(MaxReleaseTime);
        }
        catch (Exception exception) when (exception is TimeoutException || DatabaseErrors.IsOutage(exception))
        {
            // The caller already has an answer, and this failure must not replace it.
        }
    }

    private async Task<Result<AttemptReservation>> ReserveAsync(
        Func<AttemptKey[]> keysOf, CancellationToken cancellationToken)
    {
        // This check comes before any state is kept for the key: attempts that are refused must not fill the memory.
        if (hashing.Refusal is { } refusal)
        {
            return refusal;
        }

        var wanted = keysOf();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(MaxWait);
        try
        {
            var keySlot = await _keySlots.Value.AcquireAsync(wanted[0], permitCount: 1, deadline.Token);
            return keySlot.IsAcquired ? await ReserveInSlotAsync(
                keySlot, wanted, deadline.Token, cancellationToken) : Busy;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Busy;
        }
    }

    /// <param name="keySlot">The reservation takes it over. Without a reservation, this method releases it.</param>
    /// <param name="deadline">
    /// Limits the wait for other attempts. The wait in the hashing queue needs no limit: that queue always moves.
    /// </param>
    private async Task<Result<AttemptReservation>> ReserveInSlotAsync(
        RateLimitLease keySlot, AttemptKey[] wanted, CancellationToken deadline, CancellationToken cancellationToken)
    {
        Result<AttemptReservation>? answer = null;
        RateLimitLease[] slots = [keySlot];
        var id = Guid.NewGuid();
        try
        {
            while (true)
            {
                // The attempt takes the hashing slot after the key's slot: many attempts at one address must not fill
                // the queue for all others.
                var hashingSlot = await hashing.AcquireSlotAsync(cancellationToken);
                slots = [keySlot, hashingSlot];
                if (!hashingSlot.IsAcquired)
                {
                    return PasswordHashingService.QueueFull;
                }

                await CountRowsSometimesAsync(cancellationToken);
                answer = await TryReserveAsync(id, wanted, slots);
                if (answer is not null)
                {
                    return answer;
                }

                hashingSlot.Dispose(); // attempts that wait for other nodes must not block the queue
                await Task.Delay(PollInterval, deadline);
            }
        }
        catch (Exception exception) when (DatabaseErrors.IsOutage(exception))
        {
            // The attempt may have been stored. The answer does not wait for the release.
            _ = ReleaseAsync(id, [.. wanted.Select(key => new AttemptRow(key, Row: null))]);
            throw;
        }
        finally
        {
            if (answer is not { IsSuccess: true })
            {
                Array.ForEach(slots, slot => slot.Dispose());
            }
        }
    }

    private static PartitionedRateLimiter<AttemptKey> CreateKeySlots() =>
        PartitionedRateLimiter.Create<AttemptKey, string>(key =>
            RateLimitPartition.GetConcurrencyLimiter(Convert.ToHexString(key.Value), _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = MaxCheckedAtOncePerKey,
                QueueLimit = MaxWaitingPerKey,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            }));

    /// <returns>Null while attempts that are being checked may use up the limit.</returns>
    private async Task<Result<AttemptReservation>?> TryReserveAsync(
        Guid id, AttemptKey[] wanted, RateLimitLease[] slots)
    {
        var outcome = await ChangeAsync(async (db, abandoned) =>
        {
            var now = time.GetUtcNow();
            var counted = await FindOrShareAsync(db, wanted, limits.MaxRows, abandoned);
            var pause = counted.Max(one => one.Attempts.PauseLeft(one.Key.Limit, now));
            if (pause > TimeSpan.Zero)
            {
                return new Outcome(pause);
            }

            var next = counted.Select(one => one.Attempts.TryReserve(id, one.Key.Limit, now)).ToList();
            if (next.Contains(null))
            {
                return new Outcome(TimeSpan.Zero); // not reserved: the attempt waits and tries again
            }

            var changes = counted.Zip(next, (one, attempts) => AttemptChange.Of(one, attempts!, now)).ToList();
            await StoreAsync(db, changes, abandoned);
            return new Outcome(
                TimeSpan.Zero, [.. changes.Select(change => change.Next)], counted.Count(one => one.Row is null));
        });
        Interlocked.Add(ref _rowCount, outcome.InsertedRows);
        Interlocked.Add(ref _rowsSinceCount, outcome.InsertedRows);
        if (outcome.Pause > TimeSpan.Zero)
        {
            return AccountErrors.TooManyAttempts(outcome.Pause);
        }

        return outcome.Reserved is { } reserved ? Result.Of(new AttemptReservation(this, id, reserved, slots)) : null;
    }

    /// <remarks>
    /// The rows are usually as the reservation left them. Then one statement for each is enough, without a read and
    /// without a transaction. Those that another request has changed are read again.
    /// </remarks>
    private async Task<bool> SettleAsync(
        IReadOnlyList<AttemptRow> reserved,
        Func<PasswordAttempts, AttemptKey, DateTimeOffset, PasswordAttempts> settle)
    {
        if (reserved.Any(one => one.Row is null))
        {
            return await SettleUnknownAsync([.. reserved.Select(one => one.Key)], settle);
        }

        var changes = ChangesOf(reserved, settle, time.GetUtcNow());
        var changed = await database.WriteOneAsync(
            (db, abandoned) => db.ExecuteAllAsync([.. changes.Select(change => change.Statement!)], abandoned),
            CancellationToken.None);
        var stored = changes.Where((_, position) => changed[position] == 1).ToList();
        var lost = changes.Except(stored).Select(change => change.Next.Key).ToList();
        return (lost.Count > 0 && await SettleUnknownAsync(lost, settle)) | stored.Any(change => change.BeginsPause);
    }

    private Task<bool> SettleUnknownAsync(
        IReadOnlyList<AttemptKey> reserved,
        Func<PasswordAttempts, AttemptKey, DateTimeOffset, PasswordAttempts> settle) => ChangeAsync(
        async (db, abandoned) =>
        {
            var changes = ChangesOf(await FindAsync(db, reserved, abandoned), settle, time.GetUtcNow());
            await StoreAsync(db, changes, abandoned);
            return changes.Any(change => change.BeginsPause);
        });

    private static List<AttemptChange> ChangesOf(
        IEnumerable<AttemptRow> rows,
        Func<PasswordAttempts, AttemptKey, DateTimeOffset, PasswordAttempts> settle,
        DateTimeOffset now) =>
        [.. rows.Select(one => AttemptChange.Of(one, settle(one.Attempts, one.Key, now), now))];

    /// <summary>Finds the rows of keys. Where the table has too many rows, keys without a row share one.</summary>
    private async Task<List<AttemptRow>> FindOrShareAsync(
        DatabaseConnection db, IReadOnlyList<AttemptKey> wanted, long maxRows, CancellationToken cancellationToken)
    {
        var found = await FindAsync(db, wanted, cancellationToken);
        return Interlocked.Read(ref _rowCount) >= maxRows && found.Any(one => one.Row is null)
            ? await FindAsync(
                db, [.. found.Select(one => one.Row is null ? one.Key.Shared : one.Key)], cancellationToken)
            : found;
    }

    private static async Task<List<AttemptRow>> FindAsync(
        DatabaseConnection db, IReadOnlyList<AttemptKey> wanted, CancellationToken cancellationToken)
    {
        var found = new List<AttemptRow>(wanted.Count);
        for (var i = 0; i < wanted.Count; i += 2)
        {
            // The statement finds two keys. If one is left, it is the first and the second.
            var (one, other) = (wanted[i], wanted[Math.Min(i + 1, wanted.Count - 1)]);
            var rows = await db.ListAttemptsAsync(one.Value, other.Value, cancellationToken);
            found.AddRange(
                from key in wanted.Skip(i).Take(2)
                select new AttemptRow(key, rows.Find(row => row.Key.AsSpan().SequenceEqual(key.Value))));
        }

        return found;
    }

    /// <exception cref="DbUpdateConcurrencyException">Another request has changed a row.</exception>
    private static async Task StoreAsync(
        DatabaseConnection db, IReadOnlyList<AttemptChange> changes, CancellationToken cancellationToken)
    {
        var changed = await db.ExecuteAllAsync(
            [.. changes.Select(change => change.Statement).OfType<FormattableString>()], cancellationToken);
        if (changed.Any(rows => rows != 1))
        {
            throw new DbUpdateConcurrencyException("Another request has changed the attempts.");
        }
    }

    /// <summary>
    /// Runs a change, and runs it again after a conflict. Callers cannot cancel it: the change is short, and a
    /// cancelled one would be lost.
    /// </summary>
    private async Task<T> ChangeAsync<T>(Func<DatabaseConnection, CancellationToken, Task<T>> change)
    {
        for (var conflicts = 0; ; conflicts++)
        {
            try
            {
                return await database.WriteAsync(change, CancellationToken.None);
            }
            catch (Exception exception) when (
                exception is DbUpdateConcurrencyException || DatabaseErrors.IsUniqueViolation(exception))
            {
                if (conflicts == MaxConflicts)
                {
                    throw new DatabaseUnavailableException("Too many requests change the same attempts.", exception);
                }

                await Task.Delay(Random.Shared.Next(1, 20)); // a random delay keeps two requests from meeting again
            }
        }
    }

    // Counting a million rows takes as long as hashing a few passwords. So this node counts again only after it has
    // inserted a thousandth of the limit.
    private async Task CountRowsSometimesAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Read(ref _rowsSinceCount) > limits.MaxRows / 1000)
        {
            await CountRowsAsync(cancellationToken);
        }
    }

    /// <param name="Pause">The time until a password may be checked again. Zero when there is no pause.</param>
    /// <param name="Reserved">The rows in which the attempt was counted. Null when it was not reserved.</param>
    /// <param name="InsertedRows">The number of rows that the reservation inserted.</param>
    private sealed record Outcome(TimeSpan Pause, IReadOnlyList<AttemptRow>? Reserved = null, int InsertedRows = 0);
}

/// <summary>
/// A reserved attempt: its password may be checked now. Disposing of a reservation that was not settled releases the
/// attempt.
/// </summary>
internal sealed class AttemptReservation(
    PasswordThrottle throttle, Guid id, IReadOnlyList<AttemptRow> rows, RateLimitLease[] slots) : IAsyncDisposable
{
    private bool _isSettled;

    /// <returns>Whether this attempt began a pause.</returns>
    public Task<bool> SettleWrongAsync()
    {
        _isSettled = true; // set first: if storing fails, the attempt must not be released, and counts as wrong later
        return throttle.SettleWrongAsync(id, rows);
    }

    public async Task SettleRightAsync()
    {
        _isSettled = true;
        try
        {
            await throttle.SettleRightAsync(id, rows);
        }
        catch
        {
            _ = throttle.ReleaseAsync(id, rows); // the answer is late already and does not wait for the release
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_isSettled)
            {
                await throttle.ReleaseAsync(id, rows);
            }
        }
        finally
        {
            Array.ForEach(slots, slot => slot.Dispose());
        }
    }
}
