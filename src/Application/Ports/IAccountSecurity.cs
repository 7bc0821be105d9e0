using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;

namespace CleanJwt.Application.Ports;

/// <summary>
/// Changes of who may sign in to an account. Each but an unlock ends sessions in the same transaction, and no sign-in that began before it leaves a live session
/// behind. When one has answered, this node refuses the tokens of the sessions it ended.
/// </summary>
/// <remarks>
/// An account that is not there is <see cref="AccountErrors.NoSuchUser"/>. What would leave no administrator who can sign in is
/// <see cref="AccountErrors.LastAdmin"/>, also when several try it at once. When the session that does it is over by then, it is
/// <see cref="AccessTokenErrors.TokenRevoked"/>. Where nothing was done, nothing is in the trail.
/// </remarks>
public interface IAccountSecurity
{
    /// <summary>Changes the password and ends all sessions but one.</summary>
    /// <param name="securityVersion">Of the account when its current password was verified.</param>
    /// <returns>False when the account has changed since; then nothing was stored, and the caller decides again on a fresh look.</returns>
    Task<Result<bool>> TryChangePasswordAsync(
        Guid accountId, int securityVersion, string newPassword, Guid exceptSession, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>Sets the password without asking for the old one, and ends all sessions.</summary>
    Task<Result<Done>> SetPasswordAsync(Guid accountId, string newPassword, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>As <see cref="SetPasswordAsync"/>, and gives the role of administrators and unlocks the account.</summary>
    Task<Result<Done>> MakeAdminAsync(Guid accountId, string newPassword, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>Locks the account and ends all its sessions. Again is well, too.</summary>
    Task<Result<Done>> LockAsync(Guid accountId, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>Lets its owner sign in again. Sessions that the lock ended stay so.</summary>
    Task<Result<Done>> UnlockAsync(Guid accountId, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>Replaces the roles and ends all sessions, so that every token from now on carries the new ones.</summary>
    /// <param name="roles">Known ones.</param>
    Task<Result<ManagedAccount>> SetRolesAsync(Guid accountId, IReadOnlyCollection<string> roles, AuditContext audit, CancellationToken cancellationToken);

    /// <summary>Deletes the account and all that is known of its owner, after ending its sessions. Its address is free again.</summary>
    Task<Result<Done>> DeleteAsync(Guid accountId, AuditContext audit, CancellationToken cancellationToken);
}
