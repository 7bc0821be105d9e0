using CleanJwt.Application.Accounts;
using CleanJwt.Application.Audit;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.WebApi.Authentication;
using CleanJwt.WebApi.Errors;
using CleanJwt.WebApi.Http;
using CleanJwt.WebApi.OpenApi;
using CleanJwt.WebApi.RateLimiting;
using Mediator;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace CleanJwt.WebApi.Controllers;

/// <summary>Reads, changes and deletes the account of the caller.</summary>
[ApiController]
[Route("api/users/me")]
public sealed class UsersController(ISender sender) : ControllerBase
{
    /// <summary>Get the account</summary>
    /// <remarks>
    /// If <c>If-None-Match</c> holds the <c>ETag</c> of an earlier answer and the account has not changed, the answer
    /// is 304.
    /// </remarks>
    [HttpGet(Name = "getAccount")]
    [RequireScope(Scopes.AccountRead)]
    [AcceptsHeader("If-None-Match", "The `ETag` of an earlier answer.")]
    [ProducesResponseType<AccountResponse>(StatusCodes.Status200OK)]
    [ProducesHeader(StatusCodes.Status200OK, "ETag")]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    [ProducesHeader(StatusCodes.Status304NotModified, "ETag")]
    [ProducesProblem(
        StatusCodes.Status401Unauthorized,
        "missing-token", "invalid-token", "token-expired", "token-revoked", "user-not-found")]
    public async Task<ActionResult> Get()
    {
        // The action has no parameters: binding them would take longer than the rest of the action.
        var query = new GetCurrentUserQuery(HttpContext.AccessToken().AccountId);
        var result = await sender.Send(query, HttpContext.RequestAborted);
        return result.ToActionResult(user =>
        {
            var etag = EntityTags.Of(user);
            Response.Headers.ETag = etag;
            return Request.IsKnownToClient(etag)
                ? StatusCode(StatusCodes.Status304NotModified)
                : new JsonResult(AccountResponse.From(user));
        });
    }

    /// <summary>Change the profile</summary>
    /// <remarks>
    /// A field that is absent stays as it is. If <c>If-Match</c> is set and the account has changed meanwhile,
    /// nothing is changed and the answer is 412.
    /// </remarks>
    [HttpPatch(Name = "updateAccount")]
    [RequireLiveSession(Scopes.AccountWrite)]
    [AcceptsHeader(
        "If-Match",
        "The `ETag` of the state to change. Without the header, or with `*`, any state is changed.")]
    [ProducesResponseType<AccountResponse>(StatusCodes.Status200OK)]
    [ProducesHeader(StatusCodes.Status200OK, "ETag")]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(StatusCodes.Status412PreconditionFailed, "stale-version")]
    public async Task<ActionResult> Update(
        UpdateProfileCommand command, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var update = command with
        {
            Caller = HttpContext.Caller(token),
            ExpectedVersions = Request.VersionsExpected(token.AccountId),
        };
        var result = await sender.Send(update, cancellationToken);
        return result.ToActionResult(account =>
        {
            Response.Headers.ETag = EntityTags.Of(account);
            return Ok(AccountResponse.From(account));
        });
    }

    /// <summary>Change the password</summary>
    /// <remarks>Ends every other session of the account.</remarks>
    [HttpPut("password", Name = "changePassword")]
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

    /// <summary>Ask for a mail that confirms the email address</summary>
    [HttpPost("email/confirmation", Name = "requestEmailConfirmation")]
    [RequireLiveSession(Scopes.AccountWrite)]
    [ProducesResponseType<FlowTicket>(StatusCodes.Status202Accepted)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(StatusCodes.Status409Conflict, "email-confirmed-already")]
    [ProducesProblem(StatusCodes.Status429TooManyRequests, "too-many-mails")]
    [ProducesProblem(StatusCodes.Status501NotImplemented, "mail-not-configured")]
    public async Task<ActionResult> RequestEmailConfirmation(
        [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] RequestEmailConfirmationCommand? command,
        [BearerToken] AccessToken token,
        CancellationToken cancellationToken)
    {
        var request = (command ?? new RequestEmailConfirmationCommand()) with { Caller = HttpContext.Caller(token) };
        var result = await sender.Send(request, cancellationToken);
        return result.ToActionResult(ticket => Accepted(ticket));
    }

    /// <summary>Confirm the email address</summary>
    /// <remarks>
    /// Send the flow token with the code from the mail, or the token from the link of the mail. A second time changes
    /// nothing and has the same answer.
    /// </remarks>
    [HttpPost("email/confirm", Name = "confirmEmail")]
    [RequireLiveSession(Scopes.AccountWrite)]
    [ProducesResponseType<AccountResponse>(StatusCodes.Status200OK)]
    [ProducesHeader(StatusCodes.Status200OK, "ETag")]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(
        StatusCodes.Status401Unauthorized,
        "invalid-code", "missing-token", "invalid-token", "token-expired", "token-revoked", "user-not-found")]
    public async Task<ActionResult> ConfirmEmail(
        ConfirmEmailCommand command, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(command with { Caller = HttpContext.Caller(token) }, cancellationToken);
        return result.ToActionResult(account =>
        {
            Response.Headers.ETag = EntityTags.Of(account);
            return Ok(AccountResponse.From(account));
        });
    }

    /// <summary>Delete the account</summary>
    /// <remarks>Ends every session and deletes all data of the account. This can't be undone.</remarks>
    [HttpDelete(Name = "deleteAccount")]
    [RequireRecentSignIn(Scopes.AccountWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status409Conflict, "last-admin")]
    public async Task<ActionResult> Delete([BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new DeleteAccountCommand(HttpContext.Caller(token)), cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>List the activity of the account</summary>
    /// <remarks>Returns sign-ins, failed sign-ins and changes, newest first.</remarks>
    [HttpGet("activity", Name = "listActivity")]
    [RequireScope(Scopes.AccountRead)]
    [ProducesResponseType<ActivityPage>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed")]
    [ProducesProblem(
        StatusCodes.Status401Unauthorized,
        "missing-token", "invalid-token", "token-expired", "token-revoked", "user-not-found")]
    public async Task<ActionResult> ListActivity(
        int? limit, string? after, [CurrentUser] Account user, CancellationToken cancellationToken)
    {
        var query = new ListAuditEntriesQuery(user.Id.ToString(), limit, after);
        var result = await sender.Send(query, cancellationToken);
        return result.ToActionResult(page => Ok(ActivityPage.From(page)));
    }
}

/// <summary>An account.</summary>
/// <param name="Id">The id of the account.</param>
/// <param name="Email">The email address.</param>
/// <param name="EmailConfirmed">Whether the owner has proved that the address is theirs.</param>
/// <param name="DisplayName">The name to show. Null when the owner chose none.</param>
/// <param name="Roles">The roles of the account, such as <c>admin</c>.</param>
/// <param name="CreatedAt">The time of the registration.</param>
/// <param name="UpdatedAt">The time of the last change.</param>
public sealed record AccountResponse(
    Guid Id,
    string Email,
    bool EmailConfirmed,
    string? DisplayName,
    IReadOnlyList<string> Roles,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    internal static AccountResponse From(Account account) => new(
        account.Id,
        account.Email,
        account.EmailConfirmed,
        account.DisplayName,
        account.Roles,
        account.CreatedAt,
        account.UpdatedAt);
}
