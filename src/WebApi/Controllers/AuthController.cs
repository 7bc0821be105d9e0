using CleanJwt.Application.Accounts;
using CleanJwt.Application.Mail;
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
    /// <remarks>
    /// Creates an account. Where the service requires a confirmed address, the answer is 202, whether the address is
    /// free or taken, and the code from the mail creates the account.
    /// </remarks>
    [HttpPost("register")]
    [HashesPassword]
    [AllowAnonymous]
    [ProducesResponseType<AccountResponse>(StatusCodes.Status201Created)]
    [ProducesResponseType<ConfirmationRequired>(StatusCodes.Status202Accepted)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(StatusCodes.Status409Conflict, "email-taken")]
    [ProducesProblem(StatusCodes.Status429TooManyRequests, "too-many-mails", "rate-limited")]
    public async Task<ActionResult> Register(
        RegisterCommand command, [FromServices] PublicPaths paths, CancellationToken cancellationToken)
    {
        var result = await sender.Send(command with { Client = HttpContext.ClientInfo() }, cancellationToken);
        return result.ToActionResult(registration => registration.Account is { } account
            ? Created(paths.Of(HttpContext, "/api/users/me"), AccountResponse.From(account))
            : Accepted(ConfirmationRequired.From(registration.Ticket!)));
    }

    /// <summary>Confirm a sign-up</summary>
    /// <remarks>
    /// Creates the account and signs in to it. Send the flow token of the sign-up with the code from the mail. Or send
    /// the token from the link of the mail with a password, which replaces that of the sign-up.
    /// </remarks>
    [HttpPost("register/confirm")]
    [HashesPassword]
    [AllowAnonymous]
    [ProducesResponseType<ConfirmedRegistrationResponse>(StatusCodes.Status201Created)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request", "invalid-scope")]
    [ProducesProblem(StatusCodes.Status401Unauthorized, "invalid-code")]
    [ProducesProblem(StatusCodes.Status409Conflict, "email-taken")]
    public async Task<ActionResult> ConfirmRegistration(
        ConfirmRegistrationCommand command, [FromServices] PublicPaths paths, CancellationToken cancellationToken)
    {
        var result = await sender.Send(command with { Client = HttpContext.ClientInfo() }, cancellationToken);
        return result.ToActionResult(confirmed => Created(
            paths.Of(HttpContext, "/api/users/me"), ConfirmedRegistrationResponse.From(confirmed)));
    }

    /// <summary>Ask again for the mail of a sign-up</summary>
    /// <remarks>The answer holds a new flow token, which belongs to the code of the new mail.</remarks>
    [HttpPost("register/resend")]
    [AllowAnonymous]
    [ProducesResponseType<ConfirmationRequired>(StatusCodes.Status202Accepted)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(StatusCodes.Status401Unauthorized, "invalid-flow")]
    [ProducesProblem(StatusCodes.Status429TooManyRequests, "too-many-mails", "rate-limited")]
    [ProducesProblem(StatusCodes.Status501NotImplemented, "mail-not-configured")]
    public async Task<ActionResult> ResendConfirmation(
        ResendConfirmationCommand command, CancellationToken cancellationToken)
    {
        var result = await sender.Send(command with { Client = HttpContext.ClientInfo() }, cancellationToken);
        return result.ToActionResult(ticket => Accepted(ConfirmationRequired.From(ticket)));
    }

    /// <summary>Ask for a mail that resets a forgotten password</summary>
    /// <remarks>The answer is the same whether the address has an account or not.</remarks>
    [HttpPost("password/forgot")]
    [AllowAnonymous]
    [ProducesResponseType<FlowTicket>(StatusCodes.Status202Accepted)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(StatusCodes.Status429TooManyRequests, "too-many-mails", "rate-limited")]
    [ProducesProblem(StatusCodes.Status501NotImplemented, "mail-not-configured")]
    public async Task<ActionResult> ForgotPassword(ForgotPasswordCommand command, CancellationToken cancellationToken)
    {
        var result = await sender.Send(command with { Client = HttpContext.ClientInfo() }, cancellationToken);
        return result.ToActionResult(ticket => Accepted(ticket));
    }

    /// <summary>Reset a forgotten password</summary>
    /// <remarks>
    /// Send the flow token with the code from the mail, or the token from the link of the mail. Every session of the
    /// account ends, and its address counts as confirmed. The answer holds no tokens: sign in with the new password.
    /// </remarks>
    [HttpPost("password/reset")]
    [HashesPassword]
    [AllowAnonymous]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(StatusCodes.Status401Unauthorized, "invalid-code")]
    public async Task<ActionResult> ResetPassword(ResetPasswordCommand command, CancellationToken cancellationToken)
    {
        var result = await sender.Send(command with { Client = HttpContext.ClientInfo() }, cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>Sign in</summary>
    /// <remarks>Starts a session and returns its first access token and refresh token.</remarks>
    [HttpPost("login")]
    [HashesPassword]
    [AllowAnonymous]
    [ProducesResponseType<Tokens>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request", "invalid-scope")]
    [ProducesProblem(StatusCodes.Status401Unauthorized, "invalid-credentials")]
    [ProducesProblem(StatusCodes.Status403Forbidden, "account-locked", "email-not-confirmed")]
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

/// <summary>A sign-up whose address must be confirmed before there is an account.</summary>
/// <param name="Status">Always <c>confirmation-required</c>.</param>
/// <param name="FlowToken">An opaque token. Send it back with the code from the mail.</param>
/// <param name="ExpiresIn">The seconds for which the code and the link are valid.</param>
public sealed record ConfirmationRequired(string Status, string FlowToken, long ExpiresIn)
{
    internal static ConfirmationRequired From(FlowTicket ticket) =>
        new("confirmation-required", ticket.FlowToken, ticket.ExpiresIn);

    public override string ToString() => nameof(ConfirmationRequired); // a record would print the token
}

/// <summary>A new account and the tokens of its first session.</summary>
public sealed record ConfirmedRegistrationResponse(AccountResponse Account, Tokens Tokens)
{
    internal static ConfirmedRegistrationResponse From(ConfirmedRegistration confirmed) =>
        new(AccountResponse.From(confirmed.Account), confirmed.Tokens);
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
