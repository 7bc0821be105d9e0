using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Infrastructure.Passwords;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CleanJwt.Infrastructure.Accounts;

/// <summary>Makes the first administrator at the start, where the settings name one.</summary>
internal sealed partial class FirstAdmin(
    AdminOptions options, IDbContextFactory<AppDbContext> contexts, IDatabase database, PasswordHashingService passwords, TimeProvider time, ILogger<FirstAdmin> logger)
{
    /// <summary>Does nothing once there is an administrator, locked or not. Several nodes that start at once make one.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (!options.AreSet)
        {
            return;
        }

        BuildModel();
        if (await database.ReadAsync(AnyAsync, cancellationToken))
        {
            return;
        }

        var now = time.GetUtcNow();
        var account = new NewAccount(Guid.CreateVersion7(now), EmailAddress.Parse(options.Email!), DisplayName: null, [Roles.Admin]);
        var hash = await passwords.HashAsync(options.Password!, cancellationToken);
        var user = AppUser.From(account, hash.Value, now);
        var outcome = await TryMakeAsync(user, now, cancellationToken);
        if (outcome == Outcome.Made)
        {
            LogMade(logger, user.Id);
        }
        else if (outcome == Outcome.AddressTaken)
        {
            LogAddressTaken(logger);
        }
    }

    /// <summary>A start has as long as EF Core takes for it, which on a slow machine is longer than the database may take to answer.</summary>
    private void BuildModel()
    {
        using var db = contexts.CreateDbContext();
        _ = db.Model;
    }

    private async Task<Outcome> TryMakeAsync(AppUser user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return await MakeAsync(user, now, cancellationToken);
        }
        catch (DbUpdateException exception) when (DatabaseErrors.IsUniqueViolation(exception))
        {
            return Outcome.AddressTaken; // by somebody who signed up just then
        }
    }

    private Task<Outcome> MakeAsync(AppUser user, DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        async (db, abandoned) =>
        {
            await GuardRow.TakeAsync(db, GuardRow.Admins, abandoned);
            if (await AnyAsync(db, abandoned))
            {
                return Outcome.NotNeeded; // another node was faster
            }

            if (await db.Users.AnyAsync(existing => existing.NormalizedEmail == user.NormalizedEmail, abandoned))
            {
                return Outcome.AddressTaken;
            }

            db.Users.Add(user);
            db.AuditEntries.AddRange(AuditContext.ByOperator(AuditActions.MadeAdminByOperator, user.Id, now).Entries);
            await db.SaveChangesAsync(abandoned);
            return Outcome.Made;
        },
        cancellationToken);

    private static Task<bool> AnyAsync(AppDbContext db, CancellationToken cancellationToken) => db.Users.Where(AppUser.IsAdmin).AnyAsync(cancellationToken);

    [LoggerMessage(LogLevel.Information, "Made the first administrator, {AccountId}, of Admin:Email and Admin:Password.")]
    private static partial void LogMade(ILogger logger, Guid accountId);

    // An address is unproved here: the account may be a stranger's, who has signed up with it first.
    [LoggerMessage(LogLevel.Warning, "There is no administrator, and Admin:Email names an account that exists already, which is never promoted by that. Use the command 'admin add'.")]
    private static partial void LogAddressTaken(ILogger logger);

    private enum Outcome
    {
        Made,
        NotNeeded,
        AddressTaken,
    }
}
