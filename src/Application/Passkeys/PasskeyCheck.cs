using CleanJwt.Application.Callers;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Passkeys;

/// <summary>Checks the answer of a passkey.</summary>
public sealed class PasskeyCheck(
    IPasskeyRepository passkeys, IPasskeyCeremonies ceremonies, Notices notices, TimeProvider time)
{
    /// <summary>Finds the account by its passkey, and checks the answer.</summary>
    /// <returns>
    /// The owner, <see cref="PasskeyErrors.UnknownPasskey"/> or <see cref="PasskeyErrors.InvalidPasskey"/>.
    /// </returns>
    public async Task<Result<AuthenticatedOwner>> CheckAsync(
        PresentedPasskey presented, PasskeyPurpose purpose, CancellationToken cancellationToken)
    {
        var answer = ceremonies.Read(presented, purpose);
        if (!answer.IsSuccess)
        {
            return answer.Error;
        }

        if (await passkeys.FindAsync(answer.Value.CredentialId, cancellationToken) is not { } found)
        {
            return PasskeyErrors.UnknownPasskey;
        }

        var verdict = await ceremonies.JudgeAsync(presented, purpose, found);
        if (verdict.WentBack)
        {
            await ReportAsync(found.Passkey);
        }

        return verdict.Use is { } use
            ? new AuthenticatedOwner(found.Account, Proof.Passkey)
            {
                Factor = use,
                PasskeyState = answer.Value.State,
            }
            : PasskeyErrors.InvalidPasskey;
    }

    /// <summary>Checks the answer of a passkey of one account.</summary>
    /// <returns>The owner, or <see cref="PasskeyErrors.InvalidPasskey"/>.</returns>
    public async Task<Result<AuthenticatedOwner>> CheckAsync(
        PresentedPasskey presented, PasskeyPurpose purpose, Guid accountId, CancellationToken cancellationToken)
    {
        var proved = await CheckAsync(presented, purpose, cancellationToken);
        return proved.IsSuccess && proved.Value.Account.Account.Id == accountId
            ? proved
            : PasskeyErrors.InvalidPasskey;
    }

    // The client is not named to the owner, and the owner is not named to the client: it has proved nothing.
    private Task ReportAsync(Passkey passkey)
    {
        var (id, now) = (passkey.AccountId, time.GetUtcNow());
        var entry = ClientInfo.Unknown.AuditEntry(
            AuditActions.PasskeyCopied, id, sessionId: null, now, AuditOutcome.Failure);
        var mails = notices.SecondFactorChanged(id, SecondFactorChanges.PasskeyCopied, ClientInfo.Unknown, now);
        return passkeys.ReportCopyAsync(new AuditContext(now, [entry]) { Mails = mails }, CancellationToken.None);
    }
}
