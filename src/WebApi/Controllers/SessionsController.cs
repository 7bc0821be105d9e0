using System.ComponentModel.DataAnnotations;
using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using CleanJwt.WebApi.Authentication;
using CleanJwt.WebApi.Errors;
using CleanJwt.WebApi.Http;
using CleanJwt.WebApi.OpenApi;
using Mediator;
using Microsoft.AspNetCore.Mvc;

namespace CleanJwt.WebApi.Controllers;

/// <summary>Where the account is signed in.</summary>
[ApiController]
[Route("api/users/me/sessions")]
public sealed class SessionsController(ISender sender) : ControllerBase
{
    /// <summary>List sessions</summary>
    /// <remarks>The live ones, the newest first.</remarks>
    [HttpGet]
    [RequireScope(Scopes.AccountRead)]
    [ProducesResponseType<SessionList>(StatusCodes.Status200OK)]
    public async Task<ActionResult> List([BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new ListSessionsQuery(token.AccountId), cancellationToken);
        return result.ToActionResult(sessions => Ok(SessionList.From(sessions, current: token.SessionId)));
    }

    /// <summary>End a session</summary>
    /// <remarks>Its access tokens are refused from the answer on, on every node within a second.</remarks>
    [HttpDelete("{id}")]
    [RequireLiveSession(Scopes.AccountWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status404NotFound, "session-not-found")]
    public async Task<ActionResult> End(string id, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new EndSessionCommand(HttpContext.Caller(token), id), cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>End all sessions</summary>
    /// <remarks>The one that asks too, unless <c>except=current</c>.</remarks>
    [HttpDelete]
    [RequireLiveSession(Scopes.AccountWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed")]
    public async Task<ActionResult> EndAll([FromQuery(Name = "")] EndSessionsFilter filter, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var except = Request.Query["except"] is { Count: > 1 } several ? several.ToString() : filter.Except;
        var result = await sender.Send(new EndSessionsCommand(HttpContext.Caller(token), except), cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }
}

/// <summary>Which sessions are to stay.</summary>
public sealed record EndSessionsFilter
{
    /// <summary><c>current</c>, or absent. Empty is neither, and must not end the session of a client that meant to keep it.</summary>
    [FromQuery(Name = "except")]
    [DisplayFormat(ConvertEmptyStringToNull = false)]
    public string? Except { get; init; }
}

/// <summary>Live sessions.</summary>
public sealed record SessionList(IReadOnlyList<SessionResponse> Items)
{
    internal static SessionList From(IEnumerable<Session> sessions, Guid current) =>
        new([.. sessions.Select(session => SessionResponse.From(session, current))]);
}

/// <summary>One sign-in on one device.</summary>
/// <param name="Current">Whether it is the one that asks.</param>
/// <param name="LastSeenAt">When it last got tokens.</param>
/// <param name="ExpiresAt">When it ends unless it is refreshed before.</param>
/// <param name="UserAgent">As the device called itself at sign-in.</param>
/// <param name="IpAddress">Where it signed in from.</param>
public sealed record SessionResponse(
    Guid Id,
    bool Current,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastSeenAt,
    DateTimeOffset ExpiresAt,
    string? UserAgent,
    string? IpAddress,
    string Scope)
{
    internal static SessionResponse From(Session session, Guid current) => new(
        session.Id,
        session.Id == current,
        session.CreatedAt,
        session.LastSeenAt,
        session.ExpiresAt,
        session.UserAgent,
        session.IpAddress,
        session.Scope.ToString());
}
