using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Mail;
using CleanJwt.Infrastructure.Passwords;
using CleanJwt.Infrastructure.Passwords.Throttle;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;
using CleanJwt.Infrastructure.Sessions;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CleanJwt.Infrastructure.Accounts;

internal sealed partial class UserRepository(
    IDatabase database,
    PasswordHashingService hashing,
    PasswordThrottle throttle,
    OutboxWriter outbox,
    ILogger<UserRepository> logger) : IUserRepository
{
    public async Task<Result<Account>> AddAsync(
        NewAccount account, string password, AuditContext audit, CancellationToken cancellationToken)
    {
        var hash = await hashing.HashAsync(password, cancellationToken);
        if (!hash.IsSuccess)
        {
            return hash.Error;
        }

        return await AddAsync(AppUser.From(account, hash.Value, audit.At), confirmed: null, audit, cancellationToken);
    }

    public Task<Result<string>> HashPasswordAsync(string password, CancellationToken cancellationToken) =>
        hashing.HashAsync(password, cancellationToken);

    public Task<Result<Account>> AddConfirmedAsync(
        NewAccount account,
        string passwordHash,
        SpentToken flow,
        Session session,
        AuditContext audit,
        CancellationToken cancellationToken) =>
        AddAsync(
            AppUser.From(account, passwordHash, audit.At), new Confirmed(flow, session), audit, cancellationToken);

    public async Task<Result<PasswordCheck>> VerifyPasswordAsync(
        EmailAddress email, ClientNetwork from, string password, CancellationToken cancellationToken) =>
        await VerifyAsync(
            await throttle.ReserveAsync(email, from, cancellationToken),
            (db, abandoned) => db.FindCredentialsAsync(email, abandoned),
            password,
            cancellationToken);

    public async Task<Result<PasswordCheck>> VerifyPasswordAsync(
        Guid accountId, string password, CancellationToken cancellationToken) =>
        await VerifyAsync(
            await throttle.ReserveAsync(accountId, cancellationToken),
            (db, abandoned) => db.FindCredentialsAsync(accountId, abandoned),
            password,
            cancellationToken);

    public Task<Account?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync((db, abandoned) => db.FindAccountAsync(id, abandoned), cancellationToken);

    public Task<AccountState?> FindStateAsync(Guid id, CancellationToken cancellationToken) =>
        FindStateAsync((db, abandoned) => db.FindCredentialsAsync(id, abandoned), cancellationToken);

    public Task<AccountState?> FindStateAsync(EmailAddress email, CancellationToken cancellationToken) =>
        FindStateAsync((db, abandoned) => db.FindCredentialsAsync(email, abandoned), cancellationToken);

    public Task<Result<Account>> UpdateProfileAsync(
        Guid id,
        string? displayName,
        IReadOnlyCollection<int>? expectedVersions,
        AuditContext audit,
        CancellationToken cancellationToken) => database.WriteAsync<Result<Account>>(
            async (db, abandoned) =>
            {
                if (await ActingSession.IsOverAsync(db.Context, audit, abandoned))
                {
                    return AccessTokenErrors.TokenRevoked;
                }

                var updated = await db.Context.Users
                    .Where(
                        user => user.Id == id && (expectedVersions == null || expectedVersions.Contains(user.Version)))
                    .ExecuteUpdateAsync(
                        set => set
                            .SetProperty(user => user.DisplayName, displayName)
                            .SetProperty(user => user.UpdatedAt, audit.At)
                            .SetProperty(user => user.Version, user => user.Version + 1),
                        abandoned);
                if (await db.FindAccountAsync(id, abandoned) is not { } account)
                {
                    return AccountErrors.UserNotFound;
                }

                if (updated == 0)
                {
                    return AccountErrors.StaleVersion;
                }

                await db.InsertAuditEntriesAsync(audit.Entries, abandoned);
                return account;
            },
            cancellationToken);

    private async Task<Result<Account>> AddAsync(
        AppUser user, Confirmed? confirmed, AuditContext audit, CancellationToken cancellationToken)
    {
        try
        {
            var added = await database.WriteAsync(
                async (db, abandoned) =>
                {
                    if (confirmed is not null
                        && await db.SpendAsync(confirmed.Flow, abandoned) is var spent and not SpendOutcome.Spent)
                    {
                        return spent == SpendOutcome.SpentByThisAttempt;
                    }

                    db.Context.Users.Add(user);
                    if (confirmed is not null)
                    {
                        db.Context.Sessions.Add(confirmed.Session);
                    }

                    db.Context.AuditEntries.AddRange(audit.Entries);
                    await db.Context.SaveChangesAsync(abandoned);
                    await outbox.AddAsync(db, audit.Mails, abandoned);
                    return true;
                },
                cancellationToken);
            if (!added)
            {
                return MailErrors.InvalidCode;
            }
        }
        catch (Exception exception) when (DatabaseErrors.IsUniqueViolation(exception))
        {
            return confirmed is not null && await IsSpentAsync(confirmed.Flow, cancellationToken)
                ? MailErrors.InvalidCode // by a request at the same time
                : AccountErrors.EmailTaken;
        }

        outbox.Wake(audit.Mails);
        return user.ToAccount();
    }

    private Task<bool> IsSpentAsync(SpentToken flow, CancellationToken cancellationToken) => database.ReadAsync(
        (db, abandoned) => db.Context.SpentTokens.AnyAsync(row => row.Id == flow.Id, abandoned), cancellationToken);

    private async Task<AccountState?> FindStateAsync(
        Func<DatabaseConnection, CancellationToken, Task<Credentials?>> find, CancellationToken cancellationToken) =>
        (await database.ReadAsync(find, cancellationToken))?.Candidate;

    private async Task<Result<PasswordCheck>> VerifyAsync(
        Result<AttemptReservation> reserved,
        Func<DatabaseConnection, CancellationToken, Task<Credentials?>> find,
        string password,
        CancellationToken cancellationToken)
    {
        if (!reserved.IsSuccess)
        {
            return reserved.Error;
        }

        await using var attempt = reserved.Value;
        var credentials = await database.ReadAsync(find, cancellationToken);
        var outcome = await hashing.VerifyAsync(credentials?.PasswordHash, password, cancellationToken);
        if (!outcome.IsSuccess)
        {
            return outcome.Error;
        }

        var id = credentials?.Candidate.Account.Id;
        if (credentials is null || outcome.Value == PasswordVerificationResult.Failed)
        {
            if (await attempt.SettleWrongAsync())
            {
                LogPaused(logger, id);
            }

            return new PasswordCheck(id, Verified: null);
        }

        await attempt.SettleRightAsync();
        if (outcome.Value == PasswordVerificationResult.SuccessRehashNeeded)
        {
            await RehashAsync(credentials, password, cancellationToken);
        }

        return new PasswordCheck(id, credentials.Candidate);
    }

    /// <summary>
    /// Stores a hash with the present parameters, unless the password was changed meanwhile. If the hashing queue is
    /// full, the next sign-in does it.
    /// </summary>
    private async Task RehashAsync(Credentials credentials, string password, CancellationToken cancellationToken)
    {
        var hash = await hashing.HashWithSlotAsync(password, cancellationToken);
        if (hash.IsSuccess)
        {
            await database.WriteOneAsync(
                (db, abandoned) => db.Context.Users
                    .Where(user => user.Id == credentials.Candidate.Account.Id
                        && user.PasswordHash == credentials.PasswordHash)
                    .ExecuteUpdateAsync(set => set.SetProperty(user => user.PasswordHash, hash.Value), abandoned),
                cancellationToken);
        }
    }

    /// <summary>What goes with an account whose address was proved.</summary>
    private sealed record Confirmed(SpentToken Flow, Session Session);

    // Also logged for an address without an account, so that neither the time of an answer nor the log's size tells the
    // two apart.
    [LoggerMessage(
        LogLevel.Information,
        "Too many wrong passwords for the account {AccountId}: no password is checked for a while.")]
    private static partial void LogPaused(ILogger logger, Guid? accountId);
}
