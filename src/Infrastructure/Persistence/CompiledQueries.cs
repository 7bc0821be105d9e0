using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.Passwords.Throttle;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>The queries that requests wait for, compiled once per provider.</summary>
internal sealed class CompiledQueries
{
    public Func<AppDbContext, Guid, CancellationToken, Task<Account?>> AccountById { get; } =
        EF.CompileAsyncQuery((AppDbContext db, Guid id, CancellationToken _) => db.Users
            .AsNoTracking()
            .Where(user => user.Id == id)
            .Select(user => new Account(
                user.Id, user.Email!, user.EmailConfirmed, user.DisplayName, AppUser.SplitRoles(user.Roles),
                user.CreatedAt, user.UpdatedAt, user.Version))
            .SingleOrDefault());

    public Func<AppDbContext, string, CancellationToken, Task<Credentials?>> CredentialsByNormalizedEmail { get; } =
        EF.CompileAsyncQuery((AppDbContext db, string email, CancellationToken _) => db.Users
            .AsNoTracking()
            .Where(user => user.NormalizedEmail == email)
            .Select(user => new Credentials(
                new VerifiedAccount(
                    new Account(
                        user.Id, user.Email!, user.EmailConfirmed, user.DisplayName, AppUser.SplitRoles(user.Roles),
                        user.CreatedAt, user.UpdatedAt, user.Version),
                    user.SecurityVersion,
                    user.Locked),
                user.PasswordHash))
            .SingleOrDefault());

    public Func<AppDbContext, Guid, CancellationToken, Task<Credentials?>> CredentialsById { get; } =
        EF.CompileAsyncQuery((AppDbContext db, Guid id, CancellationToken _) => db.Users
            .AsNoTracking()
            .Where(user => user.Id == id)
            .Select(user => new Credentials(
                new VerifiedAccount(
                    new Account(
                        user.Id, user.Email!, user.EmailConfirmed, user.DisplayName, AppUser.SplitRoles(user.Roles),
                        user.CreatedAt, user.UpdatedAt, user.Version),
                    user.SecurityVersion,
                    user.Locked),
                user.PasswordHash))
            .SingleOrDefault());

    public Func<AppDbContext, Guid, Guid, DateTimeOffset, CancellationToken, Task<SessionState?>> SessionStateById { get; } =
        EF.CompileAsyncQuery((AppDbContext db, Guid accountId, Guid sessionId, DateTimeOffset now, CancellationToken _) => db.Users
            .AsNoTracking()
            .Where(user => user.Id == accountId)
            .Select(user => new SessionState(
                AppUser.SplitRoles(user.Roles),
                db.Sessions.Any(session =>
                    session.Id == sessionId && session.AccountId == user.Id && session.EndedAt == null && session.ExpiresAt > now)))
            .SingleOrDefault());

    public Func<AppDbContext, Guid, CancellationToken, Task<AccountSession?>> SessionById { get; } =
        EF.CompileAsyncQuery((AppDbContext db, Guid id, CancellationToken _) => db.Sessions
            .AsNoTracking()
            .Where(session => session.Id == id)
            .Join(db.Users, session => session.AccountId, user => user.Id, (session, user) => new AccountSession(
                session,
                new Account(
                    user.Id, user.Email!, user.EmailConfirmed, user.DisplayName, AppUser.SplitRoles(user.Roles),
                    user.CreatedAt, user.UpdatedAt, user.Version)))
            .SingleOrDefault());

    public Func<AppDbContext, Guid, Guid, DateTimeOffset, IAsyncEnumerable<Guid>> SurplusSessions { get; } =
        EF.CompileAsyncQuery((AppDbContext db, Guid accountId, Guid stays, DateTimeOffset now) => db.Sessions
            .Where(session => session.AccountId == accountId && session.Id != stays && session.EndedAt == null && session.ExpiresAt > now)
            .OrderByDescending(session => session.LastSeenAt).ThenByDescending(session => session.Id)
            .Skip(Session.MaxLivePerAccount - 1)
            .Select(session => session.Id));

    /// <summary>The rows of two keys, or of one that is given twice. For a key that is one of two, SQLite would make a table of the two.</summary>
    public Func<AppDbContext, byte[], byte[], IAsyncEnumerable<PasswordAttemptRow>> PasswordAttempts { get; } =
        EF.CompileAsyncQuery((AppDbContext db, byte[] key, byte[] other) => db.PasswordAttempts.AsNoTracking().Where(row => row.Key == key)
            .Concat(db.PasswordAttempts.Where(row => row.Key == other && row.Key != key)));

    public Func<AppDbContext, CancellationToken, Task<bool>> AnySigningKey { get; } =
        EF.CompileAsyncQuery((AppDbContext db, CancellationToken _) => db.SigningKeys.Any());
}

/// <summary>What a sign-in is checked against. The account counts as verified only once the hash has been.</summary>
internal sealed record Credentials(VerifiedAccount Candidate, string? PasswordHash)
{
    public override string ToString() => nameof(Credentials); // a record would print the hash
}
