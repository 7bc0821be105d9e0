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

/// <summary>Lists and ends the sessions of the caller's account.</summary>
[ApiController]
[Route("api/users/me/sessions")]
public sealed class SessionsController(ISender sender) : ControllerBase
{
    /// <summary>List sessions</summary>
    /// <remarks>Returns the live sessions of the account, newest first.</remarks>
    [HttpGet(Name = "listSessions")]
    [RequireScope(Scopes.AccountRead)]
    [ProducesResponseType<SessionList>(StatusCodes.Status200OK)]
    public async Task<ActionResult> List([BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new ListSessionsQuery(token.AccountId), cancellationToken);
        return result.ToActionResult(sessions => Ok(SessionList.From(sessions, current: token.SessionId)));
    }

    /// <summary>End a session</summary>
    /// <remarks>
    /// From the answer on, this node refuses the access tokens of the session. Every other node does so within a
    /// second.
    /// </remarks>
    [HttpDelete("{id}", Name = "endSession")]
    [RequireLiveSession(Scopes.AccountWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status404NotFound, "session-not-found")]
    public async Task<ActionResult> End(string id, [BearerToken] AccessToken token, CancellationToken cancellationToken)
    {
        var result = await sender.Send(new EndSessionCommand(HttpContext.Caller(token), id), cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }

    /// <summary>End all sessions</summary>
    /// <remarks>Ends the session of the caller too, unless <c>except=current</c>.</remarks>
    [HttpDelete(Name = "endSessions")]
    [RequireLiveSession(Scopes.AccountWrite)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesProblem(StatusCodes.Status400BadRequest, "validation-failed")]
    public async Task<ActionResult> EndAll(
        [FromQuery(Name = "")] EndSessionsFilter filter,
        [BearerToken] AccessToken token,
        CancellationToken cancellationToken)
    {
        var except = Request.Query["except"] is { Count: > 1 } several ? several.ToString() : filter.Except;
        var result = await sender.Send(new EndSessionsCommand(HttpContext.Caller(token), except), cancellationToken);
        return result.ToActionResult(_ => NoContent());
    }
}

/// <summary>The sessions that do not end.</summary>
public sealed record EndSessionsFilter
{
    /// <summary>
    /// <c>current</c> keeps the session of the caller. Any other value is refused, also an empty one, so that a mistake
    /// ends no session that the client wanted to keep.
    /// </summary>
    [FromQuery(Name = "except")]
    [DisplayFormat(ConvertEmptyStringToNull = false)]
    public string? Except { get; init; }
}

/// <summary>The live sessions of an account.</summary>
/// <param name="Items">The sessions, newest first.</param>
public sealed record SessionList(IReadOnlyList<SessionResponse> Items)
{
    internal static SessionList From(IEnumerable<Session> sessions, Guid current) =>
        new([.. sessions.Select(session => SessionResponse.From(session, current))]);
}

/// <summary>A session: one sign-in on one device.</summary>
/// <param name="Id">The id of the session.</param>
/// <param name="Current">Whether this is the session of the caller.</param>
/// <param name="CreatedAt">The time of the sign-in.</param>
/// <param name="LastSeenAt">The time at which the session last received tokens.</param>
/// <param name="ExpiresAt">The time at which the session ends unless it is refreshed.</param>
/// <param name="UserAgent">The <c>User-Agent</c> header of the sign-in.</param>
/// <param name="IpAddress">The address of the client at the sign-in.</param>
/// <param name="Scope">The scopes of the session, separated by spaces.</param>
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
