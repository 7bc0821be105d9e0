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

/// <summary>Registers accounts, and starts, refreshes and ends sessions.</summary>
[ApiController]
[Route("api/auth")]
[EnableRateLimiting(ClientRateLimit.Policy)]
public sealed class AuthController(ISender sender) : ControllerBase
{
    /// <summary>Sign up</summary>
    /// <remarks>Creates an account. The service sends no email, so the address stays unconfirmed.</remarks>
    [HttpPost("register")]
    [HashesPassword]
    [AllowAnonymous]
    [ProducesResponseType<AccountResponse>(StatusCodes.Status201Created)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(StatusCodes.Status409Conflict, "email-taken")]
    public async Task<ActionResult> Register(
        RegisterCommand command, [FromServices] PublicPaths paths, CancellationToken cancellationToken)
    {
        var result = await sender.Send(command with { Client = HttpContext.ClientInfo() }, cancellationToken);
        return result.ToActionResult(account =>
            Created(paths.Of(HttpContext, "/api/users/me"), AccountResponse.From(account)));
    }

    /// <summary>Sign in</summary>
    /// <remarks>Starts a session and returns its first access token and refresh token.</remarks>
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

    /// <summary>Refresh the tokens</summary>
    /// <remarks>
    /// Exchanges a refresh token for the next pair of tokens. A refresh token can be used once. If it is used again,
    /// its session ends, except for a short grace period in which a client can repeat a request whose answer was
    /// lost.
    /// </remarks>
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
    /// <remarks>
    /// Ends the session of the refresh token in the body, of the bearer token, or of both. The answer is 204 even if
    /// the session has already ended or the bearer token has expired.
    /// </remarks>
    [HttpPost("logout")]
    [AllowAnonymous]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(StatusCodes.Status401Unauthorized, "missing-token", "invalid-token", "invalid-refresh-token")]
    public async Task<ActionResult> Logout(
        [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] LogoutCommand? command,
        CancellationToken cancellationToken)
    {
        var logout = (command ?? new LogoutCommand()) with
        {
            AccessToken = BearerHeader.Read(Request)?.ToString(),
            Client = HttpContext.ClientInfo(),
        };
        var result = await sender.Send(logout, cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>Prove the password again</summary>
    /// <remarks>
    /// Some routes require a recent sign-in. This route returns tokens of the same session with a fresh
    /// <c>auth_time</c>. The refresh token of the session stays valid.
    /// </remarks>
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
    /// <remarks>
    /// Returns the content of the access token without a database lookup. The account may no longer exist.
    /// </remarks>
    [HttpGet("token")]
    [Authorize]
    [ProducesResponseType<TokenResponse>(StatusCodes.Status200OK)]
    public ActionResult GetToken() => new JsonResult(TokenResponse.From(HttpContext.AccessToken()));
}

/// <summary>The content of an access token.</summary>
/// <param name="Sub">The id of the account.</param>
/// <param name="Sid">The id of the session.</param>
/// <param name="Scope">The scopes of the token, separated by spaces.</param>
/// <param name="Roles">The roles of the account at the time of issue.</param>
/// <param name="AuthTime">The time at which the owner last proved the password.</param>
/// <param name="ExpiresAt">The time at which the token expires.</param>
public sealed record TokenResponse(
    Guid Sub, Guid Sid, string Scope, IReadOnlyList<string> Roles, DateTimeOffset AuthTime, DateTimeOffset ExpiresAt)
{
    internal static TokenResponse From(AccessToken token) =>
        new(token.AccountId, token.SessionId, token.Scope.ToString(), token.Roles, token.AuthTime, token.ExpiresAt);
}
