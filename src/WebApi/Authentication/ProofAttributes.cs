using System.Runtime.CompilerServices;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Sessions;
using Microsoft.AspNetCore.Authorization;

namespace CleanJwt.WebApi.Authentication;

/// <summary>
/// The proof that an action requires from its caller. An action has one of these attributes. In the order of this file,
/// each requires all that the attribute before it requires.
/// </summary>
public abstract class ProofAttribute : AuthorizeAttribute, IAuthorizationRequirement, IAuthorizationRequirementData
{
    private protected ProofAttribute(string? scope)
    {
        Scope = scope;
        IsForAdmins = scope is not null && !ScopeSet.AllowedFor(roles: []).Contains(scope);
    }

    /// <summary>A scope of <see cref="Domain.Accounts.Scopes"/>. Null when any scope will do.</summary>
    public string? Scope { get; }

    /// <summary>Whether only accounts with a role can have the scope.</summary>
    internal bool IsForAdmins { get; }

    internal bool IsMet(ScopeSet scopes) => Scope is null || scopes.Contains(Scope);

    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [this];

    // The framework puts requirements into sets. Attribute would compare them by reflection.
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}

/// <summary>
/// Requires an access token that is valid, has the scope, and belongs to a session that this node does not know to be
/// revoked. Use it for actions that read. It needs no database lookup.
/// </summary>
public sealed class RequireScopeAttribute(string scope) : ProofAttribute(scope);

/// <summary>
/// Requires the same as <see cref="RequireScopeAttribute"/>, and looks up the session in the database. A session that
/// ended on another node a moment ago can no longer write. Use it for actions that write. It needs one database
/// lookup.
/// </summary>
public sealed class RequireLiveSessionAttribute(string? scope = null) : ProofAttribute(scope);

/// <summary>
/// Requires the same as <see cref="RequireLiveSessionAttribute"/>, and that the caller authenticated within
/// <c>StepUp:MaxAge</c> (RFC 9470). Use it for actions that can't be undone.
/// </summary>
public sealed class RequireRecentSignInAttribute(string? scope = null) : ProofAttribute(scope)
{
    /// <summary>What the caller must have proved at least. The default is what every session has proved.</summary>
    public Acr Acr { get; set; } = Acr.OneFactor;
}
