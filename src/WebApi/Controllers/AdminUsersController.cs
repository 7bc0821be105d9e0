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

/// <summary>All accounts, for administrators. Their scopes are given to nobody else.</summary>
[ApiController]
[Route("api/admin/users")]
public sealed class AdminUsersController(ISender sender) : ControllerBase
{
    /// <summary>List accounts</summary>
    /// <remarks>The newest first. <c>email</c> is what the address begins with.</remarks>
    [HttpGet]
    [RequireScope(Scopes.UsersRead)]
    [ProducesResponseType<ManagedAccountPage>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed")]
    public async Task<ActionResult> List(string? email, int? limit, string? after, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new ListUsersQuery(email, limit, after), cancellationToken);
        return result.ToActionResult(page => Ok(ManagedAccountPage.From(page)));
    }

    /// <summary>Look up an account</summary>
    [HttpGet("{id}")]
    [RequireScope(Scopes.UsersRead)]
    [ProducesResponseType<ManagedAccountResponse>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status404NotFound, "user-not-found")]
    public async Task<ActionResult> Get(string id, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new GetUserQuery(id), cancellationToken);
        return result.ToActionResult(account => Ok(ManagedAccountResponse.From(account)));
    }

    /// <summary>Lock an account</summary>
    /// <remarks>Ends every session of it, and refuses further sign-ins.</remarks>
    [HttpPost("{id}/lock")]
    [RequireLiveSession(Scopes.UsersWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status404NotFound, "user-not-found")]
    [ProducesProblem(StatusCodes.Status409Conflict, "last-admin")]
    public async Task<ActionResult> Lock(string id, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new LockUserCommand(HttpContext.Caller(token), id), cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>Unlock an account</summary>
    [HttpPost("{id}/unlock")]
    [RequireLiveSession(Scopes.UsersWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status404NotFound, "user-not-found")]
    public async Task<ActionResult> Unlock(string id, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new UnlockUserCommand(HttpContext.Caller(token), id), cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>End all sessions of an account</summary>
    [HttpDelete("{id}/sessions")]
    [RequireLiveSession(Scopes.UsersWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status404NotFound, "user-not-found")]
    public async Task<ActionResult> EndSessions(string id, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new EndSessionsOfUserCommand(HttpContext.Caller(token), id), cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>Set the roles of an account</summary>
    /// <remarks>Replaces them all, and ends every session of the account, so that its tokens carry the new ones.</remarks>
    [HttpPut("{id}/roles")]
    [RequireRecentSignIn(Scopes.UsersWrite)]
    [ProducesResponseType<ManagedAccountResponse>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(StatusCodes.Status404NotFound, "user-not-found")]
    [ProducesProblem(StatusCodes.Status409Conflict, "last-admin")]
    public async Task<ActionResult> SetRoles(
        string id, SetRolesCommand command, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(command with { Caller = HttpContext.Caller(token), Id = id }, cancellationToken);
        return result.ToActionResult(account => Ok(ManagedAccountResponse.From(account)));
    }

    /// <summary>Delete an account</summary>
    /// <remarks>As if its owner had done it: every session ends, and all that is known of them is gone. It can't be undone.</remarks>
    [HttpDelete("{id}")]
    [RequireRecentSignIn(Scopes.UsersWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status404NotFound, "user-not-found")]
    [ProducesProblem(StatusCodes.Status409Conflict, "last-admin")]
    public async Task<ActionResult> Delete(string id, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new DeleteUserCommand(HttpContext.Caller(token), id), cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>What happened to an account</summary>
    /// <remarks>As its owner sees it.</remarks>
    [HttpGet("{id}/activity")]
    [RequireScope(Scopes.UsersRead)]
    [ProducesResponseType<ActivityPage>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed")]
    [ProducesProblem(StatusCodes.Status404NotFound, "user-not-found")]
    public async Task<ActionResult> ListActivity(string id, int? limit, string? after, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new ListAuditEntriesQuery(id, limit, after), cancellationToken);
        return result.ToActionResult(page => Ok(ActivityPage.From(page)));
    }
}

/// <summary>Some accounts, the newest first.</summary>
/// <param name="Next">To be sent as <c>after</c> for those that come after these; null when that is all.</param>
public sealed record ManagedAccountPage(IReadOnlyList<ManagedAccountResponse> Items, string? Next)
{
    internal static ManagedAccountPage From(Page<ManagedAccount> page) =>
        new([.. page.Items.Select(ManagedAccountResponse.From)], page.Next?.ToString());
}

/// <summary>An account as administrators see it.</summary>
/// <param name="EmailConfirmed">Whether the address has been proved to be its owner's.</param>
/// <param name="Locked">Whether sign-ins are refused.</param>
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
