using CleanJwt.Application.Passkeys;
using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
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

/// <summary>Signs in by passkeys.</summary>
[ApiController]
[AllowAnonymous]
[Route("api/auth/passkey")]
public sealed class PasskeySignInController(ISender sender) : ControllerBase
{
    /// <summary>Begin a proof by a passkey</summary>
    /// <remarks>
    /// Pass <c>options</c> through <c>PublicKeyCredential.parseRequestOptionsFromJSON</c> to
    /// <c>navigator.credentials.get</c>. Without a token, the options are for a sign-in and name no account. With an
    /// MFA token, they are for the second factor of that sign-in. With a bearer token, they are for
    /// <c>/api/auth/reauthenticate</c>. The state counts for that alone, and once.
    /// </remarks>
    [HttpPost("options", Name = "beginPasskeySignIn")]
    [EnableRateLimiting(ClientRateLimit.RefreshPolicy)] // a sign-in page asks at each load, for conditional UI
    [ProducesResponseType<PasskeyOptions>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(
        StatusCodes.Status401Unauthorized,
        "invalid-mfa-token", "invalid-token", "token-expired", "token-revoked")]
    public async Task<ActionResult> Begin(
        [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] BeginPasskeyProofCommand? command,
        CancellationToken cancellationToken)
    {
        var proof = command ?? new BeginPasskeyProofCommand();
        if (proof.MfaToken is null && BearerHeader.Read(Request) is not null)
        {
            var token = await BearerTokenBinder.AccessTokenAsync(HttpContext);
            if (!token.IsSuccess)
            {
                return token.ToActionResult(_ => Ok());
            }

            proof = proof with { Caller = HttpContext.Caller(token.Value) };
        }

        var result = await sender.Send(proof, cancellationToken);
        return result.ToActionResult(options => Ok(options));
    }

    /// <summary>Sign in by a passkey</summary>
    /// <remarks>
    /// Needs no address and no password. With <c>transport=cookie</c>, the refresh token is in a cookie and not in the
    /// body.
    /// </remarks>
    [HttpPost("login", Name = "signInWithPasskey")]
    [EnableRateLimiting(ClientRateLimit.Policy)]
    [ProducesResponseType<Tokens>(StatusCodes.Status200OK)]
    [ProducesHeader(StatusCodes.Status200OK, "Set-Cookie")]
    [ProducesProblem(
        StatusCodes.Status400BadRequest,
        "validation-failed", "malformed-request", "invalid-scope", "transport-unavailable")]
    [ProducesProblem(StatusCodes.Status401Unauthorized, "unknown-passkey", "invalid-passkey")]
    [ProducesProblem(
        StatusCodes.Status403Forbidden, "account-locked", "email-not-confirmed", "cross-origin-request")]
    public async Task<ActionResult> Login(
        [Transport] TokenTransport transport,
        LoginWithPasskeyCommand command,
        [FromServices] RefreshCookie cookie,
        CancellationToken cancellationToken)
    {
        var login = command with { Transport = transport, Client = HttpContext.ClientInfo() };
        var result = await sender.Send(login, cancellationToken);
        return result.ToActionResult(tokens => Ok(cookie.HandOver(Response, tokens, transport)));
    }
}
