using System.Collections.Concurrent;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using CleanJwt.WebApi.Authentication;
using Microsoft.AspNetCore.Mvc;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>
/// The endpoints that docs/protecting-endpoints.md shows. Their class and their route have other names than an engineer
/// would choose who follows the document.
/// </summary>
[ApiController]
[Route("api/documented/notes")]
internal sealed class DocumentedNotesController(DocumentedNotesController.Notes notes) : ControllerBase
{
    // Reading: a valid token with the scope, of a session that is not known to be revoked. No database lookup.
    [HttpGet]
    [RequireScope(Scopes.AccountRead)]
    public ActionResult List([BearerToken] AccessToken token) => Ok(notes.Of(token.AccountId));

    // Writing: the session is looked up in the database too.
    [HttpPost]
    [RequireLiveSession(Scopes.AccountWrite)]
    public ActionResult Add(Note note, [BearerToken] AccessToken token)
    {
        notes.Add(token.AccountId, note.Text);
        return NoContent();
    }

    // What can't be undone: the password was proved within StepUp:MaxAge as well.
    [HttpDelete]
    [RequireRecentSignIn(Scopes.AccountWrite)]
    public ActionResult DeleteAll([BearerToken] AccessToken token)
    {
        notes.DeleteAll(token.AccountId);
        return NoContent();
    }

    // What a stolen password must not be enough for: the session proved a second factor as well.
    [HttpPut("public")]
    [RequireRecentSignIn(Scopes.AccountWrite, Acr = Acr.TwoFactor)]
    public ActionResult Publish([BearerToken] AccessToken token)
    {
        notes.Publish(token.AccountId);
        return NoContent();
    }

    // The account itself, with one lookup; 401 user-not-found when it is gone.
    [HttpGet("heading")]
    [RequireScope(Scopes.AccountRead)]
    public ActionResult Heading([CurrentUser] Account user) =>
        Ok(new { heading = $"Notes of {user.DisplayName ?? user.Email}" });

    internal sealed record Note(string Text);

    internal sealed class Notes
    {
        private readonly ConcurrentDictionary<Guid, ConcurrentBag<string>> _notes = new();
        private readonly ConcurrentDictionary<Guid, bool> _public = new();

        public IReadOnlyCollection<string> Of(Guid account) => _notes.GetValueOrDefault(account) ?? [];

        public void Add(Guid account, string text) => _notes.GetOrAdd(account, _ => []).Add(text);

        public void DeleteAll(Guid account) => _notes.TryRemove(account, out _);

        public void Publish(Guid account) => _public[account] = true;
    }
}
