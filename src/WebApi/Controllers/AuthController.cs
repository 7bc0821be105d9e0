using CleanJwt.Application.Accounts;
using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.WebApi.Authentication;
using CleanJwt.WebApi.Errors;
using CleanJwt.WebApi.Http;
using CleanJwt.WebApi.OpenApi;
using CleanJwt.WebApi.RateLimiting;
using Mediator;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.RateLimiting;

namespace CleanJwt.WebApi.Controllers;

/// <summary>Signing up, in and out.</summary>
[ApiController]
[Route("api/auth")]
[EnableRateLimiting(ClientRateLimit.Policy)]
public sealed class AuthController(ISender sender) : ControllerBase
{
    /// <summary>Sign up</summary>
    /// <remarks>Makes an account. The address is unproved: nothing is sent to it.</remarks>
    [HttpPost("register")]
    [HashesPassword]
    [AllowAnonymous]
    [ProducesResponseType<AccountResponse>(StatusCodes.Status201Created)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(StatusCodes.Status409Conflict, "email-taken")]
    public async Task<ActionResult> Register(RegisterCommand command, CancellationToken cancellationToken)
    {
        var result = await sender.Send(command with { Client = HttpContext.ClientInfo() }, cancellationToken);
        return result.ToActionResult(account => Created("/api/users/me", AccountResponse.From(account)));
    }

    /// <summary>Sign in</summary>
    /// <remarks>Starts a session and answers its first pair of tokens.</remarks>
    [HttpPost("login")]
    [HashesPassword]
    [AllowAnonymous]
    [ProducesResponseType<Tokens>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request", "invalid-scope")]
    [ProducesProblem(StatusCodes.Status401Unauthorized, "invalid-credentials")]
    [ProducesProblem(StatusCodes.Status403Forbidden, "account-locked")]
    [ProducesProblem(StatusCodes.Status429TooManyRequests, "too-many-attempts", "rate-limited")]
    public async Task<ActionResult> Login(LoginCommand command, CancellationToken cancellationToken)
    {
        var result = await sender.Send(command with { Client = HttpContext.ClientInfo() }, cancellationToken);
        return result.ToActionResult(Ok);
    }

    /// <summary>Refresh</summary>
    /// <remarks>Exchanges a refresh token for the next pair of tokens. Each is good once. Presenting one that was spent before ends its session, but for a short grace after a lost reply.</remarks>
    [HttpPost("refresh")]
    [AllowAnonymous]
    [ProducesResponseType<Tokens>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request", "invalid-scope")]
    [ProducesProblem(StatusCodes.Status401Unauthorized, "invalid-refresh-token", "refresh-token-reused")]
    public async Task<ActionResult> Refresh(RefreshCommand command, CancellationToken cancellationToken)
    {
        var result = await sender.Send(command with { Client = HttpContext.ClientInfo() }, cancellationToken);
        return result.ToActionResult(Ok);
    }

    /// <summary>Sign out</summary>
    /// <remarks>Ends the session of the refresh token in the body, of the bearer token, or both. Answers 204 also when the session is over already or the bearer token has expired.</remarks>
    [HttpPost("logout")]
    [AllowAnonymous]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(StatusCodes.Status401Unauthorized, "missing-token", "invalid-token", "invalid-refresh-token")]
    public async Task<ActionResult> Logout(
        [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] LogoutCommand? command, CancellationToken cancellationToken)
    {
        var logout = (command ?? new LogoutCommand()) with { AccessToken = BearerHeader.Read(Request)?.ToString(), Client = HttpContext.ClientInfo() };
        var result = await sender.Send(logout, cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>Prove the password again</summary>
    /// <remarks>For what needs a recent sign-in. Answers tokens of the same session with a fresh <c>auth_time</c>; refresh tokens stay good.</remarks>
    [HttpPost("reauthenticate")]
    [HashesPassword]
    [RequireLiveSession]
    [ProducesResponseType<Tokens>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(
        StatusCodes.Status401Unauthorized,
        "invalid-credentials", "missing-token", "invalid-token", "token-expired", "token-revoked", "user-not-found")]
    [ProducesProblem(StatusCodes.Status429TooManyRequests, "too-many-attempts", "rate-limited")]
    public async Task<ActionResult> Reauthenticate(
        ReauthenticateCommand command, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(command with { Caller = HttpContext.Caller(token) }, cancellationToken);
        return result.ToActionResult(Ok);
    }

    /// <summary>Read the presented token</summary>
    /// <remarks>Answers what the access token says. Costs no database lookup: whether the account still exists is not asked.</remarks>
    [HttpGet("token")]
    [Authorize]
    [ProducesResponseType<TokenResponse>(StatusCodes.Status200OK)]
    public ActionResult GetToken() => Ok(TokenResponse.From(HttpContext.AccessToken()));
}

/// <summary>What an access token says.</summary>
/// <param name="Sub">The account's id.</param>
/// <param name="Sid">The session's id.</param>
public sealed record TokenResponse(
    Guid Sub, Guid Sid, string Scope, IReadOnlyList<string> Roles, DateTimeOffset AuthTime, DateTimeOffset ExpiresAt)
{
    internal static TokenResponse From(AccessToken token) =>
        new(token.AccountId, token.SessionId, token.Scope.ToString(), token.Roles, token.AuthTime, token.ExpiresAt);
}
