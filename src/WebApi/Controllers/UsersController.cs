using CleanJwt.Domain.Accounts;
using CleanJwt.WebApi.Authentication;
using CleanJwt.WebApi.Http;
using CleanJwt.WebApi.OpenApi;
using Microsoft.AspNetCore.Mvc;

namespace CleanJwt.WebApi.Controllers;

/// <summary>The account of whoever asks.</summary>
[ApiController]
[Route("api/users")]
public sealed class UsersController : ControllerBase
{
    /// <summary>The current user</summary>
    /// <remarks>With <c>If-None-Match</c> and the <c>ETag</c> of an earlier answer, an account that has not changed answers 304.</remarks>
    [HttpGet("me")]
    [RequireScope(Scopes.AccountRead)]
    [ProducesResponseType<AccountResponse>(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    [ProducesProblem(StatusCodes.Status401Unauthorized, "missing-token", "invalid-token", "token-expired", "token-revoked", "user-not-found")]
    public ActionResult GetMe([CurrentUser] Account user)
    {
        var etag = EntityTags.Of(user);
        Response.GetTypedHeaders().ETag = etag;
        return Request.IsKnownToClient(etag) ? StatusCode(StatusCodes.Status304NotModified) : Ok(AccountResponse.From(user));
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
