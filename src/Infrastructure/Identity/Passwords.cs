using System.Threading.RateLimiting;
using CleanJwt.Domain.Results;
using Microsoft.AspNetCore.Identity;

namespace CleanJwt.Infrastructure.Identity;

/// <summary>Hashes and verifies passwords on the threads for it. When their queue is full, nothing is done.</summary>
internal sealed class Passwords(IPasswordHasher<AppUser> hasher, HashingThreads threads) : IDisposable
{
    /// <summary>What is answered when the queue is full.</summary>
    public static readonly Error QueueFull = Error.ServiceUnavailable("Too many sign-ins at once. Try again.", TimeSpan.FromSeconds(2));

    // The hasher ignores whom it hashes for; its interface asks all the same.
    private static readonly AppUser Nobody = new();

    private readonly ConcurrencyLimiter _places = new(new() { PermitLimit = threads.Capacity });

    /// <summary>
    /// Takes a place for a password that is to be verified, before anything else is done for it: a flood must cost those that find no place nothing, and the
    /// database least of all.
    /// </summary>
    /// <returns>To be disposed of when it was verified; not acquired when the queue is full.</returns>
    public RateLimitLease Enter() => _places.AttemptAcquire();

    public async Task<Result<string>> HashAsync(string password, CancellationToken cancellationToken) =>
        threads.TryEnqueue(() => hasher.HashPassword(Nobody, password), cancellationToken) is { } hash ? await hash : QueueFull;

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

    public void Dispose() => _places.Dispose();
}
