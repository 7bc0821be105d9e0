using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.Passwords.Throttle;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CleanJwt.Infrastructure.SecondFactors;

internal sealed partial class SecondFactorRepository(
    IDatabase database,
    AccountChanges changes,
    TotpSecrets secrets,
    RecoveryCodeMacs macs,
    PasswordThrottle throttle,
    AttemptKeys attempts,
    ILogger<SecondFactorRepository> logger) : ISecondFactorRepository
{
    public Task<SecondFactorStatus?> FindStatusAsync(Guid accountId, CancellationToken cancellationToken) =>
        database.ReadAsync((db, abandoned) => db.FindFactorsAsync(accountId, abandoned), cancellationToken);

    public async Task<byte[]?> FindTotpSecretAsync(Guid accountId, CancellationToken cancellationToken)
    {
        var stored = await database.ReadAsync(
            (db, abandoned) => db.Context.Totps
                .Where(row => row.AccountId == accountId)
                .Select(row => row.ProtectedSecret)
                .SingleOrDefaultAsync(abandoned),
            cancellationToken);
        if (stored is null)
        {
            return null;
        }

        var secret = secrets.Unprotect(accountId, stored);
        if (secret is null)
        {
            LogUnreadable(logger, accountId);
        }

        return secret;
    }

    public Task<TimeSpan> TryCountAsync(Guid accountId, CancellationToken cancellationToken) => throttle.CountAsync(
        [attempts.OfSecondFactors(accountId)],
        share: false,
        (_, _) => Task.CompletedTask,
        cancellationToken,
        onPause: () => LogPaused(logger, accountId));

    public async Task<Result<bool>> AddTotpAsync(
        TotpSetup setup,
        long step,
        IReadOnlyCollection<string> recoveryCodes,
        AuditContext audit,
        CancellationToken cancellationToken)
    {
        var storesCodes = false;
        var id = setup.AccountId;
        var change = new AccountChange(
            SessionEndReason.SecondFactorChanged, set => set.SetProperty(user => user.TwoFactorEnabled, true))
        {
            ExceptSession = audit.ActorSessionId,
            Guard = async (db, abandoned) =>
                await db.Context.Totps.AnyAsync(row => row.AccountId == id, abandoned)
                    ? SecondFactorErrors.TotpAlreadySetUp
                    : null,
            Flow = SpentToken.Of(setup.Id, setup.ExpiresAt),
            Then = async (db, abandoned) =>
            {
                db.Context.Totps.Add(new TotpRow
                {
                    AccountId = id,
                    ProtectedSecret = secrets.Protect(id, setup.Secret),
                    CreatedAt = audit.At,
                    LastStep = step,
                });
                await db.Context.SaveChangesAsync(abandoned);
                storesCodes = !await db.Context.RecoveryCodes.AnyAsync(row => row.AccountId == id, abandoned);
                if (storesCodes)
                {
                    await db.ReplaceRecoveryCodesAsync(id, MacsOf(id, recoveryCodes), audit.At, abandoned);
                }
            },
        };
        var added = await changes.TryMakeAsync(id, change, audit, cancellationToken);
        if (!added.IsSuccess)
        {
            return added.Error;
        }

        return added.Value ? storesCodes : SecondFactorErrors.InvalidSetup;
    }

    public async Task<Result<Done>> RemoveTotpAsync(
        Guid accountId, AuditContext audit, CancellationToken cancellationToken)
    {
        var status = await FindStatusAsync(accountId, cancellationToken);
        if (status is { Totp: null })
        {
            return default(Done);
        }

        var change = new AccountChange(SessionEndReason.SecondFactorChanged, _ => { })
        {
            ExceptSession = audit.ActorSessionId,
            Then = async (db, abandoned) =>
            {
                await db.Context.Totps.Where(row => row.AccountId == accountId).ExecuteDeleteAsync(abandoned);
                await db.RemoveCodesAloneAsync(accountId, abandoned);
            },
        };
        return await changes.MakeAsync(accountId, change, audit, cancellationToken);
    }

    public Task<Result<Done>> ReplaceRecoveryCodesAsync(
        Guid accountId,
        IReadOnlyCollection<string> recoveryCodes,
        AuditContext audit,
        CancellationToken cancellationToken)
    {
        var change = new AccountChange(EndReason: null, _ => { })
        {
            Guard = async (db, abandoned) => await db.FindFactorsAsync(accountId, abandoned) is { HasFactor: false }
                ? SecondFactorErrors.NoSecondFactor
                : null,
            Then = (db, abandoned) => db.ReplaceRecoveryCodesAsync(
                accountId, MacsOf(accountId, recoveryCodes), audit.At, abandoned),
        };
        return changes.MakeAsync(accountId, change, audit, cancellationToken);
    }

    public async Task<Result<SecondFactorStatus>> SetRequiredAsync(
        Guid accountId, bool required, AuditContext audit, CancellationToken cancellationToken)
    {
        if (await FindStatusAsync(accountId, cancellationToken) is not { } status)
        {
            return AccountErrors.NoSuchUser;
        }

        if (status.IsRequired == required && Refuse(status, required) is null)
        {
            return status; // nothing changes, so no session ends
        }

        var change = new AccountChange(
            SessionEndReason.SecondFactorChanged, set => set.SetProperty(user => user.TwoFactorEnabled, required))
        {
            ExceptSession = audit.ActorSessionId,
            Guard = async (db, abandoned) =>
                await db.FindFactorsAsync(accountId, abandoned) is { } current
                    ? Refuse(current, required)
                    : AccountErrors.NoSuchUser,
        };
        var changed = await changes.MakeAsync(accountId, change, audit, cancellationToken);
        return changed.IsSuccess ? status with { IsRequired = required } : changed.Error;
    }

    public Task<Result<Done>> ResetAsync(
        Guid accountId, SessionEndReason reason, AuditContext audit, CancellationToken cancellationToken)
    {
        var change = new AccountChange(reason, _ => { })
        {
            Then = async (db, abandoned) =>
            {
                await db.RemoveAllFactorsAsync(accountId, abandoned);
                await db.ExecuteAsync(
                    AttemptStatements.Clear(attempts.OfSecondFactors(accountId).Value), abandoned);
            },
        };
        return changes.MakeAsync(accountId, change, audit, cancellationToken);
    }

    private static Error? Refuse(SecondFactorStatus status, bool required) => status switch
    {
        { HasFactor: false } => SecondFactorErrors.NoSecondFactor,
        { Totp: not null } when !required => SecondFactorErrors.SecondFactorInUse,
        _ => null,
    };

    private IEnumerable<byte[]> MacsOf(Guid accountId, IEnumerable<string> recoveryCodes) =>
        recoveryCodes.Select(code => macs.Of(accountId, code));

    [LoggerMessage(
        LogLevel.Error,
        "The authenticator app of the account {AccountId} can't be used: the keys that encrypted its secret are "
        + "missing. Restore them, or reset the second factors of the account.")]
    private static partial void LogUnreadable(ILogger logger, Guid accountId);

    [LoggerMessage(
        LogLevel.Information,
        "Many codes were tried for the account {AccountId}: unless the last one was right, none is looked at for a "
        + "while.")]
    private static partial void LogPaused(ILogger logger, Guid accountId);
}
