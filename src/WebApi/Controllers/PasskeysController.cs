using System.Buffers.Text;
using System.Text;
using CleanJwt.Application.Passkeys;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.WebApi.Authentication;
using CleanJwt.WebApi.Errors;
using CleanJwt.WebApi.Http;
using CleanJwt.WebApi.OpenApi;
using Mediator;
using Microsoft.AspNetCore.Mvc;

namespace CleanJwt.WebApi.Controllers;

/// <summary>Adds, lists, renames and removes the passkeys of the caller's account.</summary>
[ApiController]
[Route("api/users/me/passkeys")]
public sealed class PasskeysController(ISender sender) : ControllerBase
{
    /// <summary>List passkeys</summary>
    /// <remarks>
    /// Newest first. A page passes <c>signal</c> to <c>PublicKeyCredential.signalAllAcceptedCredentials</c>, so that
    /// password managers forget removed passkeys.
    /// </remarks>
    [HttpGet(Name = "listPasskeys")]
    [RequireScope(Scopes.AccountRead)]
    [ProducesResponseType<PasskeyListResponse>(StatusCodes.Status200OK)]
    public async Task<ActionResult> List([BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new ListPasskeysQuery(token.AccountId), cancellationToken);
        return result.ToActionResult(list => Ok(PasskeyListResponse.From(list)));
    }

    /// <summary>Begin to add a passkey</summary>
    /// <remarks>
    /// Pass <c>options</c> through <c>PublicKeyCredential.parseCreationOptionsFromJSON</c> to
    /// <c>navigator.credentials.create</c>. The state counts in this session only, and once.
    /// </remarks>
    [HttpPost("options", Name = "beginPasskey")]
    [RequireRecentSignIn(Scopes.AccountWrite)]
    [ProducesResponseType<PasskeyOptions>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status409Conflict, "too-many-passkeys")]
    public async Task<ActionResult> Begin([BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new BeginPasskeyCommand(HttpContext.Caller(token)), cancellationToken);
        return result.ToActionResult(options => Ok(options));
    }

    /// <summary>Add a passkey</summary>
    /// <remarks>The owner can sign in by it from then on. Whether a sign-in by password needs it does not change.</remarks>
    [HttpPost(Name = "addPasskey")]
    [RequireRecentSignIn(Scopes.AccountWrite)]
    [ProducesResponseType<PasskeyResponse>(StatusCodes.Status201Created)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(
        StatusCodes.Status401Unauthorized,
        "invalid-flow", "reauthentication-required", "missing-token", "invalid-token", "token-expired",
        "token-revoked", "user-not-found")]
    [ProducesProblem(StatusCodes.Status409Conflict, "passkey-already-registered", "too-many-passkeys")]
    public async Task<ActionResult> Add(
        RegisterPasskeyCommand command, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(command with { Caller = HttpContext.Caller(token) }, cancellationToken);
        return result.ToActionResult(passkey =>
            StatusCode(StatusCodes.Status201Created, PasskeyResponse.From(passkey)));
    }

    /// <summary>Rename a passkey</summary>
    [HttpPatch("{id}", Name = "renamePasskey")]
    [RequireLiveSession(Scopes.AccountWrite)]
    [ProducesResponseType<PasskeyResponse>(StatusCodes.Status200OK)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed", "malformed-request")]
    [ProducesProblem(StatusCodes.Status404NotFound, "passkey-not-found")]
    public async Task<ActionResult> Rename(
        string id, RenamePasskeyCommand command, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var rename = command with { Caller = HttpContext.Caller(token), Id = id };
        var result = await sender.Send(rename, cancellationToken);
        return result.ToActionResult(passkey => Ok(PasskeyResponse.From(passkey)));
    }

    /// <summary>Remove a passkey</summary>
    /// <remarks>
    /// The sessions that it began end, but for that of the caller. If it was the last second factor, the recovery codes
    /// go too.
    /// </remarks>
    [HttpDelete("{id}", Name = "removePasskey")]
    [RequireRecentSignIn(Scopes.AccountWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status404NotFound, "passkey-not-found")]
    public async Task<ActionResult> Remove(
        string id, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new RemovePasskeyCommand(HttpContext.Caller(token), id), cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }
}

/// <summary>The passkeys of an account.</summary>
/// <param name="Items">The passkeys, newest first.</param>
/// <param name="Signal">The argument of <c>PublicKeyCredential.signalAllAcceptedCredentials</c>.</param>
public sealed record PasskeyListResponse(IReadOnlyList<PasskeyResponse> Items, PasskeySignal Signal)
{
    internal static PasskeyListResponse From(PasskeyList list) => new(
        [.. list.Passkeys.Select(PasskeyResponse.From)],
        new PasskeySignal(
            list.RelyingPartyId,
            Base64Url.EncodeToString(Encoding.UTF8.GetBytes(list.UserHandle)),
            [.. list.Passkeys.Select(passkey => Base64Url.EncodeToString(passkey.CredentialId))]));
}

/// <summary>What a browser tells password managers about an account's passkeys (WebAuthn, section 5.1.10).</summary>
/// <param name="RpId">The domain that the passkeys belong to.</param>
/// <param name="UserId">The user handle of the account, in base64url.</param>
/// <param name="AllAcceptedCredentialIds">The ids of all passkeys of the account, in base64url.</param>
public sealed record PasskeySignal(string RpId, string UserId, IReadOnlyList<string> AllAcceptedCredentialIds);

/// <summary>A passkey.</summary>
/// <param name="Id">The id of the passkey in this API.</param>
/// <param name="Name">The name that its owner sees.</param>
/// <param name="CreatedAt">The time of the registration.</param>
/// <param name="LastUsedAt">The time of the last sign-in by it. Null until there is one.</param>
/// <param name="Synced">Whether its key can be stored on several devices.</param>
/// <param name="BackedUp">Whether its key is stored on several devices now.</param>
/// <param name="Transports">How a browser reaches it, such as <c>internal</c> or <c>usb</c>.</param>
public sealed record PasskeyResponse(
    Guid Id,
    string Name,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt,
    bool Synced,
    bool BackedUp,
    IReadOnlyList<string> Transports)
{
    internal static PasskeyResponse From(Passkey passkey) => new(
        passkey.Id,
        passkey.Name,
        passkey.CreatedAt,
        passkey.LastUsedAt,
        passkey.IsSynced,
        passkey.IsBackedUp,
        passkey.Transports);
}
