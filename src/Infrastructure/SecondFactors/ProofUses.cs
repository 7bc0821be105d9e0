using CleanJwt.Application.Ports;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Infrastructure.Mail;
using CleanJwt.Infrastructure.Passwords.Throttle;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Statements;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.SecondFactors;

/// <summary>Uses up what an owner has proved, in the transaction of the sign-in.</summary>
/// <remarks>
/// The caller has locked the account's row. So what is read here holds until the end of the transaction, and a refusal
/// comes before the first write.
/// </remarks>
internal sealed class ProofUses(RecoveryCodeMacs macs, AttemptKeys attempts, OutboxWriter outbox)
{
    // So few that the owner should make new ones.
    private const int Few = 3;

    /// <param name="now">The time of the sign-in.</param>
    /// <returns>What was used up, or the error of the first part that was used before.</returns>
    public async Task<Result<UsedProof>> UseUpAsync(
        DatabaseConnection db,
        Guid accountId,
        ProofUse use,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (use.Factor is null)
        {
            return UsedProof.Nothing;
        }

        foreach (var (token, error) in TokensOf(use))
        {
            if (await db.FindUseAsync(token, cancellationToken) is { } useId)
            {
                return useId == token.UseId ? UsedProof.Before : error;
            }
        }

        if (!await TryUseFactorAsync(db, accountId, use.Factor, now, cancellationToken))
        {
            return use.Factor is FactorUse.Passkey
                ? PasskeyErrors.InvalidPasskey
                : SecondFactorErrors.InvalidSecondFactor;
        }

        foreach (var (token, _) in TokensOf(use))
        {
            await db.SpendAsync(token, cancellationToken);
        }

        await db.ExecuteAsync(
            AttemptStatements.Clear(attempts.OfSecondFactors(accountId).Value), cancellationToken);
        return use.Factor is FactorUse.RecoveryCode
            ? await CountCodesAsync(db, accountId, use, cancellationToken)
            : UsedProof.Nothing;
    }

    private static IEnumerable<(SpentToken Token, Error IfSpent)> TokensOf(ProofUse use)
    {
        if (use.MfaToken is { } mfaToken)
        {
            yield return (mfaToken, SecondFactorErrors.InvalidMfaToken);
        }

        if (use.PasskeyState is { } state)
        {
            yield return (state, PasskeyErrors.InvalidPasskey);
        }
    }

    private Task<bool> TryUseFactorAsync(
        DatabaseConnection db,
        Guid accountId,
        FactorUse factor,
        DateTimeOffset now,
        CancellationToken cancellationToken) => factor switch
        {
            FactorUse.Totp totp => db.TryUseTotpAsync(accountId, totp, now, cancellationToken),
            FactorUse.RecoveryCode code =>
                db.TryUseRecoveryCodeAsync(accountId, macs.Of(accountId, code.Code), cancellationToken),
            FactorUse.Passkey passkey => db.TryUsePasskeyAsync(accountId, passkey, now, cancellationToken),
            _ => throw new InvalidOperationException($"The factor {factor.GetType().Name} is not known."),
        };

    private async Task<UsedProof> CountCodesAsync(
        DatabaseConnection db, Guid accountId, ProofUse use, CancellationToken cancellationToken)
    {
        var left = await db.Context.RecoveryCodes.CountAsync(row => row.AccountId == accountId, cancellationToken);
        var mails = left <= Few ? use.MailsIfFewCodesAreLeft : [];
        await outbox.AddAsync(db, mails, cancellationToken);
        return new UsedProof(WasUsedBefore: false, left) { StoredMails = mails.Count > 0 };
    }
}

/// <summary>What a sign-in has used up.</summary>
/// <param name="WasUsedBefore">
/// Whether this attempt has done its work already. Its confirmation was lost, and the database runs the work again.
/// </param>
/// <param name="RecoveryCodesLeft">Null unless a recovery code was used.</param>
internal sealed record UsedProof(bool WasUsedBefore, int? RecoveryCodesLeft)
{
    public static readonly UsedProof Nothing = new(WasUsedBefore: false, RecoveryCodesLeft: null);

    public static readonly UsedProof Before = Nothing with { WasUsedBefore = true };

    /// <summary>Whether mails were stored. The caller wakes the outbox once it has committed.</summary>
    public bool StoredMails { get; init; }
}
