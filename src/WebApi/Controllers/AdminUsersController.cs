using CleanJwt.Application.Administration;
using CleanJwt.Application.Audit;
using CleanJwt.Application.Paging;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.WebApi.Authentication;
using CleanJwt.WebApi.Errors;
using CleanJwt.WebApi.Http;
using CleanJwt.WebApi.OpenApi;
using Mediator;
using Microsoft.AspNetCore.Mvc;

namespace CleanJwt.WebApi.Controllers;

/// <summary>Manages all accounts. Only administrators can have the scopes that these routes require.</summary>
[ApiController]
[Route("api/admin/users")]
public sealed class AdminUsersController(ISender sender) : ControllerBase
{
    /// <summary>List accounts</summary>
    /// <remarks>Newest first. <c>email</c> filters by the beginning of the address.</remarks>
    [HttpGet(Name = "adminListUsers")]
    [RequireScope(Scopes.UsersRead)]
    [ProducesResponseType<ManagedAccountPage>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed")]
    public async Task<ActionResult> List(string? email, int? limit, string? after, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new ListUsersQuery(email, limit, after), cancellationToken);
        return result.ToActionResult(page => Ok(ManagedAccountPage.From(page)));
    }

    /// <summary>Get an account</summary>
    [HttpGet("{id}", Name = "adminGetUser")]
    [RequireScope(Scopes.UsersRead)]
    [ProducesResponseType<ManagedAccountResponse>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status404NotFound, "user-not-found")]
    public async Task<ActionResult> Get(string id, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new GetUserQuery(id), cancellationToken);
        return result.ToActionResult(account => Ok(ManagedAccountResponse.From(account)));
    }

    /// <summary>Lock an account</summary>
    /// <remarks>Ends every session of the account and refuses further sign-ins.</remarks>
    [HttpPost("{id}/lock", Name = "adminLockUser")]
    [RequireLiveSession(Scopes.UsersWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status404NotFound, "user-not-found")]
    [ProducesProblem(StatusCodes.Status409Conflict, "last-admin")]
    public async Task<ActionResult> Lock(
        string id, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new LockUserCommand(HttpContext.Caller(token), id), cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>Unlock an account</summary>
    [HttpPost("{id}/unlock", Name = "adminUnlockUser")]
    [RequireLiveSession(Scopes.UsersWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status404NotFound, "user-not-found")]
    public async Task<ActionResult> Unlock(
        string id, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new UnlockUserCommand(HttpContext.Caller(token), id), cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>End all sessions of an account</summary>
    [HttpDelete("{id}/sessions", Name = "adminEndUserSessions")]
    [RequireLiveSession(Scopes.UsersWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status404NotFound, "user-not-found")]
    public async Task<ActionResult> EndSessions(
        string id, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new EndSessionsOfUserCommand(HttpContext.Caller(token), id), cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>Remove the second factors of an account</summary>
    /// <remarks>
    /// For an owner who has lost them. Every session of the account ends, and the owner can sign in with the password.
    /// Make sure that it is the owner who asks.
    /// </remarks>
    [HttpDelete("{id}/second-factors", Name = "adminResetUserSecondFactors")]
    [RequireRecentSignIn(Scopes.UsersWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status404NotFound, "user-not-found")]
    public async Task<ActionResult> ResetSecondFactors(
        string id, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var reset = new ResetSecondFactorsOfUserCommand(HttpContext.Caller(token), id);
        var result = await sender.Send(reset, cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>Set the roles of an account</summary>
    /// <remarks>
    /// Replaces all roles. Every session of the account ends, so that new tokens carry the new roles.
    /// </remarks>
    [HttpPut("{id}/roles", Name = "adminSetUserRoles")]
    [RequireRecentSignIn(Scopes.UsersWrite)]
    [ProducesResponseType<ManagedAccountResponse>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(StatusCodes.Status404NotFound, "user-not-found")]
    [ProducesProblem(StatusCodes.Status409Conflict, "last-admin")]
    public async Task<ActionResult> SetRoles(
        string id, SetRolesCommand command, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var roles = command with { Caller = HttpContext.Caller(token), Id = id };
        var result = await sender.Send(roles, cancellationToken);
        return result.ToActionResult(account => Ok(ManagedAccountResponse.From(account)));
    }

    /// <summary>Delete an account</summary>
    /// <remarks>Ends every session and deletes all data of the account. This can't be undone.</remarks>
    [HttpDelete("{id}", Name = "adminDeleteUser")]
    [RequireRecentSignIn(Scopes.UsersWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status404NotFound, "user-not-found")]
    [ProducesProblem(StatusCodes.Status409Conflict, "last-admin")]
    public async Task<ActionResult> Delete(
        string id, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new DeleteUserCommand(HttpContext.Caller(token), id), cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>List the activity of an account</summary>
    /// <remarks>Returns the same entries that the owner sees, newest first.</remarks>
    [HttpGet("{id}/activity", Name = "adminListUserActivity")]
    [RequireScope(Scopes.UsersRead)]
    [ProducesResponseType<ActivityPage>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed")]
    [ProducesProblem(StatusCodes.Status404NotFound, "user-not-found")]
    public async Task<ActionResult> ListActivity(
        string id, int? limit, string? after, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new ListAuditEntriesQuery(id, limit, after), cancellationToken);
        return result.ToActionResult(page => Ok(ActivityPage.From(page)));
    }
}

/// <summary>A page of accounts, newest first.</summary>
/// <param name="Items">The accounts of this page.</param>
/// <param name="Next">The value to send as <c>after</c> for the next page. Null on the last page.</param>
public sealed record ManagedAccountPage(IReadOnlyList<ManagedAccountResponse> Items, string? Next)
{
    internal static ManagedAccountPage From(Page<ManagedAccount> page) =>
        new([.. page.Items.Select(ManagedAccountResponse.From)], page.Next?.ToString());
}

/// <summary>An account as administrators see it.</summary>
/// <param name="Id">The id of the account.</param>
/// <param name="Email">The email address.</param>
/// <param name="EmailConfirmed">Whether the owner has proved that the address is theirs.</param>
/// <param name="DisplayName">The name to show. Null when the owner chose none.</param>
/// <param name="Roles">The roles of the account, such as <c>admin</c>.</param>
/// <param name="CreatedAt">The time of the registration.</param>
/// <param name="UpdatedAt">The time of the last change.</param>
/// <param name="Locked">Whether the account can't sign in.</param>
public sealed record ManagedAccountResponse(
    Guid Id,
    string Email,
    bool EmailConfirmed,
    string? DisplayName,
    IReadOnlyList<string> Roles,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    bool Locked)
{
    internal static ManagedAccountResponse From(ManagedAccount managed) => new(
        managed.Account.Id,
        managed.Account.Email,
        managed.Account.EmailConfirmed,
        managed.Account.DisplayName,
        managed.Account.Roles,
        managed.Account.CreatedAt,
        managed.Account.UpdatedAt,
        managed.Locked);
}
