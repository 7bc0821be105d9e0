using CleanJwt.Application.Abstractions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Identity;

internal sealed class IdentityUserRepository(
    IDatabase database, IPasswordHasher<AppUser> hasher, HashingThreads hashing, TimeProvider time) : IUserRepository
{
    private static readonly Error HashingQueueFull = Error.ServiceUnavailable("Too many sign-ins at once. Try again.", TimeSpan.FromSeconds(2));

    // The hasher ignores whom it hashes for; its interface asks all the same.
    private static readonly AppUser Nobody = new();

    public async Task<Result<Account>> AddAsync(EmailAddress email, string password, string? displayName, CancellationToken cancellationToken)
    {
        if (!hashing.TryEnqueue(() => hasher.HashPassword(Nobody, password), cancellationToken, out var hash))
        {
            return HashingQueueFull;
        }

        var now = time.GetUtcNow();
        var user = new AppUser
        {
            Id = Guid.CreateVersion7(now),
            UserName = email.Value,
            NormalizedUserName = email.Normalized,
            Email = email.Value,
            NormalizedEmail = email.Normalized,
            PasswordHash = await hash,
            SecurityStamp = Guid.NewGuid().ToString("N"),
            DisplayName = displayName,
            CreatedAt = now,
            UpdatedAt = now,
        };
        try
        {
            await database.WriteAsync(
                (db, abandoned) =>
                {
                    db.Users.Add(user);
                    return db.SaveChangesAsync(abandoned);
                },
                cancellationToken);
        }
        catch (DbUpdateException exception) when (DatabaseErrors.IsUniqueViolation(exception))
        {
            return AccountErrors.EmailTaken;
        }

        return new Account(
            user.Id, email.Value, user.EmailConfirmed, user.DisplayName, AppUser.SplitRoles(user.Roles), user.CreatedAt, user.UpdatedAt, user.Version);
    }

    public async Task<Result<VerifiedAccount>> VerifyPasswordAsync(EmailAddress email, string password, CancellationToken cancellationToken)
    {
        var credentials = await database.ReadAsync(
            (db, abandoned) => db.Queries.CredentialsByNormalizedEmail(db, email.Normalized, abandoned), cancellationToken);

        // Hash even though nobody is there: answering early would let a stopwatch tell known addresses from unknown ones.
        var hash = credentials?.PasswordHash ?? Argon2PasswordHasher.Decoy;
        if (!hashing.TryEnqueue(() => hasher.VerifyHashedPassword(Nobody, hash, password), cancellationToken, out var verification))
        {
            return HashingQueueFull;
        }

        var outcome = await verification;
        if (credentials is null || outcome == PasswordVerificationResult.Failed)
        {
            return AccountErrors.InvalidCredentials;
        }

        if (outcome == PasswordVerificationResult.SuccessRehashNeeded)
        {
            await RehashAsync(credentials.Candidate.Account.Id, hash, password, cancellationToken);
        }

        return credentials.Candidate;
    }

    public Task<Account?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync((db, abandoned) => db.Queries.AccountById(db, id, abandoned), cancellationToken);

    /// <summary>Stores a hash of today's kind, unless the password was changed meanwhile. A full queue leaves it to the next sign-in.</summary>
    private async Task RehashAsync(Guid id, string oldHash, string password, CancellationToken cancellationToken)
    {
        if (hashing.TryEnqueue(() => hasher.HashPassword(Nobody, password), cancellationToken, out var newHash))
        {
            var stored = await newHash;
            await database.WriteAsync(
                (db, abandoned) => db.Users
                    .Where(user => user.Id == id && user.PasswordHash == oldHash)
                    .ExecuteUpdateAsync(set => set.SetProperty(user => user.PasswordHash, stored), abandoned),
                cancellationToken);
        }
    }
}
