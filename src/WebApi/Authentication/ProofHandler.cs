using System.Globalization;
using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Results;
using CleanJwt.Domain.SecondFactors;
using CleanJwt.Domain.Sessions;
using CleanJwt.WebApi.Errors;
using Mediator;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace CleanJwt.WebApi.Authentication;

/// <summary>Checks the <see cref="ProofAttribute"/> of an action: the token first, the database last.</summary>
internal sealed class ProofHandler(ISender sender, StepUpOptions stepUp, AcrDemands demands, TimeProvider time)
    : AuthorizationHandler<ProofAttribute>
{
    protected override async Task HandleRequirementAsync(
        AuthorizationHandlerContext context, ProofAttribute requirement)
    {
        if (context.User.Identity is not AccessTokenIdentity { Token: var token })
        {
            return; // the challenge of the bearer handler gives the reason
        }

        var cancellationToken = (context.Resource as HttpContext)?.RequestAborted ?? default;
        if (await RefuseAsync(token, requirement, cancellationToken) is { } error)
        {
            context.Fail(new Refusal(this, error, requirement));
        }
        else
        {
            context.Succeed(requirement);
        }
    }

    private async ValueTask<Error?> RefuseAsync(
        AccessToken token, ProofAttribute requirement, CancellationToken cancellationToken)
    {
        if (!requirement.IsMet(token.Scope))
        {
            return AccessTokenErrors.InsufficientScope;
        }

        if (!demands.AreMet(requirement, token))
        {
            return SecondFactorErrors.Required;
        }

        if (requirement is RequireRecentSignInAttribute && !stepUp.IsRecent(token.AuthTime, time.GetUtcNow()))
        {
            return AccessTokenErrors.ReauthenticationRequired;
        }

        return requirement is RequireScopeAttribute
            ? null
            : await CheckSessionAsync(token, requirement.Scope, cancellationToken);
    }

    private async ValueTask<Error?> CheckSessionAsync(
        AccessToken token, string? scope, CancellationToken cancellationToken)
    {
        var query = new CheckSessionQuery(token.AccountId, token.SessionId, scope);
        return (await sender.Send(query, cancellationToken)).Error;
    }
}

/// <summary>The reason why a request with a valid token was refused.</summary>
internal sealed class Refusal(IAuthorizationHandler handler, Error error, ProofAttribute requirement)
    : AuthorizationFailureReason(handler, error.Code)
{
    public Error Error => error;

    public ProofAttribute Requirement => requirement;
}

/// <summary>Answers a request that was not authorized with the proof that was missing.</summary>
internal sealed class AuthorizationAnswers(StepUpOptions stepUp, AcrDemands demands)
    : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _standard = new();

    public Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            return next(context);
        }

        if (!authorizeResult.Forbidden)
        {
            return _standard.HandleAsync(next, context, policy, authorizeResult);
        }

        var refusal = authorizeResult.AuthorizationFailure?.FailureReasons.OfType<Refusal>().FirstOrDefault();
        var error = HttpError.From(refusal?.Error ?? AccessTokenErrors.InsufficientScope);
        return ProblemWriter.WriteAsync(context, error with { Challenge = Challenge(refusal) ?? error.Challenge });
    }

    private string? Challenge(Refusal? refusal) => refusal switch
    {
        // RFC 6750, section 3.1.
        null => "Bearer error=\"insufficient_scope\"",
        _ when refusal.Error == AccessTokenErrors.InsufficientScope =>
            $"Bearer error=\"insufficient_scope\", scope=\"{refusal.Requirement.Scope}\"",

        _ when refusal.Error == AccessTokenErrors.ReauthenticationRequired
            || refusal.Error == SecondFactorErrors.Required => StepUpChallenge(refusal.Requirement),
        _ => null,
    };

    // RFC 9470, section 3.
    private string StepUpChallenge(ProofAttribute requirement)
    {
        var challenge = "Bearer error=\"insufficient_user_authentication\"";
        var acr = demands.Of(requirement);
        if (acr > Acr.OneFactor)
        {
            challenge += $", acr_values=\"{AcrNames.Of(acr)}\"";
        }

        return requirement is RequireRecentSignInAttribute
            ? string.Create(
                CultureInfo.InvariantCulture, $"{challenge}, max_age=\"{(long)stepUp.MaxAge.TotalSeconds}\"")
            : challenge;
    }
}
