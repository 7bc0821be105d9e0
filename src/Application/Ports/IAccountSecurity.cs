using CleanJwt.Application.Callers;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Mail;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Ports;

/// <summary>
/// Changes who can sign in to an account. Every method except <see cref="UnlockAsync"/> and <see
/// cref="ConfirmEmailAsync"/> ends sessions in the same transaction. A sign-in that began before the change leaves no
/// live session. Once a method has returned, this node refuses the tokens of the sessions that it ended.
/// </summary>
/// <remarks>
/// The methods share these errors: <see cref="AccountErrors.NoSuchUser"/> for an unknown account; <see
/// cref="AccountErrors.LastAdmin"/> when no administrator could sign in after the change, also when several changes run
/// at once; <see cref="AccessTokenErrors.TokenRevoked"/> when the caller's session is over by then. A refused change
/// stores no audit entry.
/// </remarks>
public interface IAccountSecurity
{
    /// <summary>Changes the password and ends all sessions except one.</summary>
    /// <param name="securityVersion">The version of the account when its current password was verified.</param>
    /// <returns>
    /// False when the account has changed since. Then nothing was stored, and the caller verifies the password again.
    /// </returns>
    Task<Result<bool>> TryChangePasswordAsync(
        Guid accountId,
        int securityVersion,
        string newPassword,
        Guid exceptSession,
        AuditContext audit,
        CancellationToken cancellationToken);

    /// <summary>Sets the password without a proof of the old one, and ends all sessions.</summary>
    Task<Result<Done>> SetPasswordAsync(
        Guid accountId, string newPassword, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>
    /// Sets the password like <see cref="SetPasswordAsync"/>, makes the account an administrator, unlocks it and removes
    /// its second factors.
    /// </summary>
    Task<Result<Done>> MakeAdminAsync(
        Guid accountId, string newPassword, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces a forgotten password, confirms the address, ends all sessions and clears the wrong passwords of the
    /// address, and uses up the flow that proved it.
    /// </summary>
    /// <param name="account">The account when the flow was proved.</param>
    /// <param name="from">The network of the client, whose wrong passwords are cleared.</param>
    /// <returns>
    /// False when the account has changed since, or the flow was used up before. Then the password stays as it is.
    /// </returns>
    Task<Result<bool>> TryResetPasswordAsync(
        AccountState account,
        string newPassword,
        SpentToken flow,
        ClientNetwork from,
        AuditContext audit,
        CancellationToken cancellationToken);

    /// <summary>Confirms the address of the account. Nothing changes if it is confirmed already.</summary>
    /// <param name="securityVersion">The version of the account when its address was proved.</param>
    /// <returns>The account, or <see cref="MailErrors.InvalidCode"/> when it has changed since.</returns>
    Task<Result<Account>> ConfirmEmailAsync(
        Guid accountId, int securityVersion, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>Locks the account and ends all its sessions. A locked account stays locked.</summary>
    Task<Result<Done>> LockAsync(Guid accountId, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>Lets the owner sign in again. The sessions that the lock ended stay ended.</summary>
    Task<Result<Done>> UnlockAsync(Guid accountId, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the roles and ends all sessions, so that every token from now on carries the new roles.
    /// </summary>
    /// <param name="roles">Known roles only (<see cref="Roles.IsKnown"/>).</param>
    Task<Result<ManagedAccount>> SetRolesAsync(
        Guid accountId, IReadOnlyCollection<string> roles, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the sessions of the account, and deletes it with all data about its owner. Its email address is free again.
    /// </summary>
    Task<Result<Done>> DeleteAsync(Guid accountId, AuditContext audit, CancellationToken cancellationToken);
}
