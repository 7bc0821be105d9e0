using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Infrastructure.Passwords;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CleanJwt.Infrastructure.Accounts;

/// <summary>Creates the first administrator at the start, if the settings name one.</summary>
internal sealed partial class FirstAdmin(
    AdminOptions options,
    IDatabase database,
    PasswordHashingService hashing,
    TimeProvider time,
    ILogger<FirstAdmin> logger)
{
    /// <summary>
    /// Does nothing if any administrator exists, locked or not. Several nodes that start at once create one.
    /// </summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (!options.AreSet)
        {
            return;
        }

        if (await database.ReadAsync((db, abandoned) => AnyAsync(db.Context, abandoned), cancellationToken))
        {
            return;
        }

        var now = time.GetUtcNow();
        var account = new NewAccount(
            Guid.CreateVersion7(now), EmailAddress.Parse(options.Email!), DisplayName: null, [Roles.Admin]);
        var hash = await hashing.HashAsync(options.Password!, cancellationToken);
        var user = AppUser.From(account, hash.Value, now);
        var outcome = await TryCreateAsync(user, now, cancellationToken);
        if (outcome == Outcome.Created)
        {
            LogCreated(logger, user.Id);
        }
        else if (outcome == Outcome.AddressTaken)
        {
            LogAddressTaken(logger);
        }
    }

    private async Task<Outcome> TryCreateAsync(AppUser user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return await CreateAsync(user, now, cancellationToken);
        }
        catch (Exception exception) when (DatabaseErrors.IsUniqueViolation(exception))
        {
            return Outcome.AddressTaken; // by a registration at the same time
        }
    }

    private Task<Outcome> CreateAsync(AppUser user, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
        async (db, abandoned) =>
        {
            await GuardRow.TakeAsync(db.Context, GuardRow.Admins, abandoned);
            if (await AnyAsync(db.Context, abandoned))
            {
                return Outcome.NotNeeded; // another node created one first
            }

            var email = user.NormalizedEmail;
            if (await db.Context.Users.AnyAsync(existing => existing.NormalizedEmail == email, abandoned))
            {
                return Outcome.AddressTaken;
            }

            db.Context.Users.Add(user);
            db.Context.AuditEntries.AddRange(
                AuditContext.ByOperator(AuditActions.MadeAdminByOperator, user.Id, now).Entries);
            await db.Context.SaveChangesAsync(abandoned);
            return Outcome.Created;
        },
        cancellationToken);

    private static Task<bool> AnyAsync(AppDbContext db, CancellationToken cancellationToken) =>
        db.Users.Where(AppUser.IsAdmin).AnyAsync(cancellationToken);

    [LoggerMessage(
        LogLevel.Information, "Created the first administrator, {AccountId}, from Admin:Email and Admin:Password.")]
    private static partial void LogCreated(ILogger logger, Guid accountId);

    // A stranger may have registered the address.
    [LoggerMessage(
        LogLevel.Warning,
        "There is no administrator. Admin:Email names an existing account, which this setting never promotes. "
        + "Use the command 'admin add'.")]
    private static partial void LogAddressTaken(ILogger logger);

    private enum Outcome
    {
        Created,
        NotNeeded,
        AddressTaken,
    }
}
