using CleanJwt.Application.Accounts;
using CleanJwt.Application.Mail;
using CleanJwt.Application.Ports;
using CleanJwt.Application.SecondFactors;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.Sessions;
using CleanJwt.WebApi.Authentication;
using CleanJwt.WebApi.Cookies;
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
    [HttpPost("register", Name = "register")]
    [HashesPassword]
    [AllowAnonymous]
    [ProducesResponseType<AccountResponse>(StatusCodes.Status201Created)]
    [ProducesHeader(StatusCodes.Status201Created, "Location")]
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
    [HttpPost("register/confirm", Name = "confirmRegistration")]
    [HashesPassword]
    [AllowAnonymous]
    [ProducesResponseType<ConfirmedRegistrationResponse>(StatusCodes.Status201Created)]
    [ProducesHeader(StatusCodes.Status201Created, "Location")]
    [ProducesHeader(StatusCodes.Status201Created, "Set-Cookie")]
    [ProducesProblem(
        StatusCodes.Status400BadRequest,
        "validation-failed", "malformed-request", "invalid-scope", "transport-unavailable")]
    [ProducesProblem(StatusCodes.Status401Unauthorized, "invalid-code")]
    [ProducesProblem(StatusCodes.Status403Forbidden, "cross-origin-request")]
    [ProducesProblem(StatusCodes.Status409Conflict, "email-taken")]
    public async Task<ActionResult> ConfirmRegistration(
        [Transport] TokenTransport transport,
        ConfirmRegistrationCommand command,
        [FromServices] RefreshCookie cookie,
        [FromServices] PublicPaths paths,
        CancellationToken cancellationToken)
    {
        var confirmation = command with { Transport = transport, Client = HttpContext.ClientInfo() };
        var result = await sender.Send(confirmation, cancellationToken);
        return result.ToActionResult(confirmed => Created(
            paths.Of(HttpContext, "/api/users/me"),
            new ConfirmedRegistrationResponse(
                AccountResponse.From(confirmed.Account), cookie.HandOver(Response, confirmed.Tokens, transport))));
    }

    /// <summary>Ask again for the mail of a sign-up</summary>
    /// <remarks>The answer holds a new flow token, which belongs to the code of the new mail.</remarks>
    [HttpPost("register/resend", Name = "resendConfirmation")]
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
    [HttpPost("password/forgot", Name = "forgotPassword")]
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
    [HttpPost("password/reset", Name = "resetPassword")]
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
    /// <remarks>
    /// Starts a session and returns its first access token and refresh token. With <c>transport=cookie</c>, the refresh
    /// token is in a cookie and not in the body. For an account with a second factor, the answer is 202: send the MFA
    /// token with one of the methods to <c>/api/auth/login/second-factor</c>.
    /// </remarks>
    [HttpPost("login", Name = "signIn")]
    [HashesPassword]
    [AllowAnonymous]
    [ProducesResponseType<Tokens>(StatusCodes.Status200OK)]
    [ProducesHeader(StatusCodes.Status200OK, "Set-Cookie")]
    [ProducesResponseType<SecondFactorDemand>(StatusCodes.Status202Accepted)]
    [ProducesProblem(
        StatusCodes.Status400BadRequest,
        "validation-failed", "malformed-request", "invalid-scope", "transport-unavailable")]
    [ProducesProblem(StatusCodes.Status401Unauthorized, "invalid-credentials")]
    [ProducesProblem(
        StatusCodes.Status403Forbidden, "account-locked", "email-not-confirmed", "cross-origin-request")]
    [ProducesProblem(StatusCodes.Status429TooManyRequests, "too-many-attempts", "rate-limited")]
    public async Task<ActionResult> Login(
        [Transport] TokenTransport transport,
        LoginCommand command,
        [FromServices] RefreshCookie cookie,
        CancellationToken cancellationToken)
    {
        var login = command with { Transport = transport, Client = HttpContext.ClientInfo() };
        var result = await sender.Send(login, cancellationToken);
        return result.ToActionResult(signIn => signIn.Tokens is { } tokens
            ? Ok(cookie.HandOver(Response, tokens, transport))
            : Accepted(signIn.Demand));
    }

    /// <summary>Finish a sign-in with a second factor</summary>
    /// <remarks>
    /// Send the MFA token with one of <c>code</c>, <c>recoveryCode</c> and <c>passkey</c>. A wrong code does not use the
    /// MFA token up. After five wrong codes, no code is looked at for a while.
    /// </remarks>
    [HttpPost("login/second-factor", Name = "signInWithSecondFactor")]
    [AllowAnonymous]
    [ProducesResponseType<Tokens>(StatusCodes.Status200OK)]
    [ProducesHeader(StatusCodes.Status200OK, "Set-Cookie")]
    [ProducesProblem(
        StatusCodes.Status400BadRequest, "validation-failed", "malformed-request", "transport-unavailable")]
    [ProducesProblem(
        StatusCodes.Status401Unauthorized, "invalid-second-factor", "invalid-passkey", "invalid-mfa-token")]
    [ProducesProblem(StatusCodes.Status403Forbidden, "cross-origin-request")]
    [ProducesProblem(StatusCodes.Status429TooManyRequests, "too-many-attempts", "rate-limited")]
    public async Task<ActionResult> LoginWithSecondFactor(
        [Transport] TokenTransport transport,
        LoginWithSecondFactorCommand command,
        [FromServices] RefreshCookie cookie,
        CancellationToken cancellationToken)
    {
        var login = command with { Transport = transport, Client = HttpContext.ClientInfo() };
        var result = await sender.Send(login, cancellationToken);
        return result.ToActionResult(tokens => Ok(cookie.HandOver(Response, tokens, transport)));
    }

    /// <summary>Refresh the tokens</summary>
    /// <remarks>
    /// Exchanges a refresh token for the next pair of tokens. A refresh token can be used once. If it is used again,
    /// its session ends, except for a short grace period in which a client can repeat a request whose answer was
    /// lost. With <c>transport=cookie</c>, the refresh token is read from the cookie. If there is no cookie, the answer
    /// is 204: the browser is not signed in, which is no error.
    /// </remarks>
    [HttpPost("refresh", Name = "refresh")]
    [EnableRateLimiting(ClientRateLimit.RefreshPolicy)]
    [AllowAnonymous]
    [ProducesResponseType<Tokens>(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesHeader(StatusCodes.Status200OK, "Set-Cookie")]
    [ProducesProblem(
        StatusCodes.Status400BadRequest,
        "validation-failed", "malformed-request", "invalid-scope", "transport-unavailable")]
    [ProducesProblem(StatusCodes.Status401Unauthorized, "invalid-refresh-token", "refresh-token-reused")]
    [ProducesProblem(StatusCodes.Status403Forbidden, "cross-origin-request")]
    public async Task<ActionResult> Refresh(
        [Transport] TokenTransport transport,
        RefreshCommand command,
        [FromServices] RefreshCookie cookie,
        CancellationToken cancellationToken)
    {
        var refresh = command with { Transport = transport, Client = HttpContext.ClientInfo() };
        if (transport is TokenTransport.Cookie)
        {
            var presented = cookie.Read(Request);
            if (!presented.IsSuccess || presented.Value is null)
            {
                return presented.ToActionResult(_ => NoContent()); // no cookie: the browser is not signed in
            }

            refresh = refresh with { RefreshToken = presented.Value };
        }

        var result = await sender.Send(refresh, cancellationToken);
        if (transport is TokenTransport.Cookie && result.Error is { Kind: ErrorKind.Unauthenticated })
        {
            cookie.Delete(Response);
        }

        return result.ToActionResult(tokens => Ok(cookie.HandOver(Response, tokens, transport)));
    }

    /// <summary>Sign out</summary>
    /// <remarks>
    /// Ends the session of the refresh token in the body or in the cookie, of the bearer token, or of both. The answer
    /// is 204 even if the session has already ended or the bearer token has expired. The cookie is deleted, and it
    /// counts without <c>transport=cookie</c> too. With it, a request without a session is no error.
    /// </remarks>
    [HttpPost("logout", Name = "signOut")]
    [EnableRateLimiting(ClientRateLimit.RefreshPolicy)]
    [AllowAnonymous]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesHeader(StatusCodes.Status204NoContent, "Set-Cookie")]
    [ProducesProblem(
        StatusCodes.Status400BadRequest, "validation-failed", "malformed-request", "transport-unavailable")]
    [ProducesProblem(StatusCodes.Status401Unauthorized, "missing-token", "invalid-token", "invalid-refresh-token")]
    [ProducesProblem(StatusCodes.Status403Forbidden, "cross-origin-request")]
    public async Task<ActionResult> Logout(
        [Transport] TokenTransport transport,
        [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] LogoutCommand? command,
        [FromServices] RefreshCookie cookie,
        CancellationToken cancellationToken)
    {
        var presented = cookie.Read(Request);
        if (!presented.IsSuccess)
        {
            return presented.ToActionResult(_ => NoContent());
        }

        var logout = (command ?? new LogoutCommand()) with
        {
            AccessToken = BearerHeader.Read(Request)?.ToString(),
            Cookie = presented.Value ?? (transport is TokenTransport.Cookie ? "" : null),
            Client = HttpContext.ClientInfo(),
        };
        var result = await sender.Send(logout, cancellationToken);
        if (logout.CookieCounts)
        {
            cookie.Delete(Response);
        }

        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>Authenticate again</summary>
    /// <remarks>
    /// Some routes require a recent sign-in, or a stronger one. This route returns tokens of the same session with a
    /// fresh <c>auth_time</c>, <c>acr</c> and <c>amr</c>. The refresh token of the session stays valid. Send what a
    /// sign-in of the account needs: the password, and one of <c>code</c>, <c>recoveryCode</c> and <c>passkey</c> if
    /// the account has a second factor. A passkey alone is enough.
    /// </remarks>
    [HttpPost("reauthenticate", Name = "reauthenticate")]
    [HashesPassword]
    [RequireLiveSession]
    [ProducesResponseType<Tokens>(StatusCodes.Status200OK)]
    [ProducesHeader(StatusCodes.Status200OK, "Set-Cookie")]
    [ProducesProblem(
        StatusCodes.Status400BadRequest, "validation-failed", "malformed-request", "transport-unavailable")]
    [ProducesProblem(StatusCodes.Status403Forbidden, "cross-origin-request")]
    [ProducesProblem(
        StatusCodes.Status401Unauthorized,
        "invalid-credentials", "second-factor-required", "invalid-second-factor", "invalid-passkey", "missing-token", "invalid-token", "token-expired", "token-revoked", "user-not-found")]
    [ProducesProblem(StatusCodes.Status429TooManyRequests, "too-many-attempts", "rate-limited")]
    public async Task<ActionResult> Reauthenticate(
        [Transport] TokenTransport transport,
        ReauthenticateCommand command,
        [FromServices] RefreshCookie cookie,
        [BearerToken] AccessToken token,
        CancellationToken cancellationToken)
    {
        var proof = command with { Transport = transport, Caller = HttpContext.Caller(token) };
        var result = await sender.Send(proof, cancellationToken);
        return result.ToActionResult(tokens => Ok(cookie.HandOver(Response, tokens, transport)));
    }

    /// <summary>Read the presented token</summary>
    /// <remarks>
    /// Returns the content of the access token without a database lookup. The account may no longer exist.
    /// </remarks>
    [HttpGet("token", Name = "getToken")]
    [EnableRateLimiting(ClientRateLimit.RefreshPolicy)]
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
public sealed record ConfirmedRegistrationResponse(AccountResponse Account, Tokens Tokens);

/// <summary>The content of an access token.</summary>
/// <param name="Sub">The id of the account.</param>
/// <param name="Sid">The id of the session.</param>
/// <param name="Scope">The scopes of the token, separated by spaces.</param>
/// <param name="Roles">The roles of the account at the time of issue.</param>
/// <param name="AuthTime">The time at which the owner last authenticated.</param>
/// <param name="Acr">What the owner proved then, such as <c>urn:cleanjwt:acr:two-factor</c> (RFC 9470).</param>
/// <param name="Amr">The methods of that authentication (RFC 8176).</param>
/// <param name="ExpiresAt">The time at which the token expires.</param>
public sealed record TokenResponse(
    Guid Sub,
    Guid Sid,
    string Scope,
    IReadOnlyList<string> Roles,
    DateTimeOffset AuthTime,
    string Acr,
    IReadOnlyList<string> Amr,
    DateTimeOffset ExpiresAt)
{
    internal static TokenResponse From(AccessToken token) => new(
        token.AccountId,
        token.SessionId,
        token.Scope.ToString(),
        token.Roles,
        token.AuthTime,
        AcrNames.Of(token.Acr),
        token.Amr,
        token.ExpiresAt);
}
