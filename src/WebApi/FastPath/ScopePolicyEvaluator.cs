using CleanJwt.Application.Ports;
using CleanJwt.WebApi.Authentication;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;

namespace CleanJwt.WebApi.FastPath;

/// <summary>
/// Lets requests through whose token is all that is asked for, and has the scope: nearly all that read. Everything else, and every refusal, is the framework's to
/// judge, which makes some twenty objects of it.
/// </summary>
internal sealed class ScopePolicyEvaluator : IPolicyEvaluator
{
    private static readonly Task<AuthenticateResult> NotNeeded = Task.FromResult(AuthenticateResult.NoResult());
    private static readonly Task<PolicyAuthorizationResult> Granted = Task.FromResult(PolicyAuthorizationResult.Success());

    private readonly bool _nobodyElseJudges;

    public ScopePolicyEvaluator(IServiceScopeFactory scopes)
    {
        using var scope = scopes.CreateScope();
        var handlers = scope.ServiceProvider.GetServices<IAuthorizationHandler>();
        _nobodyElseJudges = handlers.All(handler => handler is PassThroughAuthorizationHandler or ProofHandler); // another could refuse what requirements allow
    }

    public Task<AuthenticateResult> AuthenticateAsync(AuthorizationPolicy policy, HttpContext context) =>
        IsGranted(policy, context) ? NotNeeded : Standard(context).AuthenticateAsync(policy, context);

    public Task<PolicyAuthorizationResult> AuthorizeAsync(
        AuthorizationPolicy policy, AuthenticateResult authenticationResult, HttpContext context, object? resource) =>
        IsGranted(policy, context) ? Granted : Standard(context).AuthorizeAsync(policy, authenticationResult, context, resource);

    private bool IsGranted(AuthorizationPolicy policy, HttpContext context)
    {
        if (!_nobodyElseJudges || policy.AuthenticationSchemes.Count > 0 || context.User.Identity is not AccessTokenIdentity { Token: var token })
        {
            return false;
        }

        for (var i = 0; i < policy.Requirements.Count; i++) // by index: an enumerator would be an object
        {
            if (!IsMet(policy.Requirements[i], token))
            {
                return false;
            }
        }

        return true;
    }

    // Of the request: an application's handlers may be, too.
    private static PolicyEvaluator Standard(HttpContext context) => context.RequestServices.GetRequiredService<PolicyEvaluator>();

    private static bool IsMet(IAuthorizationRequirement requirement, AccessToken token) => requirement switch
    {
        DenyAnonymousAuthorizationRequirement => true,
        RequireScopeAttribute scope => scope.IsMet(token.Scope),
        _ => false,
    };
}
