using CleanJwt.Application.Ports;
using CleanJwt.WebApi.Authentication;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;

namespace CleanJwt.WebApi.FastPath;

/// <summary>
/// Allows requests whose access token alone meets the policy, as it does for nearly every read. The framework judges
/// all other requests and makes every refusal, at the cost of some twenty objects.
/// </summary>
internal sealed class ScopePolicyEvaluator : IPolicyEvaluator
{
    private static readonly Task<AuthenticateResult> NotNeeded = Task.FromResult(AuthenticateResult.NoResult());

    private static readonly Task<PolicyAuthorizationResult> Granted =
        Task.FromResult(PolicyAuthorizationResult.Success());

    private readonly bool _isEnabled;

    private readonly AcrDemands _demands;

    public ScopePolicyEvaluator(AcrDemands demands, IServiceScopeFactory scopes)
    {
        _demands = demands;

        // A handler of the application may refuse a request that meets all requirements, so it must see every request.
        using var scope = scopes.CreateScope();
        _isEnabled = scope.ServiceProvider.GetServices<IAuthorizationHandler>()
            .All(handler => handler is PassThroughAuthorizationHandler or ProofHandler);
    }

    public Task<AuthenticateResult> AuthenticateAsync(AuthorizationPolicy policy, HttpContext context) =>
        IsGranted(policy, context) ? NotNeeded : Standard(context).AuthenticateAsync(policy, context);

    public Task<PolicyAuthorizationResult> AuthorizeAsync(
        AuthorizationPolicy policy, AuthenticateResult authenticationResult, HttpContext context, object? resource) =>
        IsGranted(policy, context)
            ? Granted
            : Standard(context).AuthorizeAsync(policy, authenticationResult, context, resource);

    // From the services of the request, because handlers of the application may be scoped.
    private static PolicyEvaluator Standard(HttpContext context) =>
        context.RequestServices.GetRequiredService<PolicyEvaluator>();

    private bool IsMet(IAuthorizationRequirement requirement, AccessToken token) => requirement switch
    {
        DenyAnonymousAuthorizationRequirement => true,
        RequireScopeAttribute scope => scope.IsMet(token.Scope) && _demands.AreMet(scope, token),
        _ => false,
    };

    private bool IsGranted(AuthorizationPolicy policy, HttpContext context)
    {
        if (!_isEnabled
            || policy.AuthenticationSchemes.Count > 0
            || context.User.Identity is not AccessTokenIdentity { Token: var token })
        {
            return false;
        }

        for (var i = 0; i < policy.Requirements.Count; i++) // foreach would allocate an enumerator
        {
            if (!IsMet(policy.Requirements[i], token))
            {
                return false;
            }
        }

        return true;
    }
}
