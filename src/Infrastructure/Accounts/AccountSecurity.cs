using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Passwords;
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
        var changed = await ChangeAsync(accountId, change, audit, cancellationToken);
        return changed.IsSuccess || changed.Error == AccountErrors.NoSuchUser ? changed.IsSuccess : changed.Error;
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
            Then = async (db, abandoned) => account = await UserDirectory.FindAsync(db, accountId, abandoned),
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
                await db.AuditEntries
                    .Where(entry => entry.OtherAccountId == accountId)
                    .ExecuteUpdateAsync(set => set.SetProperty(entry => entry.OtherAccountId, (Guid?)null), abandoned);
                await db.Users.Where(user => user.Id == accountId).ExecuteDeleteAsync(abandoned);
            },
        };
        var refusal = await database.ReadAsync(
            (db, abandoned) => RefuseAsync(db.Context, accountId, change, audit, abandoned), cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

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

    private static Action<UpdateSettersBuilder<AppUser>> SetRoles(IEnumerable<string> roles, AuditContext audit) =>
        set => set
        .SetProperty(user => user.Roles, AppUser.JoinRoles(roles))
        .SetProperty(user => user.UpdatedAt, audit.At)
        .SetProperty(user => user.Version, user => user.Version + 1);

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
                await change.Then(db.Context, abandoned);
                return over;
            },
            cancellationToken);
        if (!ended.IsSuccess)
        {
            return ended.Error;
        }

        ended.Value.ForEach(revocations.Add);
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

        /// <summary>The last step of the transaction.</summary>
        public Func<AppDbContext, CancellationToken, Task> Then { get; init; } = (_, _) => Task.CompletedTask;
    }
}
