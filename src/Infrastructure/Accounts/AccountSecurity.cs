using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
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
using CleanJwt.Infrastructure.Persistence.Maintenance;
using CleanJwt.Infrastructure.Persistence.Statements;
using CleanJwt.Infrastructure.Revocation;
using CleanJwt.Infrastructure.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.Extensions.Logging;

namespace CleanJwt.Infrastructure.Accounts;

/// <remarks>
/// Every change increments the account's security version, and thereby locks the account's row. A sign-in takes the
/// same row in its last step. Either it commits before the change, and its session is ended with the others, or it
/// finds a new version and starts nothing.
/// </remarks>
internal sealed partial class AccountSecurity(
    IDatabase database,
    PasswordHashingService hashing,
    RevocationList revocations,
    OutboxWriter outbox,
    AttemptKeys attempts,
    ILogger<AccountSecurity> logger) : IAccountSecurity
{
    public async Task<Result<bool>> TryChangePasswordAsync(
        Guid accountId,
        int securityVersion,
        string newPassword,
        Guid exceptSession,
        AuditContext audit,
        CancellationToken cancellationToken)
    {
        var hash = await hashing.HashAsync(newPassword, cancellationToken);
        if (!hash.IsSuccess)
        {
            return hash.Error;
        }

        var change = new Change(SessionEndReason.PasswordChanged, SetPassword(hash.Value))
        {
            ExpectedVersion = securityVersion,
            ExceptSession = exceptSession,
        };
        return await TryChangeAsync(accountId, change, audit, cancellationToken);
    }

    public async Task<Result<Done>> SetPasswordAsync(
        Guid accountId, string newPassword, AuditContext audit, CancellationToken cancellationToken)
    {
        var hash = await hashing.HashAsync(newPassword, cancellationToken);
        return hash.IsSuccess
            ? await ChangeAsync(
                accountId,
                new Change(SessionEndReason.EndedByOperator, SetPassword(hash.Value)),
                audit,
                cancellationToken)
            : hash.Error;
    }

    public async Task<Result<bool>> TryResetPasswordAsync(
        AccountState account,
        string newPassword,
        SpentFlow flow,
        ClientNetwork from,
        AuditContext audit,
        CancellationToken cancellationToken)
    {
        var hash = await hashing.HashAsync(newPassword, cancellationToken);
        if (!hash.IsSuccess)
        {
            return hash.Error;
        }

        var id = account.Account.Id;
        var email = EmailAddress.Parse(account.Account.Email);
        AttemptKey[] counted = [attempts.Of(email, from), attempts.Of(email), attempts.Of(id)];
        var change = new Change(SessionEndReason.PasswordReset, SetPassword(hash.Value) + ConfirmEmail(audit))
        {
            ExpectedVersion = account.SecurityVersion,
            Flow = flow,
            Then = (db, abandoned) => db.ExecuteAllAsync(
                [.. counted.Select(key => AttemptStatements.Clear(key.Value))], abandoned),
        };
        try
        {
            return await TryChangeAsync(id, change, audit, cancellationToken);
        }
        catch (Exception exception) when (DatabaseErrors.IsUniqueViolation(exception))
        {
            return false; // another request used up the flow at the same time
        }
    }

    public Task<Result<Account>> ConfirmEmailAsync(
        Guid accountId, int securityVersion, AuditContext audit, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<Account>>(
            async (db, abandoned) =>
            {
                if (await ActingSession.IsOverAsync(db.Context, audit, abandoned))
                {
                    return AccessTokenErrors.TokenRevoked;
                }

                var confirmed = await db.Context.Users
                    .Where(user => user.Id == accountId && user.SecurityVersion == securityVersion)
                    .Where(user => !user.EmailConfirmed)
                    .ExecuteUpdateAsync(ConfirmEmail(audit), abandoned);
                if (confirmed == 1)
                {
                    await db.InsertAuditEntriesAsync(audit.Entries, abandoned);
                }

                return await db.FindAccountAsync(accountId, abandoned) is { EmailConfirmed: true } account
                    ? account
                    : MailErrors.InvalidCode;
            },
            cancellationToken);

    public async Task<Result<Done>> MakeAdminAsync(
        Guid accountId, string newPassword, AuditContext audit, CancellationToken cancellationToken)
    {
        var hash = await hashing.HashAsync(newPassword, cancellationToken);
        if (!hash.IsSuccess)
        {
            return hash.Error;
        }

        var change = new Change(
            SessionEndReason.EndedByOperator,
            SetPassword(hash.Value) + SetRoles([Roles.Admin], audit) + (
                set => set.SetProperty(user => user.Locked, false)));
        return await ChangeAsync(accountId, change, audit, cancellationToken);
    }

    public Task<Result<Done>> LockAsync(Guid accountId, AuditContext audit, CancellationToken cancellationToken) =>
        ChangeAsync(
        accountId,
        new Change(SessionEndReason.AccountLocked, set => set.SetProperty(user => user.Locked, true))
        {
            MayRemoveAdmin = true,
        },
        audit,
        cancellationToken);

    public Task<Result<Done>> UnlockAsync(Guid accountId, AuditContext audit, CancellationToken cancellationToken) =>
        ChangeAsync(
        accountId, new Change(
            EndReason: null, set => set.SetProperty(user => user.Locked, false)), audit, cancellationToken);

    public async Task<Result<ManagedAccount>> SetRolesAsync(
        Guid accountId, IReadOnlyCollection<string> roles, AuditContext audit, CancellationToken cancellationToken)
    {
        ManagedAccount? account = null;
        var change = new Change(SessionEndReason.RolesChanged, SetRoles(roles, audit))
        {
            MayRemoveAdmin = !roles.Contains(Roles.Admin),
            Then = async (db, abandoned) =>
                account = await UserDirectory.FindAsync(db.Context, accountId, abandoned),
        };
        var changed = await ChangeAsync(accountId, change, audit, cancellationToken);
        return changed.IsSuccess ? account! : changed.Error;
    }

    public async Task<Result<Done>> DeleteAsync(Guid accountId, AuditContext audit, CancellationToken cancellationToken)
    {
        var change = new Change(SessionEndReason.AccountDeleted, _ => { })
        {
            MayRemoveAdmin = true,
            Then = async (db, abandoned) =>
            {
                // The audit entries of other accounts forget this one. Its sessions and its own entries are deleted
                // with its row (cascade).
                await db.Context.AuditEntries
                    .Where(entry => entry.OtherAccountId == accountId)
                    .ExecuteUpdateAsync(set => set.SetProperty(entry => entry.OtherAccountId, (Guid?)null), abandoned);
                await db.Context.Users.Where(user => user.Id == accountId).ExecuteDeleteAsync(abandoned);
            },
        };
        var refusal = await database.ReadAsync(
            (db, abandoned) => RefuseAsync(db.Context, accountId, change, audit, abandoned), cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        audit = audit with { Mails = await AddressAsync(audit.Mails, accountId, cancellationToken) };

        // An account may have many audit entries. Deleting them in one transaction would keep all other writes waiting.
        await database.DeleteAsync(
            db =>
                db.AuditEntries.Where(entry => entry.AccountId == accountId).OrderBy(
                    entry => entry.At), cancellationToken);
        var deleted = await ChangeAsync(accountId, change, audit, cancellationToken);
        if (deleted.IsSuccess)
        {
            LogDeleted(logger, accountId, audit.ActorId ?? accountId);
        }

        return deleted;
    }

    private static Action<UpdateSettersBuilder<AppUser>> SetPassword(string hash) => set => set
        .SetProperty(user => user.PasswordHash, hash)
        .SetProperty(user => user.SecurityStamp, Guid.NewGuid().ToString("N"));

    private static Action<UpdateSettersBuilder<AppUser>> ConfirmEmail(AuditContext audit) => set => set
        .SetProperty(user => user.EmailConfirmed, true)
        .SetProperty(user => user.UpdatedAt, audit.At)
        .SetProperty(user => user.Version, user => user.Version + 1);

    private static Action<UpdateSettersBuilder<AppUser>> SetRoles(IEnumerable<string> roles, AuditContext audit) =>
        set => set
        .SetProperty(user => user.Roles, AppUser.JoinRoles(roles))
        .SetProperty(user => user.UpdatedAt, audit.At)
        .SetProperty(user => user.Version, user => user.Version + 1);

    /// <summary>Addresses the mails about a deletion, since the account is gone when they are sent.</summary>
    /// <returns>No mail for an address that is not confirmed.</returns>
    private async Task<IReadOnlyList<MailRequest>> AddressAsync(
        IReadOnlyList<MailRequest> mails, Guid accountId, CancellationToken cancellationToken)
    {
        var account = mails.Count == 0
            ? null
            : await database.ReadAsync((db, abandoned) => db.FindAccountAsync(accountId, abandoned), cancellationToken);
        return account is { EmailConfirmed: true }
            ? [.. mails.Select(mail => mail with { AccountId = null, Email = account.Email })]
            : [];
    }

    private static async Task<Error?> RefuseAsync(
        AppDbContext db, Guid accountId, Change change, AuditContext audit, CancellationToken cancellationToken)
    {
        if (change.MayRemoveAdmin)
        {
            var admins = await db.Users
                .Where(AppUser.IsAdmin)
                .Where(user => !user.Locked)
                .OrderBy(user => user.Id)
                .Select(user => user.Id)
                .Take(2)
                .ToListAsync(cancellationToken);
            if (admins is [var last] && last == accountId)
            {
                return AccountErrors.LastAdmin;
            }
        }

        return await ActingSession.IsOverAsync(db, audit, cancellationToken) ? AccessTokenErrors.TokenRevoked : null;
    }

    /// <returns>False when the account is gone or has another security version by now.</returns>
    private async Task<Result<bool>> TryChangeAsync(
        Guid accountId, Change change, AuditContext audit, CancellationToken cancellationToken)
    {
        var changed = await ChangeAsync(accountId, change, audit, cancellationToken);
        return changed.IsSuccess || changed.Error == AccountErrors.NoSuchUser ? changed.IsSuccess : changed.Error;
    }

    private async Task<Result<Done>> ChangeAsync(
        Guid accountId, Change change, AuditContext audit, CancellationToken cancellationToken)
    {
        var ended = await database.WriteAsync<Result<List<Guid>>>(
            async (db, abandoned) =>
            {
                if (change.MayRemoveAdmin)
                {
                    await GuardRow.TakeAsync(db.Context, GuardRow.Admins, abandoned);
                }

                if (await RefuseAsync(db.Context, accountId, change, audit, abandoned) is { } error)
                {
                    return error;
                }

                if (change.Flow is { } flow
                    && await db.SpendAsync(flow, abandoned) is var spent and not SpendOutcome.Spent)
                {
                    return spent == SpendOutcome.SpentByThisAttempt ? new List<Guid>() : AccountErrors.NoSuchUser;
                }

                var changed = await db.Context.Users
                    .Where(user => user.Id == accountId)
                    .Where(user => change.ExpectedVersion == null || user.SecurityVersion == change.ExpectedVersion)
                    .ExecuteUpdateAsync(
                        set =>
                        {
                            set.SetProperty(user => user.SecurityVersion, user => user.SecurityVersion + 1);
                            change.Set(set);
                        },
                        abandoned);
                if (changed == 0)
                {
                    return AccountErrors.NoSuchUser;
                }

                await db.InsertAuditEntriesAsync(audit.Entries, abandoned);
                var sessions = db.Context.Sessions
                    .Where(session => session.AccountId == accountId && session.Id != change.ExceptSession);
                var over = change.EndReason is { } reason
                    ? await SessionEnding.EndSomeAsync(db, accountId, sessions, reason, audit.At, abandoned)
                    : [];
                await change.Then(db, abandoned);
                await outbox.AddAsync(db, audit.Mails, abandoned);
                return over;
            },
            cancellationToken);
        if (!ended.IsSuccess)
        {
            return ended.Error;
        }

        ended.Value.ForEach(revocations.Add);
        outbox.Wake(audit.Mails);
        return default(Done);
    }

    [LoggerMessage(LogLevel.Information, "The account {AccountId} was deleted by {DeletedBy}.")]
    private static partial void LogDeleted(ILogger logger, Guid accountId, Guid deletedBy);

    /// <param name="EndReason">Why the account's sessions end. Null if they go on.</param>
    /// <param name="Set">Sets the columns of the account's row, in addition to its security version.</param>
    private sealed record Change(SessionEndReason? EndReason, Action<UpdateSettersBuilder<AppUser>> Set)
    {
        /// <summary>The security version that the account must have. Null for any.</summary>
        public int? ExpectedVersion { get; init; }

        /// <summary>The one session that goes on.</summary>
        public Guid? ExceptSession { get; init; }

        /// <summary>Whether the change may take an administrator who can sign in away.</summary>
        public bool MayRemoveAdmin { get; init; }

        /// <summary>The flow that the change uses up. Null for none.</summary>
        public SpentFlow? Flow { get; init; }

        /// <summary>The last step of the transaction, but for its mails.</summary>
        public Func<DatabaseConnection, CancellationToken, Task> Then { get; init; } = (_, _) => Task.CompletedTask;
    }
}
