using System.Threading.RateLimiting;
using CleanJwt.Application.Callers;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Passwords;
using CleanJwt.Domain.Results;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Configurations;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Passwords.Throttle;

/// <summary>
/// Counts passwords that were wrong, in the database, so that every node counts the same; <see cref="PasswordAttempts"/> has the rules. Each change reads what
/// is there, decides, and writes in one transaction; when another was faster, it is done again.
/// </summary>
internal sealed class PasswordThrottle(IDatabase database, AttemptKeys keys, PasswordHashingService passwords, ThrottleLimits bounds, TimeProvider time) : IDisposable
{
    // So few that the nodes beside this one find places too. Passwords are hashed by a few threads anyway.
    private const int MostCheckedPerKey = 2;
    private const int MostWaitingPerKey = 1_000;
    private const int MostConflicts = 100;

    /// <summary>How long a try waits while those before it may use up what is left.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    // Only for tries of other nodes. Those of this one wait in memory.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>How long an answer is kept back for a try to be given back first.</summary>
    private static readonly TimeSpan GivingBack = TimeSpan.FromSeconds(1);

    private static readonly Error Busy = Error.ServiceUnavailable("Too many sign-ins to one account at once. Try again.", TimeSpan.FromSeconds(1));

    // By the first of a try's keys, which has the lowest limit. It has a timer, which the first sign-in starts.
    private readonly Lazy<PartitionedRateLimiter<AttemptKey>> _places = new(() => PartitionedRateLimiter.Create<AttemptKey, string>(key =>
        RateLimitPartition.GetConcurrencyLimiter(Convert.ToHexString(key.Value), _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = MostCheckedPerKey,
            QueueLimit = MostWaitingPerKey,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        })));

    private long _rows;
    private long _rowsSinceCounted;

    /// <summary>Reserves a try of a sign-in, which is to be checked next.</summary>
    /// <returns>
    /// A try, whose outcome the caller tells it; <see cref="AccountErrors.TooManyAttempts"/>; or <c>service-unavailable</c> when others were being checked for
    /// too long, or more passwords wait to be hashed than there are places for.
    /// </returns>
    public Task<Result<AttemptReservation>> ReserveAsync(EmailAddress email, ClientNetwork from, CancellationToken cancellationToken) =>
        ReserveAsync(() => [keys.Of(email, from), keys.Of(email)], cancellationToken);

    /// <summary>As the other, for somebody who is signed in to the account.</summary>
    public Task<Result<AttemptReservation>> ReserveAsync(Guid accountId, CancellationToken cancellationToken) =>
        ReserveAsync(() => [keys.Of(accountId)], cancellationToken);

    /// <summary>Counts the rows anew. Nobody else deletes any but the clean-up.</summary>
    public async Task CountRowsAsync(CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _rowsSinceCounted, 0);
        Interlocked.Exchange(ref _rows, await database.ReadAsync((db, abandoned) => db.PasswordAttempts.LongCountAsync(abandoned), cancellationToken));
    }

    public void Dispose()
    {
        if (_places.IsValueCreated)
        {
            _places.Value.Dispose();
        }
    }

    /// <returns>Whether a pause has begun.</returns>
    internal Task<bool> WrongAsync(Guid id, IReadOnlyList<AttemptKey> reserved) => SettleAsync(
        reserved, (tries, key, now) => tries.Wrong(id, key.Limit, now));

    internal Task<bool> RightAsync(Guid id, IReadOnlyList<AttemptKey> reserved) => SettleAsync(
        reserved, (tries, key, now) => key.IsShared ? tries.Unchecked(id) : tries.Right(id, key.Limit, now));

    /// <summary>Where that fails, too, the try will count as wrong after a while.</summary>
    internal async Task GiveBackAsync(Guid id, IReadOnlyList<AttemptKey> reserved)
    {
        try
        {
            await SettleAsync(reserved, (tries, _, _) => tries.Unchecked(id)).WaitAsync(GivingBack);
        }
        catch (Exception exception) when (exception is TimeoutException || DatabaseErrors.IsOutage(exception))
        {
            // The answer is about something else.
        }
    }

    private async Task<Result<AttemptReservation>> ReserveAsync(Func<AttemptKey[]> keysOf, CancellationToken cancellationToken)
    {
        // Before anything is kept about the key: a flood that is turned away must not fill the memory, either.
        if (passwords.Refusal is { } refusal)
        {
            return refusal;
        }

        var wanted = keysOf();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var place = await _places.Value.AcquireAsync(wanted[0], permitCount: 1, patience.Token);
            return place.IsAcquired ? await ReserveAtAsync(place, wanted, patience.Token, cancellationToken) : Busy;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Busy;
        }
    }

    /// <param name="place">Goes to the try, or is free again.</param>
    /// <param name="patience">Only for what others do: whoever is in line for a thread, which moves by itself, is not asked to go.</param>
    private async Task<Result<AttemptReservation>> ReserveAtAsync(
        RateLimitLease place, AttemptKey[] wanted, CancellationToken patience, CancellationToken cancellationToken)
    {
        Result<AttemptReservation>? answer = null;
        RateLimitLease[] places = [place];
        var id = Guid.NewGuid();
        try
        {
            while (true)
            {
                // After waiting for others of the same key: whoever sends many at once for one email must not take the places of all.
                var entered = await passwords.AcquireSlotAsync(cancellationToken);
                places = [place, entered];
                if (!entered.IsAcquired)
                {
                    return PasswordHashingService.QueueFull;
                }

                await CountRowsSometimesAsync(cancellationToken);
                answer = await TryReserveAsync(id, wanted, places);
                if (answer is not null)
                {
                    return answer;
                }

                entered.Dispose(); // nor must those who wait for other nodes keep everybody waiting
                await Task.Delay(PollInterval, patience);
            }
        }
        catch (Exception exception) when (DatabaseErrors.IsOutage(exception))
        {
            _ = GiveBackAsync(id, wanted); // it may have been reserved all the same; nobody waits for this, too
            throw;
        }
        finally
        {
            if (answer is not { IsSuccess: true })
            {
                Array.ForEach(places, taken => taken.Dispose());
            }
        }
    }

    /// <returns>Null when others are being checked.</returns>
    private async Task<Result<AttemptReservation>?> TryReserveAsync(Guid id, AttemptKey[] wanted, RateLimitLease[] places)
    {
        var (pause, reserved, added) = await ChangeAsync(async (db, abandoned) =>
        {
            var now = time.GetUtcNow();
            var found = await FindAsync(db, wanted, abandoned);
            if (Interlocked.Read(ref _rows) >= bounds.MostRows && found.Any(one => one.Row is null))
            {
                found = await FindAsync(db, [.. found.Select(one => one.Row is null ? one.Key.Shared : one.Key)], abandoned);
            }

            var pause = found.Max(one => one.Tries.PauseLeft(one.Key.Limit, now));
            if (pause > TimeSpan.Zero)
            {
                return new Reservation(pause);
            }

            var next = found.Select(one => one.Tries.TryReserve(id, one.Key.Limit, now)).ToList();
            if (next.Contains(null))
            {
                return new Reservation(TimeSpan.Zero);
            }

            foreach (var (one, tries) in found.Zip(next))
            {
                await StoreAsync(db, one, tries!, now, abandoned);
            }

            return new Reservation(TimeSpan.Zero, [.. found.Select(one => one.Key)], found.Count(one => one.Row is null));
        });
        Interlocked.Add(ref _rows, added);
        Interlocked.Add(ref _rowsSinceCounted, added);
        if (pause > TimeSpan.Zero)
        {
            return AccountErrors.TooManyAttempts(pause);
        }

        return reserved is null ? null : Result.Of(new AttemptReservation(this, id, reserved, places));
    }

    private Task<bool> SettleAsync(IReadOnlyList<AttemptKey> reserved, Func<PasswordAttempts, AttemptKey, DateTimeOffset, PasswordAttempts> settle) => ChangeAsync(
        async (db, abandoned) =>
        {
            var now = time.GetUtcNow();
            var paused = false;
            foreach (var one in await FindAsync(db, reserved, abandoned))
            {
                var tries = settle(one.Tries, one.Key, now);
                paused |= tries.PausedAt == now;
                await StoreAsync(db, one, tries, now, abandoned);
            }

            return paused;
        });

    private static async Task<List<Counted>> FindAsync(AppDbContext db, IReadOnlyList<AttemptKey> wanted, CancellationToken cancellationToken)
    {
        var rows = await db.Queries.PasswordAttempts(db, wanted[0].Value, wanted[^1].Value).ToListAsync(cancellationToken);
        return [.. wanted.Select(key => new Counted(key, rows.Find(row => row.Key.AsSpan().SequenceEqual(key.Value))))];
    }

    private static async Task StoreAsync(AppDbContext db, Counted counted, PasswordAttempts tries, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (key, row) = counted;
        var overAt = tries.OverAt(key.Limit);
        if (row is null)
        {
            if (overAt > now)
            {
                await db.ExecuteAsync(
                    $"""
                    INSERT INTO PasswordAttempts ([Key], Tries, OverAt, Stamp)
                    VALUES ({key.Value}, {PasswordAttemptsConverter.Write(tries)}, {overAt.UtcDateTime}, {Guid.NewGuid()})
                    """,
                    cancellationToken);
            }

            return;
        }

        var changed = overAt > now
            ? await db.ExecuteAsync(
                $"""
                UPDATE PasswordAttempts SET Tries = {PasswordAttemptsConverter.Write(tries)}, OverAt = {overAt.UtcDateTime}, Stamp = {Guid.NewGuid()}
                WHERE [Key] = {key.Value} AND Stamp = {row.Stamp}
                """,
                cancellationToken)
            : await db.ExecuteAsync($"DELETE FROM PasswordAttempts WHERE [Key] = {key.Value} AND Stamp = {row.Stamp}", cancellationToken);
        if (changed != 1)
        {
            throw new DbUpdateConcurrencyException("Another has changed the tries meanwhile.");
        }
    }

    /// <summary>Not the request's token: what is being changed has begun, and is short.</summary>
    private async Task<T> ChangeAsync<T>(Func<AppDbContext, CancellationToken, Task<T>> change)
    {
        for (var conflicts = 0; ; conflicts++)
        {
            try
            {
                return await database.WriteAsync(change, CancellationToken.None);
            }
            catch (Exception exception) when (exception is DbUpdateConcurrencyException || DatabaseErrors.IsUniqueViolation(exception))
            {
                if (conflicts == MostConflicts)
                {
                    throw new DatabaseUnavailableException("Too many others change the same tries.", exception);
                }

                await Task.Delay(Random.Shared.Next(1, 20)); // so that those who met do not meet again
            }
        }
    }

    // To count a million rows takes as long as to hash a few passwords, so it is done once for each thousandth part of them.
    private async Task CountRowsSometimesAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Read(ref _rowsSinceCounted) > bounds.MostRows / 1000)
        {
            await CountRowsAsync(cancellationToken);
        }
    }

    private sealed record Counted(AttemptKey Key, PasswordAttemptRow? Row)
    {
        public PasswordAttempts Tries => Row?.Tries ?? PasswordAttempts.None;
    }

    /// <param name="Reserved">The keys it was counted under; null when it was not.</param>
    /// <param name="Added">How many rows it has made.</param>
    private sealed record Reservation(TimeSpan Pause, IReadOnlyList<AttemptKey>? Reserved = null, int Added = 0);
}

/// <summary>A try that may be checked now. One whose outcome nobody tells was not checked, and is given back.</summary>
internal sealed class AttemptReservation(PasswordThrottle throttle, Guid id, IReadOnlyList<AttemptKey> keys, RateLimitLease[] places) : IAsyncDisposable
{
    private bool _isTold;

    /// <returns>Whether there were too many of them now, and no other is checked for a while.</returns>
    public Task<bool> WasWrongAsync()
    {
        _isTold = true; // also where it can't be noted: then it counts as wrong after a while
        return throttle.WrongAsync(id, keys);
    }

    public async Task WasRightAsync()
    {
        _isTold = true;
        try
        {
            await throttle.RightAsync(id, keys);
        }
        catch
        {
            _ = throttle.GiveBackAsync(id, keys); // nobody waits for this, too: the answer is late as it is
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_isTold)
            {
                await throttle.GiveBackAsync(id, keys);
            }
        }
        finally
        {
            Array.ForEach(places, place => place.Dispose());
        }
    }
}
