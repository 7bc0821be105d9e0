using System.Threading.RateLimiting;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Results;
using CleanJwt.Infrastructure.Accounts;
using Microsoft.AspNetCore.Identity;

namespace CleanJwt.Infrastructure.Passwords;

/// <summary>
/// Hashes and verifies passwords on the hashing threads. A caller needs a slot first, and waits for one in a bounded
/// queue.
/// </summary>
/// <remarks>
/// The queue comes before any other work for a password, so a flood of sign-ins costs nothing for the requests that the
/// full queue refuses. The database works only for requests that hold a slot.
/// </remarks>
internal sealed class PasswordHashingService(IPasswordHasher<AppUser> hasher, HashingThreads threads)
    : IHashingQueue, IDisposable
{
    /// <summary>The error to answer while the queue is full.</summary>
    public static readonly Error QueueFull =
        Error.ServiceUnavailable("Too many sign-ins at once. Try again.", TimeSpan.FromSeconds(2));

    // IPasswordHasher asks for a user, and the hasher ignores it.
    private static readonly AppUser UnusedUser = new();

    // Enough that a thread finds its next hash ready while other requests wait for the database.
    private const int SlotsPerThread = 8;

    private readonly ConcurrencyLimiter _slots = new(new()
    {
        PermitLimit = SlotsFor(threads),
        QueueLimit = QueueLimitFor(threads),
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <inheritdoc/>
    public Error? Refusal =>
        _slots.GetStatistics() is { CurrentAvailablePermits: 0 } now
        && now.CurrentQueuedCount >= QueueLimitFor(threads)
            ? QueueFull
            : null;

    /// <summary>Waits in the queue for a slot. The caller does this before any other work for the password.</summary>
    /// <returns>
    /// The slot, which the caller disposes of after that work. Not acquired, and at once, when the queue is full.
    /// </returns>
    public ValueTask<RateLimitLease> AcquireSlotAsync(CancellationToken cancellationToken) =>
        _slots.AcquireAsync(permitCount: 1, cancellationToken);

    /// <summary>Waits for a slot and hashes a password.</summary>
    /// <returns>The hash, or <see cref="QueueFull"/>.</returns>
    public async Task<Result<string>> HashAsync(string password, CancellationToken cancellationToken)
    {
        using var slot = await AcquireSlotAsync(cancellationToken);
        return slot.IsAcquired ? await HashWithSlotAsync(password, cancellationToken) : QueueFull;
    }

    /// <summary>Hashes a password for a caller that already holds a slot. Taking a second one could deadlock.</summary>
    /// <inheritdoc cref="HashAsync"/>
    public async Task<Result<string>> HashWithSlotAsync(string password, CancellationToken cancellationToken) =>
        threads.TryEnqueue(() => hasher.HashPassword(UnusedUser, password), cancellationToken) is { } hash
            ? await hash
            : QueueFull;

    /// <summary>Verifies a password for a caller that already holds a slot.</summary>
    /// <param name="hash">
    /// The account's hash. Null when there is no account: the work is the same, and the result always a failure.
    /// </param>
    /// <returns>The outcome, or <see cref="QueueFull"/>.</returns>
    public async Task<Result<PasswordVerificationResult>> VerifyAsync(
        string? hash, string password, CancellationToken cancellationToken)
    {
        // An unknown address takes as long as a known one. Otherwise the time of the answer would tell which addresses
        // have accounts.
        var expected = hash ?? Argon2PasswordHasher.Decoy;
        var verification = threads.TryEnqueue(
            () => hasher.VerifyHashedPassword(UnusedUser, expected, password), cancellationToken);
        if (verification is null)
        {
            return QueueFull;
        }

        var outcome = await verification;
        return hash is null ? PasswordVerificationResult.Failed : outcome;
    }

    public void Dispose() => _slots.Dispose();

    private static int SlotsFor(HashingThreads threads) => Math.Min(SlotsPerThread * threads.Count, threads.Capacity);

    private static int QueueLimitFor(HashingThreads threads) => threads.Capacity - SlotsFor(threads);
}
