using CleanJwt.Application.Accounts;
using CleanJwt.Application.Audit;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.WebApi.Authentication;
using CleanJwt.WebApi.Errors;
using CleanJwt.WebApi.Http;
using CleanJwt.WebApi.OpenApi;
using CleanJwt.WebApi.RateLimiting;
using Mediator;
using Microsoft.AspNetCore.Mvc;

namespace CleanJwt.WebApi.Controllers;

/// <summary>The account of whoever asks.</summary>
[ApiController]
[Route("api/users/me")]
public sealed class UsersController(ISender sender) : ControllerBase
{
    /// <summary>The current user</summary>
    /// <remarks>With <c>If-None-Match</c> and the <c>ETag</c> of an earlier answer, an account that has not changed answers 304.</remarks>
    [HttpGet]
    [RequireScope(Scopes.AccountRead)]
    [AcceptsHeader("If-None-Match", "The `ETag` of an earlier answer.")]
    [ProducesResponseType<AccountResponse>(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    [ProducesProblem(StatusCodes.Status401Unauthorized, "missing-token", "invalid-token", "token-expired", "token-revoked", "user-not-found")]
    public async Task<ActionResult> Get()
    {
        // Without a parameter, which would cost more than all that is done here.
        var result = await sender.Send(new GetCurrentUserQuery(HttpContext.AccessToken().AccountId), HttpContext.RequestAborted);
        return result.ToActionResult(user =>
        {
            var etag = EntityTags.Of(user);
            Response.Headers.ETag = etag;
            return Request.IsKnownToClient(etag) ? StatusCode(StatusCodes.Status304NotModified) : Ok(AccountResponse.From(user));
        });
    }

    /// <summary>Change the profile</summary>
    /// <remarks>A field that is absent stays as it is. With <c>If-Match</c>, nothing is changed that somebody else has changed meanwhile.</remarks>
    [HttpPatch]
    [RequireLiveSession(Scopes.AccountWrite)]
    [AcceptsHeader("If-Match", "The `ETag` of the state that the change is meant for. Without it, or with `*`, it is made to any.")]
    [ProducesResponseType<AccountResponse>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(StatusCodes.Status412PreconditionFailed, "stale-version")]
    public async Task<ActionResult> Update(UpdateProfileCommand command, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var update = command with { Caller = HttpContext.Caller(token), ExpectedVersions = Request.VersionsExpected(token.AccountId) };
        var result = await sender.Send(update, cancellationToken);
        return result.ToActionResult(account =>
        {
            Response.Headers.ETag = EntityTags.Of(account);
            return Ok(AccountResponse.From(account));
        });
    }

    /// <summary>Change the password</summary>
    /// <remarks>Ends every other session of the account.</remarks>
    [HttpPut("password")]
    [HashesPassword]
    [RequireLiveSession(Scopes.AccountWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(StatusCodes.Status429TooManyRequests, "too-many-attempts")]
    public async Task<ActionResult> ChangePassword(
        ChangePasswordCommand command, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(command with { Caller = HttpContext.Caller(token) }, cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>Delete the account</summary>
    /// <remarks>Ends every session, and deletes the account with all that is known of its owner. It can't be undone.</remarks>
    [HttpDelete]
    [RequireRecentSignIn(Scopes.AccountWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status409Conflict, "last-admin")]
    public async Task<ActionResult> Delete([BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new DeleteAccountCommand(HttpContext.Caller(token)), cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>What happened to the account</summary>
    /// <remarks>Sign-ins, good and bad, and all that was changed, the newest first.</remarks>
    [HttpGet("activity")]
    [RequireScope(Scopes.AccountRead)]
    [ProducesResponseType<ActivityPage>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed")]
    [ProducesProblem(StatusCodes.Status401Unauthorized, "missing-token", "invalid-token", "token-expired", "token-revoked", "user-not-found")]
    public async Task<ActionResult> ListActivity(int? limit, string? after, [CurrentUser] Account user, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new ListAuditEntriesQuery(user.Id.ToString(), limit, after), cancellationToken);
        return result.ToActionResult(page => Ok(ActivityPage.From(page)));
    }
}

/// <summary>An account.</summary>
/// <param name="EmailConfirmed">Whether the address has been proved to be its owner's.</param>
public sealed record AccountResponse(
    Guid Id, string Email, bool EmailConfirmed, string? DisplayName, IReadOnlyList<string> Roles, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    internal static AccountResponse From(Account account) => new(
        account.Id, account.Email, account.EmailConfirmed, account.DisplayName, account.Roles, account.CreatedAt, account.UpdatedAt);
}
