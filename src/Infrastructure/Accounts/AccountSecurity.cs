using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Passwords;
using CleanJwt.Infrastructure.Passwords.Throttle;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Maintenance;
using CleanJwt.Infrastructure.Persistence.Statements;
using CleanJwt.Infrastructure.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.Extensions.Logging;

namespace CleanJwt.Infrastructure.Accounts;

internal sealed partial class AccountSecurity(
    IDatabase database,
    PasswordHashingService hashing,
    AccountChanges changes,
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

        var change = new AccountChange(SessionEndReason.PasswordChanged, SetPassword(hash.Value))
        {
            ExpectedVersion = securityVersion,
            ExceptSession = exceptSession,
            Then = ForgetCodesOf(accountId),
        };
        return await changes.TryMakeAsync(accountId, change, audit, cancellationToken);
    }

    public async Task<Result<Done>> SetPasswordAsync(
        Guid accountId, string newPassword, AuditContext audit, CancellationToken cancellationToken)
    {
        var hash = await hashing.HashAsync(newPassword, cancellationToken);
        return hash.IsSuccess
            ? await changes.MakeAsync(
                accountId,
                new AccountChange(SessionEndReason.EndedByOperator, SetPassword(hash.Value))
                {
                    Then = ForgetCodesOf(accountId),
                },
                audit,
                cancellationToken)
            : hash.Error;
    }

    public async Task<Result<bool>> TryResetPasswordAsync(
        AccountState account,
        string newPassword,
        SpentToken flow,
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
        AttemptKey[] counted =
            [attempts.Of(email, from), attempts.Of(email), attempts.Of(id), attempts.OfSecondFactors(id)];
        var change = new AccountChange(SessionEndReason.PasswordReset, SetPassword(hash.Value) + ConfirmEmail(audit))
        {
            ExpectedVersion = account.SecurityVersion,
            Flow = flow,
            Then = async (db, abandoned) =>
            {
                await db.ExecuteAllAsync([.. counted.Select(key => AttemptStatements.Clear(key.Value))], abandoned);
                if (!account.Account.EmailConfirmed)
                {
                    // Whoever made the account may not be the owner of the mailbox, and must not keep a way in.
                    await db.RemoveAllFactorsAsync(id, abandoned);
                }
            },
        };
        try
        {
            return await changes.TryMakeAsync(id, change, audit, cancellationToken);
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

        var change = new AccountChange(
            SessionEndReason.EndedByOperator,
            SetPassword(hash.Value) + SetRoles([Roles.Admin], audit) + (
                set => set.SetProperty(user => user.Locked, false)))
        {
            Then = async (db, abandoned) =>
            {
                // Whoever had the account before must keep no way into one of an administrator.
                await db.RemoveAllFactorsAsync(accountId, abandoned);
                await ForgetCodesOf(accountId)(db, abandoned);
            },
        };
        return await changes.MakeAsync(accountId, change, audit, cancellationToken);
    }

    public Task<Result<Done>> LockAsync(Guid accountId, AuditContext audit, CancellationToken cancellationToken) =>
        changes.MakeAsync(
        accountId,
        new AccountChange(SessionEndReason.AccountLocked, set => set.SetProperty(user => user.Locked, true))
        {
            MayRemoveAdmin = true,
        },
        audit,
        cancellationToken);

    public Task<Result<Done>> UnlockAsync(Guid accountId, AuditContext audit, CancellationToken cancellationToken) =>
        changes.MakeAsync(
        accountId, new AccountChange(
            EndReason: null, set => set.SetProperty(user => user.Locked, false)), audit, cancellationToken);

    public async Task<Result<ManagedAccount>> SetRolesAsync(
        Guid accountId, IReadOnlyCollection<string> roles, AuditContext audit, CancellationToken cancellationToken)
    {
        ManagedAccount? account = null;
        var change = new AccountChange(SessionEndReason.RolesChanged, SetRoles(roles, audit))
        {
            MayRemoveAdmin = !roles.Contains(Roles.Admin),
            Then = async (db, abandoned) =>
                account = await UserDirectory.FindAsync(db.Context, accountId, abandoned),
        };
        var changed = await changes.MakeAsync(accountId, change, audit, cancellationToken);
        return changed.IsSuccess ? account! : changed.Error;
    }

    public async Task<Result<Done>> DeleteAsync(Guid accountId, AuditContext audit, CancellationToken cancellationToken)
    {
        var change = new AccountChange(SessionEndReason.AccountDeleted, _ => { })
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
                await ForgetCodesOf(accountId)(db, abandoned);
            },
        };
        var refusal = await database.ReadAsync(
            (db, abandoned) => AccountChanges.RefuseAsync(db.Context, accountId, change, audit, abandoned), cancellationToken);
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
        var deleted = await changes.MakeAsync(accountId, change, audit, cancellationToken);
        if (deleted.IsSuccess)
        {
            LogDeleted(logger, accountId, audit.ActorId ?? accountId);
        }

        return deleted;
    }

    /// <summary>Forgets the codes that were tried as second factors.</summary>
    private Func<DatabaseConnection, CancellationToken, Task> ForgetCodesOf(Guid accountId) => (db, abandoned) =>
        db.ExecuteAsync(AttemptStatements.Clear(attempts.OfSecondFactors(accountId).Value), abandoned);

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

    [LoggerMessage(LogLevel.Information, "The account {AccountId} was deleted by {DeletedBy}.")]
    private static partial void LogDeleted(ILogger logger, Guid accountId, Guid deletedBy);
}
