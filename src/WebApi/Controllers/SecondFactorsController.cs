using CleanJwt.Application.Passkeys;
using CleanJwt.Application.Ports;
using CleanJwt.Application.SecondFactors;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.WebApi.Authentication;
using CleanJwt.WebApi.Errors;
using CleanJwt.WebApi.Http;
using CleanJwt.WebApi.OpenApi;
using Mediator;
using Microsoft.AspNetCore.Mvc;
using QRCoder;

namespace CleanJwt.WebApi.Controllers;

/// <summary>Reads and changes the second factors of the caller's account.</summary>
[ApiController]
[Route("api/users/me")]
public sealed class SecondFactorsController(ISender sender) : ControllerBase
{
    /// <summary>Get the second factors</summary>
    [HttpGet("second-factors", Name = "getSecondFactors")]
    [RequireScope(Scopes.AccountRead)]
    [ProducesResponseType<SecondFactorsResponse>(StatusCodes.Status200OK)]
    [ProducesProblem(
        StatusCodes.Status401Unauthorized,
        "missing-token", "invalid-token", "token-expired", "token-revoked", "user-not-found")]
    public async Task<ActionResult> Get([BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new GetSecondFactorsQuery(token.AccountId), cancellationToken);
        return result.ToActionResult(status => Ok(SecondFactorsResponse.From(status)));
    }

    /// <summary>Turn the second factor on or off</summary>
    /// <remarks>
    /// For an account that has passkeys and no authenticator app. With an app, a sign-in always asks for a second
    /// factor. A change ends the other sessions of the account.
    /// </remarks>
    [HttpPut("second-factors", Name = "requireSecondFactor")]
    [RequireRecentSignIn(Scopes.AccountWrite)]
    [ProducesResponseType<SecondFactorsResponse>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(StatusCodes.Status409Conflict, "no-second-factor", "second-factor-in-use")]
    public async Task<ActionResult> SetRequired(
        RequireSecondFactorCommand command, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(command with { Caller = HttpContext.Caller(token) }, cancellationToken);
        return result.ToActionResult(status => Ok(SecondFactorsResponse.From(status)));
    }

    /// <summary>Begin to set up an authenticator app</summary>
    /// <remarks>
    /// Nothing is stored yet. Show the QR code or the secret, and send the setup token with the code that the app shows.
    /// </remarks>
    [HttpPost("totp", Name = "beginTotp")]
    [RequireRecentSignIn(Scopes.AccountWrite)]
    [ProducesResponseType<TotpSetupResponse>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status409Conflict, "totp-already-set-up")]
    public async Task<ActionResult> BeginTotp(
        [BearerToken] AccessToken token,
        [FromServices] PasskeySettings settings,
        CancellationToken cancellationToken)
    {
        var result = await sender.Send(new BeginTotpCommand(HttpContext.Caller(token)), cancellationToken);
        return result.ToActionResult(ticket => Ok(TotpSetupResponse.From(ticket, settings.RelyingPartyName)));
    }

    /// <summary>Set up an authenticator app</summary>
    /// <remarks>
    /// From then on a sign-in asks for a second factor, and the other sessions of the account end. The answer holds
    /// recovery codes, unless the account has some. They are shown this one time.
    /// </remarks>
    [HttpPut("totp", Name = "setUpTotp")]
    [RequireRecentSignIn(Scopes.AccountWrite)]
    [ProducesResponseType<NewRecoveryCodes>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(
        StatusCodes.Status401Unauthorized,
        "invalid-flow", "reauthentication-required", "missing-token", "invalid-token", "token-expired",
        "token-revoked", "user-not-found")]
    [ProducesProblem(StatusCodes.Status409Conflict, "totp-already-set-up")]
    public async Task<ActionResult> SetUpTotp(
        SetUpTotpCommand command, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(command with { Caller = HttpContext.Caller(token) }, cancellationToken);
        return result.ToActionResult(codes => Ok(codes));
    }

    /// <summary>Remove the authenticator app</summary>
    /// <remarks>
    /// Ends the other sessions of the account. If the account has no passkey, its sign-in needs no second factor any
    /// more, and the recovery codes go too.
    /// </remarks>
    [HttpDelete("totp", Name = "removeTotp")]
    [RequireRecentSignIn(Scopes.AccountWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<ActionResult> RemoveTotp([BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new RemoveTotpCommand(HttpContext.Caller(token)), cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>Make new recovery codes</summary>
    /// <remarks>The old ones are worthless from then on. The new ones are shown this one time.</remarks>
    [HttpPost("recovery-codes", Name = "createRecoveryCodes")]
    [RequireRecentSignIn(Scopes.AccountWrite)]
    [ProducesResponseType<NewRecoveryCodes>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status409Conflict, "no-second-factor")]
    public async Task<ActionResult> ReplaceRecoveryCodes(
        [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new ReplaceRecoveryCodesCommand(HttpContext.Caller(token)), cancellationToken);
        return result.ToActionResult(codes => Ok(codes));
    }
}

/// <summary>The second factors of an account.</summary>
/// <param name="Required">Whether a sign-in by password asks for a second factor.</param>
/// <param name="Totp">The authenticator app. Null when there is none.</param>
/// <param name="RecoveryCodes">The recovery codes. Null when there are none.</param>
/// <param name="Passkeys">The number of passkeys.</param>
public sealed record SecondFactorsResponse(
    bool Required, TotpResponse? Totp, RecoveryCodesResponse? RecoveryCodes, int Passkeys)
{
    internal static SecondFactorsResponse From(SecondFactorStatus status) => new(
        status.IsRequired,
        status.Totp is { } totp ? new TotpResponse(totp.CreatedAt, totp.LastUsedAt) : null,
        status.RecoveryCodes is { } codes ? new RecoveryCodesResponse(codes.Left, codes.CreatedAt) : null,
        status.Passkeys);
}

/// <summary>An authenticator app.</summary>
/// <param name="CreatedAt">The time at which it was set up.</param>
/// <param name="LastUsedAt">The time of the last sign-in by it. Null until there is one.</param>
public sealed record TotpResponse(DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

/// <summary>The recovery codes of an account.</summary>
/// <param name="Left">The number of codes that were not used yet.</param>
/// <param name="CreatedAt">The time at which they were made.</param>
public sealed record RecoveryCodesResponse(int Left, DateTimeOffset CreatedAt);

/// <summary>What an authenticator app needs.</summary>
/// <param name="SetupToken">An opaque token. Send it back with the code that the app shows.</param>
/// <param name="Secret">The secret in Base32, for people who can't scan the QR code.</param>
/// <param name="Uri">The address in the QR code, which opens an app on the same device.</param>
/// <param name="QrCode">The QR code: a PNG image as a <c>data:</c> address.</param>
/// <param name="ExpiresIn">The seconds for which the setup token counts.</param>
public sealed record TotpSetupResponse(string SetupToken, string Secret, string Uri, string QrCode, long ExpiresIn)
{
    private const int PixelsPerModule = 4;

    internal static TotpSetupResponse From(TotpTicket ticket, string service)
    {
        var uri = Totp.UriOf(ticket.Secret, service, ticket.Email);
        using var code = QRCodeGenerator.GenerateQrCode(uri, QRCodeGenerator.ECCLevel.M);
        using var image = new PngByteQRCode(code);
        return new TotpSetupResponse(
            ticket.SetupToken,
            Totp.Spell(ticket.Secret),
            uri,
            $"data:image/png;base64,{Convert.ToBase64String(image.GetGraphic(PixelsPerModule))}",
            (long)ticket.Lifetime.TotalSeconds);
    }

    public override string ToString() => nameof(TotpSetupResponse); // a record would print the secret
}
