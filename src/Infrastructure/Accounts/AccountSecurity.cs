using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Audit;
using CleanJwt.Infrastructure.Passwords;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Maintenance;
using CleanJwt.Infrastructure.Revocation;
using CleanJwt.Infrastructure.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.Extensions.Logging;

namespace CleanJwt.Infrastructure.Accounts;

/// <remarks>
/// Every change increases the account's security version, on which a sign-in's last step depends, and takes the account's row doing so: a sign-in
/// comes before it, and is ended with the rest, or after it, and starts nothing.
/// </remarks>
internal sealed partial class AccountSecurity(
    IDatabase database, PasswordHashingService passwords, RevocationList revocations, ILogger<AccountSecurity> logger) : IAccountSecurity
{
    public async Task<Result<bool>> TryChangePasswordAsync(
        Guid accountId, int securityVersion, string newPassword, Guid exceptSession, AuditContext audit, CancellationToken cancellationToken)
    {
        var hash = await passwords.HashAsync(newPassword, cancellationToken);
        if (!hash.IsSuccess)
        {
            return hash.Error;
        }

        var change = new Change(SessionEndReason.PasswordChanged, Password(hash.Value))
        {
            OfVersion = securityVersion,
            ExceptSession = exceptSession,
        };
        var changed = await ChangeAsync(accountId, change, audit, cancellationToken);
        return changed.IsSuccess || changed.Error == AccountErrors.NoSuchUser ? changed.IsSuccess : changed.Error;
    }

    public async Task<Result<Done>> SetPasswordAsync(Guid accountId, string newPassword, AuditContext audit, CancellationToken cancellationToken)
    {
        var hash = await passwords.HashAsync(newPassword, cancellationToken);
        return hash.IsSuccess
            ? await ChangeAsync(accountId, new Change(SessionEndReason.EndedByOperator, Password(hash.Value)), audit, cancellationToken)
            : hash.Error;
    }

    public async Task<Result<Done>> MakeAdminAsync(Guid accountId, string newPassword, AuditContext audit, CancellationToken cancellationToken)
    {
        var hash = await passwords.HashAsync(newPassword, cancellationToken);
        return hash.IsSuccess
            ? await ChangeAsync(
                accountId, new Change(SessionEndReason.EndedByOperator, Password(hash.Value) + NewRoles([Roles.Admin], audit) + (set => set.SetProperty(user => user.Locked, false))),
                audit, cancellationToken)
            : hash.Error;
    }

    public Task<Result<Done>> LockAsync(Guid accountId, AuditContext audit, CancellationToken cancellationToken) => ChangeAsync(
        accountId,
        new Change(SessionEndReason.AccountLocked, set => set.SetProperty(user => user.Locked, true)) { MayRemoveAdmin = true },
        audit,
        cancellationToken);

    public Task<Result<Done>> UnlockAsync(Guid accountId, AuditContext audit, CancellationToken cancellationToken) => ChangeAsync(
        accountId, new Change(Reason: null, set => set.SetProperty(user => user.Locked, false)), audit, cancellationToken);

    public async Task<Result<ManagedAccount>> SetRolesAsync(
        Guid accountId, IReadOnlyCollection<string> roles, AuditContext audit, CancellationToken cancellationToken)
    {
        ManagedAccount? account = null;
        var change = new Change(SessionEndReason.RolesChanged, NewRoles(roles, audit))
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
                // Nobody's trail names the account any more. What is left of its own, its sessions and all else that hangs on it go with the row.
                await db.AuditEntries
                    .Where(entry => entry.OtherAccountId == accountId)
                    .ExecuteUpdateAsync(set => set.SetProperty(entry => entry.OtherAccountId, (Guid?)null), abandoned);
                await db.Users.Where(user => user.Id == accountId).ExecuteDeleteAsync(abandoned);
            },
        };
        if (await database.ReadAsync((db, abandoned) => RefuseAsync(db, accountId, change, audit, abandoned), cancellationToken) is { } error)
        {
            return error;
        }

        // A trail may be long, and one transaction for all of it would keep every other write waiting.
        await database.DeleteAsync(db => db.AuditEntries.Where(entry => entry.AccountId == accountId).OrderBy(entry => entry.At), cancellationToken);
        var deleted = await ChangeAsync(accountId, change, audit, cancellationToken);
        if (deleted.IsSuccess)
        {
            LogDeleted(logger, accountId, audit.ActorId ?? accountId);
        }

        return deleted;
    }

    private static Action<UpdateSettersBuilder<AppUser>> Password(string hash) => set => set
        .SetProperty(user => user.PasswordHash, hash)
        .SetProperty(user => user.SecurityStamp, Guid.NewGuid().ToString("N"));

    private static Action<UpdateSettersBuilder<AppUser>> NewRoles(IEnumerable<string> roles, AuditContext audit) => set => set
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

    private async Task<Result<Done>> ChangeAsync(Guid accountId, Change change, AuditContext audit, CancellationToken cancellationToken)
    {
        var ended = await database.WriteAsync<Result<List<Guid>>>(
            async (db, abandoned) =>
            {
                if (change.MayRemoveAdmin)
                {
                    await GuardRow.TakeAsync(db, GuardRow.Admins, abandoned);
                }

                if (await RefuseAsync(db, accountId, change, audit, abandoned) is { } error)
                {
                    return error;
                }

                var changed = await db.Users
                    .Where(user => user.Id == accountId && (change.OfVersion == null || user.SecurityVersion == change.OfVersion))
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

                await AuditLog.AddAsync(db, audit.Entries, abandoned);
                var sessions = db.Sessions.Where(session => session.AccountId == accountId && session.Id != change.ExceptSession);
                var over = change.Reason is { } reason ? await SessionEnding.EndSomeAsync(db, accountId, sessions, reason, audit.At, abandoned) : [];
                await change.Then(db, abandoned);
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

    /// <param name="Reason">Of the end of the account's sessions; null where they go on.</param>
    /// <param name="Set">What becomes of the account's row, besides its security version.</param>
    private sealed record Change(SessionEndReason? Reason, Action<UpdateSettersBuilder<AppUser>> Set)
    {
        /// <summary>The security version that the account must have.</summary>
        public int? OfVersion { get; init; }

        public Guid? ExceptSession { get; init; }

        /// <summary>Whether the account may be an administrator before and not after.</summary>
        public bool MayRemoveAdmin { get; init; }

        public Func<AppDbContext, CancellationToken, Task> Then { get; init; } = (_, _) => Task.CompletedTask;
    }
}
