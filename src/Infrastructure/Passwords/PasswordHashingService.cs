using System.Threading.RateLimiting;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Results;
using CleanJwt.Infrastructure.Accounts;
using Microsoft.AspNetCore.Identity;

namespace CleanJwt.Infrastructure.Passwords;

/// <summary>Hashes and verifies passwords on the threads for it. When their queue is full, nothing is done.</summary>
internal sealed class PasswordHashingService(IPasswordHasher<AppUser> hasher, HashingThreads threads) : IHashingQueue, IDisposable
{
    /// <summary>What is answered when the queue is full.</summary>
    public static readonly Error QueueFull = Error.ServiceUnavailable("Too many sign-ins at once. Try again.", TimeSpan.FromSeconds(2));

    // The hasher ignores whom it hashes for; its interface asks all the same.
    private static readonly AppUser Nobody = new();

    // Enough for the threads to find the next ones ready, while the database is asked about others.
    private const int BegunPerThread = 8;

    private readonly ConcurrencyLimiter _line = new(new()
    {
        PermitLimit = BegunBy(threads),
        QueueLimit = WaitingFor(threads),
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <inheritdoc/>
    public Error? Refusal =>
        _line.GetStatistics() is { CurrentAvailablePermits: 0 } line && line.CurrentQueuedCount >= WaitingFor(threads) ? QueueFull : null;

    /// <summary>
    /// Waits in line for a password that is to be hashed or verified, before anything else is done for it: a flood must cost those that find no place nothing,
    /// and the database least of all, which answers about those who wait when it is their turn, not about all of them at once.
    /// </summary>
    /// <returns>To be disposed of when that is done; at once, and not acquired, when the line is full.</returns>
    public ValueTask<RateLimitLease> EnterAsync(CancellationToken cancellationToken) => _line.AcquireAsync(permitCount: 1, cancellationToken);

    public async Task<Result<string>> HashAsync(string password, CancellationToken cancellationToken)
    {
        using var place = await EnterAsync(cancellationToken);
        return place.IsAcquired ? await HashInPlaceAsync(password, cancellationToken) : QueueFull;
    }

    /// <summary>As <see cref="HashAsync"/>, for whoever has a place already: waiting for a second one could be waiting for others who do the same.</summary>
    public async Task<Result<string>> HashInPlaceAsync(string password, CancellationToken cancellationToken) =>
        threads.TryEnqueue(() => hasher.HashPassword(Nobody, password), cancellationToken) is { } hash ? await hash : QueueFull;

    /// <summary>For whoever has a place.</summary>
    /// <param name="hash">Null for nobody's: the same work, and always a failure.</param>
    public async Task<Result<PasswordVerificationResult>> VerifyAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        // Hash even though nobody is there: answering early would let a stopwatch tell known addresses from unknown ones.
        var expected = hash ?? Argon2PasswordHasher.Decoy;
        if (threads.TryEnqueue(() => hasher.VerifyHashedPassword(Nobody, expected, password), cancellationToken) is not { } verification)
        {
            return QueueFull;
        }

        var outcome = await verification;
        return hash is null ? PasswordVerificationResult.Failed : outcome;
    }

    public void Dispose() => _line.Dispose();

    private static int BegunBy(HashingThreads threads) => Math.Min(BegunPerThread * threads.Count, threads.Capacity);

    private static int WaitingFor(HashingThreads threads) => threads.Capacity - BegunBy(threads);
}
