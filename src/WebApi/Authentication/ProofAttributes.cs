using System.Runtime.CompilerServices;
using CleanJwt.Domain.Accounts;
using Microsoft.AspNetCore.Authorization;

namespace CleanJwt.WebApi.Authentication;

/// <summary>What an action asks of the access token it is called with. An action has one of these; each asks for all that the one before does.</summary>
public abstract class ProofAttribute : AuthorizeAttribute, IAuthorizationRequirement, IAuthorizationRequirementData
{
    private protected ProofAttribute(string? scope) => Scope = scope;

    /// <summary>One of <see cref="Domain.Accounts.Scopes"/>; null for none in particular.</summary>
    public string? Scope { get; }

    internal bool IsMet(ScopeSet scopes) => Scope is null || scopes.Contains(Scope);

    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [this];

    /// <summary>Requirements are kept in sets while they are judged, and attributes would be compared by reflection.</summary>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}

/// <summary>For reading: a valid access token that has a scope, of a session that this node does not know to be revoked. Costs no database lookup.</summary>
public sealed class RequireScopeAttribute(string scope) : ProofAttribute(scope);

/// <summary>
/// For writing: as <see cref="RequireScopeAttribute"/>, and the session is looked up in the database, so that one that was ended a moment ago on
/// another node writes nothing any more. Costs one lookup.
/// </summary>
public sealed class RequireLiveSessionAttribute(string? scope = null) : ProofAttribute(scope);

/// <summary>
/// For what can't be undone: as <see cref="RequireLiveSessionAttribute"/>, and the password was proved within <c>StepUp:MaxAge</c> (RFC 9470).
/// </summary>
public sealed class RequireRecentSignInAttribute(string? scope = null) : ProofAttribute(scope);
