using System.Security.Cryptography;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.Mail;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;
using CleanJwt.Infrastructure.Sessions;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.SecondFactors;

internal sealed class PasskeyRepository(IDatabase database, AccountChanges changes, OutboxWriter outbox)
    : IPasskeyRepository
{
    public async Task<IReadOnlyList<Passkey>> ListAsync(Guid accountId, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            (db, abandoned) => db.Context.Passkeys.AsNoTracking()
                .Where(row => row.AccountId == accountId)
                .OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id)
                .ToListAsync(abandoned),
            cancellationToken);
        return rows.ConvertAll(Read);
    }

    public Task<AccountPasskey?> FindAsync(byte[] credentialId, CancellationToken cancellationToken)
    {
        var hash = SHA256.HashData(credentialId);
        return database.ReadAsync(
            async (db, abandoned) =>
            {
                var row = await db.Context.Passkeys.AsNoTracking()
                    .SingleOrDefaultAsync(passkey => passkey.CredentialHash == hash, abandoned);
                return row is not null
                    && await db.FindCredentialsAsync(row.AccountId, abandoned) is { Candidate: var account }
                        ? new AccountPasskey(Read(row), account)
                        : null;
            },
            cancellationToken);
    }

    public async Task<Result<Done>> AddAsync(
        Passkey passkey, int max, SpentToken state, AuditContext audit, CancellationToken cancellationToken)
    {
        var row = Write(passkey);
        var change = new AccountChange(EndReason: null, _ => { })
        {
            Guard = async (db, abandoned) =>
            {
                var passkeys = db.Context.Passkeys;
                if (await db.FindUseAsync(state, abandoned) is { } useId)
                {
                    return useId == state.UseId ? null : PasskeyErrors.InvalidRegistration;
                }

                if (await passkeys.AnyAsync(other => other.CredentialHash == row.CredentialHash, abandoned))
                {
                    return PasskeyErrors.PasskeyAlreadyRegistered;
                }

                return await passkeys.CountAsync(other => other.AccountId == row.AccountId, abandoned) >= max
                    ? PasskeyErrors.TooManyPasskeys(max)
                    : null;
            },
            Flow = state,
            Then = async (db, abandoned) =>
            {
                db.Context.Passkeys.Add(row);
                await db.Context.SaveChangesAsync(abandoned);
            },
        };
        try
        {
            return await changes.MakeAsync(passkey.AccountId, change, audit, cancellationToken);
        }
        catch (Exception exception) when (DatabaseErrors.IsUniqueViolation(exception))
        {
            return PasskeyErrors.PasskeyAlreadyRegistered; // for another account at the same time
        }
    }

    public Task<Result<Passkey>> RenameAsync(
        Guid accountId, Guid id, string name, AuditContext audit, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<Passkey>>(
            async (db, abandoned) =>
            {
                if (await ActingSession.IsOverAsync(db.Context, audit, abandoned))
                {
                    return AccessTokenErrors.TokenRevoked;
                }

                var own = db.Context.Passkeys.Where(row => row.Id == id && row.AccountId == accountId);
                if (await own.ExecuteUpdateAsync(set => set.SetProperty(row => row.Name, name), abandoned) == 0)
                {
                    return PasskeyErrors.PasskeyNotFound;
                }

                await db.InsertAuditEntriesAsync(audit.Entries, abandoned);
                return Read(await own.AsNoTracking().SingleAsync(abandoned));
            },
            cancellationToken);

    public Task<Result<Done>> RemoveAsync(
        Guid accountId, Guid id, AuditContext audit, CancellationToken cancellationToken)
    {
        var change = new AccountChange(SessionEndReason.PasskeyRemoved, _ => { })
        {
            Ends = session => session.PasskeyId == id,
            ExceptSession = audit.ActorSessionId,
            Guard = async (db, abandoned) =>
                await db.Context.Passkeys.AnyAsync(row => row.Id == id && row.AccountId == accountId, abandoned)
                    ? null
                    : PasskeyErrors.PasskeyNotFound,
            Then = async (db, abandoned) =>
            {
                await db.Context.Passkeys
                    .Where(row => row.Id == id && row.AccountId == accountId)
                    .ExecuteDeleteAsync(abandoned);
                await db.RemoveCodesAloneAsync(accountId, abandoned);
            },
        };
        return changes.MakeAsync(accountId, change, audit, cancellationToken);
    }

    public async Task ReportCopyAsync(AuditContext audit, CancellationToken cancellationToken)
    {
        await database.WriteAsync(
            async (db, abandoned) =>
            {
                await db.InsertAuditEntriesAsync(audit.Entries, abandoned);
                await outbox.AddAsync(db, audit.Mails, abandoned);
                return true;
            },
            cancellationToken);
        outbox.Wake(audit.Mails);
    }

    private static Passkey Read(PasskeyRow row) => new()
    {
        Id = row.Id,
        AccountId = row.AccountId,
        CredentialId = row.CredentialId,
        PublicKey = row.PublicKey,
        SignCount = row.SignCount,
        Name = row.Name,
        CreatedAt = row.CreatedAt,
        LastUsedAt = row.LastUsedAt,
        Transports = row.Transports.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        IsSynced = row.IsSynced,
        IsBackedUp = row.IsBackedUp,
        RelyingPartyId = row.RelyingPartyId,
    };

    private static PasskeyRow Write(Passkey passkey) => new()
    {
        Id = passkey.Id,
        AccountId = passkey.AccountId,
        CredentialHash = SHA256.HashData(passkey.CredentialId),
        CredentialId = passkey.CredentialId,
        PublicKey = passkey.PublicKey,
        SignCount = passkey.SignCount,
        Name = passkey.Name,
        CreatedAt = passkey.CreatedAt,
        LastUsedAt = passkey.LastUsedAt,
        Transports = string.Join(' ', passkey.Transports),
        IsSynced = passkey.IsSynced,
        IsBackedUp = passkey.IsBackedUp,
        RelyingPartyId = passkey.RelyingPartyId,
    };
}
