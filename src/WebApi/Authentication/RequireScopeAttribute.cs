using CleanJwt.Domain.Sessions;
using CleanJwt.WebApi.Errors;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace CleanJwt.WebApi.Authentication;

/// <summary>Asks for a valid access token that has a scope. Costs no database lookup.</summary>
/// <param name="scope">One of <see cref="Domain.Accounts.Scopes"/>.</param>
public sealed class RequireScopeAttribute(string scope) : AuthorizeAttribute, IAuthorizationRequirement, IAuthorizationRequirementData
{
    public string Scope => scope;

    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [this];
}

internal sealed class ScopeAuthorizationHandler : AuthorizationHandler<RequireScopeAttribute>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RequireScopeAttribute requirement)
    {
        if (context.User.Identity is AccessTokenIdentity identity && identity.Token.Scope.Contains(requirement.Scope))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}

/// <summary>Answers a refused authorization with the scope that was missing (RFC 6750, section 3.1).</summary>
internal sealed class AuthorizationAnswers : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _standard = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (!authorizeResult.Forbidden)
        {
            return _standard.HandleAsync(next, context, policy, authorizeResult);
        }

        var missing = authorizeResult.AuthorizationFailure?.FailedRequirements.OfType<RequireScopeAttribute>().Select(failed => failed.Scope) ?? [];
        var scope = string.Join(' ', missing);
        return ProblemWriter.WriteAsync(context, HttpError.From(AccessTokenErrors.InsufficientScope) with
        {
            Challenge = scope.Length == 0 ? "Bearer error=\"insufficient_scope\"" : $"Bearer error=\"insufficient_scope\", scope=\"{scope}\"",
        });
    }
}
