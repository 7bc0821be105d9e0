using System.Linq.Expressions;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Mail;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;
using CleanJwt.Infrastructure.Revocation;
using CleanJwt.Infrastructure.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace CleanJwt.Infrastructure.Accounts;

/// <summary>Makes the changes of accounts that concern their sign-ins, each in one transaction.</summary>
/// <remarks>
/// Every change increments the account's security version, and thereby locks the account's row. A sign-in takes the
/// same row in its last step. Either it commits before the change, and its session is ended with the others, or it
/// finds a new version and starts nothing.
/// </remarks>
internal sealed class AccountChanges(IDatabase database, RevocationList revocations, OutboxWriter outbox)
{
    public static async Task<Error?> RefuseAsync(
        AppDbContext db, Guid accountId, AccountChange change, AuditContext audit, CancellationToken cancellationToken)
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
    public async Task<Result<bool>> TryMakeAsync(
        Guid accountId, AccountChange change, AuditContext audit, CancellationToken cancellationToken)
    {
        var changed = await MakeAsync(accountId, change, audit, cancellationToken);
        return changed.IsSuccess || changed.Error == AccountErrors.NoSuchUser ? changed.IsSuccess : changed.Error;
    }

    public async Task<Result<Done>> MakeAsync(
        Guid accountId, AccountChange change, AuditContext audit, CancellationToken cancellationToken)
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

                if (change.Guard is { } guard)
                {
                    // The row stays locked, so what the guard sees holds until the end of the transaction.
                    await db.LockRowAsync(accountId, abandoned);
                    if (await guard(db, abandoned) is { } refusal)
                    {
                        return refusal;
                    }
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
                    .Where(session => session.AccountId == accountId && session.Id != change.ExceptSession)
                    .Where(change.Ends);
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
}

/// <summary>A change of an account after which an older sign-in must not succeed.</summary>
/// <param name="EndReason">Why the account's sessions end. Null if they go on.</param>
/// <param name="Set">Sets the columns of the account's row, in addition to its security version.</param>
internal sealed record AccountChange(SessionEndReason? EndReason, Action<UpdateSettersBuilder<AppUser>> Set)
{
    /// <summary>The security version that the account must have. Null for any.</summary>
    public int? ExpectedVersion { get; init; }

    /// <summary>Of the account's sessions, those that end.</summary>
    public Expression<Func<Session, bool>> Ends { get; init; } = session => true;

    /// <summary>The one session that goes on.</summary>
    public Guid? ExceptSession { get; init; }

    /// <summary>Whether the change may take an administrator who can sign in away.</summary>
    public bool MayRemoveAdmin { get; init; }

    /// <summary>
    /// Refuses the change by what the database holds. No other change of the account runs meanwhile. Null refuses
    /// none.
    /// </summary>
    public Func<DatabaseConnection, CancellationToken, Task<Error?>>? Guard { get; init; }

    /// <summary>The sealed token that the change uses up. Null for none.</summary>
    public SpentToken? Flow { get; init; }

    /// <summary>The last step of the transaction, but for its mails.</summary>
    public Func<DatabaseConnection, CancellationToken, Task> Then { get; init; } = (_, _) => Task.CompletedTask;
}
